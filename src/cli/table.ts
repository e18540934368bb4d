/** A column of a table: its title and alignment. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/**
 * Lays out rows under their titles, each column as wide as its widest cell.
 *
 * @param rows - cells in the order of `columns`; a missing cell is empty
 * @returns lines without trailing blanks
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, i) => {
        const cell = cells[i] ?? '';
        const width = widths[i] ?? 0;
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join('\n');
}

/** Formats US dollars with enough digits for single requests: `$0.000123`, `$1.20`, or `?` if unknown. */
export function formatDollars(amount: number | null): string {
  if (amount === null) return '?';
  if (amount === 0) return '$0';
  return amount >= 1 ? `$${amount.toFixed(2)}` : `$${amount.toPrecision(3)}`;
}

/** Formats milliseconds: `340 ms`, `2.1 s`, or `?` if unknown. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return '?';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
