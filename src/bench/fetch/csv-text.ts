import { DataError } from '../../outcomes/jsonl.js';

/**
 * The records of a CSV text with a heading, each by its columns' names (RFC 4180: quoted cells may
 * hold commas, line breaks and doubled quotes).
 *
 * @param file - the name that errors carry
 * @throws {DataError} with the line of a record that has more or fewer cells than the heading
 */
export function* readCsv(file: string, text: string): Generator<Readonly<Record<string, string>>> {
  let heading: readonly string[] | null = null;
  for (const { cells, line } of records(file, text)) {
    if (heading === null) {
      heading = cells;
      continue;
    }
    if (cells.length !== heading.length) {
      const counts = `${cells.length} cells where the heading has ${heading.length}`;
      throw new DataError(`${file}:${line}: ${counts}`);
    }
    yield Object.fromEntries(heading.map((name, i) => [name, cells[i] ?? '']));
  }
}

interface CsvRecord {
  readonly cells: readonly string[];
  /** Where it begins, from 1. */
  readonly line: number;
}

/** A cell with what ends it. The quoted form comes first, or its quotes would count as text. */
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
    if (match === null) throw new DataError(`${file}:${line}: a quote is out of place`);
    const [whole, quoted, bare = '', end] = match;
    at += whole.length;
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    line += lineBreaksIn(whole);
    if (end === ',' && at < body.length) continue;
    if (end === ',') cells.push('');
    // A line without anything on it is no record.
    if (cells.length > 1 || cells[0] !== '') yield { cells, line: start };
    cells = [];
    start = line;
  }
}

function lineBreaksIn(text: string): number {
  return text.match(/\r\n|\n|\r/gu)?.length ?? 0;
}
