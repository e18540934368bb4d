import type { Column } from '../../../cli/table.js';

/** Text as HTML that shows exactly it, in content and in attributes. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * A table that scrolls sideways where the screen is narrow.
 *
 * @param rows - cells as text; the first of each row is its heading
 * @param ours - the row that is to stand out; -1 for none
 */
export function htmlTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  ours: number,
): string {
  const cell = (tag: string, text: string, i: number): string =>
    `<${tag}${columns[i]?.align === 'right' ? ' class="n"' : ''}>${escaped(text)}</${tag}>`;
  const head = columns.map(({ title }, i) => cell('th', title, i)).join('');
  const body = rows
    .map((cells, row) => {
      const tds = cells.map((text, i) => cell(i === 0 ? 'th' : 'td', text, i)).join('');
      return `<tr${row === ours ? ' class="ours"' : ''}>${tds}</tr>`;
    })
    .join('\n');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

/** Coordinates with as many digits as a screen can show. */
export function px(value: number): string {
  return value.toFixed(1);
}
