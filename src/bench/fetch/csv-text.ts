import { DataError } from '../../outcomes/jsonl.js';

/**
 * The records of a CSV text with a header, as objects keyed by column name (RFC 4180: quoted cells may
 * contain commas, line breaks and doubled quotes).
 *
 * @param file - the file name for error messages
 * @throws {DataError} with the line of a record that has more or fewer cells than the header
 */
export function* readCsv(file: string, text: string): Generator<Readonly<Record<string, string>>> {
  let header: readonly string[] | null = null;
  for (const { cells, line } of records(file, text)) {
    if (header === null) {
      header = cells;
      continue;
    }
    if (cells.length !== header.length) {
      const counts = `${cells.length} cells, but the header has ${header.length}`;
      throw new DataError(`${file}:${line}: ${counts}`);
    }
    yield Object.fromEntries(header.map((name, i) => [name, cells[i] ?? '']));
  }
}

interface CsvRecord {
  readonly cells: readonly string[];
  /** The line on which it begins, 1-based. */
  readonly line: number;
}

/** A cell with its terminator. The quoted form comes first, or its quotes would count as text. */
const CELL = /(?:"((?:[^"]+|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/gy;

function* records(file: string, text: string): Generator<CsvRecord> {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let line = 1;
  let cells: string[] = [];
  let start = line;
  CELL.lastIndex = 0;
  let at = 0;
  while (at < body.length) {
    CELL.lastIndex = at;
    const match = CELL.exec(body);
    if (match === null) throw new DataError(`${file}:${line}: misplaced quote`);
    const [whole, quoted, bare = '', end] = match;
    at += whole.length;
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    line += lineBreaksIn(whole);
    if (end === ',' && at < body.length) continue;
    if (end === ',') cells.push('');
    // An empty line is not a record.
    if (cells.length > 1 || cells[0] !== '') yield { cells, line: start };
    cells = [];
    start = line;
  }
}

function lineBreaksIn(text: string): number {
  return text.match(/\r\n|\n|\r/gu)?.length ?? 0;
}
