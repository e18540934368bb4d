/** Text as HTML that shows exactly it, in content and in attributes. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A column of a table of HTML; figures lean right so that their points stand in line. */
export interface HtmlColumn {
  readonly title: string;
  readonly figures: boolean;
}

/**
 * A table that scrolls sideways where the screen is narrow.
 *
 * @param rows - cells as text; the first of each row is its heading
 * @param isOurs - whether a row is to stand out
 */
export function htmlTable(
  columns: readonly HtmlColumn[],
  rows: readonly (readonly string[])[],
  isOurs: (row: number) => boolean = () => false,
): string {
  const cell = (tag: string, text: string, i: number): string =>
    `<${tag}${columns[i]?.figures === true ? ' class="n"' : ''}>${escaped(text)}</${tag}>`;
  const head = columns.map(({ title }, i) => cell('th', title, i)).join('');
  const body = rows
    .map((cells, row) => {
      const tds = cells.map((text, i) => cell(i === 0 ? 'th' : 'td', text, i)).join('');
      return `<tr${isOurs(row) ? ' class="ours"' : ''}>${tds}</tr>`;
    })
    .join('\n');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

/** Coordinates with as many digits as a screen can show. */
export function px(value: number): string {
  return value.toFixed(1);
}
