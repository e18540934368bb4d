import type { Column } from '../../../cli/table.js';

/** Escapes text for HTML content and attribute values. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * A table that scrolls horizontally on narrow screens.
 *
 * @param rows - cells as text; the first of each row is its header
 * @param ours - the index of the row to highlight; -1 for none
 */
export function htmlTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  ours: number,
): string {
  const cell = (tag: string, text: string, i: number): string =>
    `<${tag}${columns[i]?.align === 'right' ? ' class="n"' : ''}>${escapeHtml(text)}</${tag}>`;
  const head = columns.map(({ title }, i) => cell('th', title, i)).join('');
  const body = rows
    .map((cells, row) => {
      const tds = cells.map((text, i) => cell(i === 0 ? 'th' : 'td', text, i)).join('');
      return `<tr${row === ours ? ' class="ours"' : ''}>${tds}</tr>`;
    })
    .join('\n');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

/** A coordinate with one decimal: a screen shows no more. */
export function px(value: number): string {
  return value.toFixed(1);
}
