import { randomUUID } from 'node:crypto';
import { isObject } from './json.js';
import { scanArray, scanObject, stringEnd, type Ends } from './json-splice.js';

/** The source text of parsed values that contain an integer beyond JavaScript's safe range. */
const WRITTEN = new WeakMap<object, string>();
let isAnyKept = false;

/** Every unsafe integer has at least this many digits. */
const LONG_DIGITS = 16;
const LONG = /\d{16}/;
/** Also matches how parsed numbers of 1e21 and above are printed. */
const CHANGED = /\d{16}|\de\+/;
/** Arguments and schemas are not nested deeper in practice. */
const MAX_DEPTH = 64;

const QUOTE = 0x22;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Placeholder for a source text while JSON is written; random, so that no input can contain it. */
const MARK = randomUUID();
const MARKS = new RegExp(`"${MARK}:(\\d+)"`, 'g');

/**
 * Remembers the source text of those parts of a value whose integers lose precision when parsed.
 *
 * Ids of 19 digits are an example. `exactJson` writes the remembered text again wherever the same objects appear, so they
 * must not be changed in between. Costs next to nothing if there is no such number.
 *
 * @param json - the text that the value was parsed from
 */
export function keepExact(value: unknown, json: Buffer | string): void {
  if (!LONG.test(typeof json === 'string' ? json : json.toString('latin1'))) return;
  const text = typeof json === 'string' ? json : json.toString('utf8');
  const start = text.search(/[[{]/);
  const ends = endsWithLong(text);
  const end = ends.get(start);
  if (end !== undefined) keep(value, { text, ends }, { start, end }, MAX_DEPTH);
}

/** As `JSON.stringify`, but what `keepExact` remembered is written as in its source. */
export function exactJson(value: unknown): string {
  const plain = JSON.stringify(value);
  if (!isAnyKept || !CHANGED.test(plain)) return plain;
  const texts: string[] = [];
  const marked = JSON.stringify(value, (_name, inner: unknown) => {
    const text = typeof inner === 'object' && inner !== null ? WRITTEN.get(inner) : undefined;
    return text === undefined ? inner : `${MARK}:${texts.push(text) - 1}`;
  });
  return marked.replace(MARKS, (_mark, i: string) => texts[Number(i)] ?? '');
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A JSON text, and the ends of those arrays and objects in it that contain a long number. */
interface Source {
  readonly text: string;
  readonly ends: Ends;
}

/** @returns whether a number in it loses precision when parsed */
function keep(value: unknown, source: Source, { start, end }: Span, depth: number): boolean {
  if (depth === 0) return false;
  const written = source.text.slice(start, end);
  if (typeof value === 'number') return /^-?\d+$/.test(written) && !Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null || !source.ends.has(start)) return false;
  let isChanged = false;
  for (const [inner, span] of partsOf(value, source, start)) {
    if (keep(inner, source, span, depth - 1)) isChanged = true;
  }
  if (!isChanged) return false;
  WRITTEN.set(value, written);
  isAnyKept = true;
  return true;
}

/** Of duplicate members, only the last counts. */
function partsOf(value: object, { text, ends }: Source, start: number): [unknown, Span][] {
  if (Array.isArray(value)) {
    return scanArray(text, start, ends).map((span, i) => [value[i] as unknown, span]);
  }
  if (!isObject(value)) return [];
  const { found } = scanObject(text, start, null, ends);
  const spans = new Map(found.map((span) => [span.name, span]));
  return [...spans].map(([name, span]) => [value[name], span]);
}

/**
 * The ends of arrays and objects that contain a long number, by their starts.
 *
 * Found in a single pass: scanning level by level would take quadratic time for deeply nested values.
 */
function endsWithLong(text: string): Ends {
  const ends = new Map<number, number>();
  const open: number[] = [];
  /** How many of the open ones contain a long number, counted from the outermost. */
  let holding = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      digits += 1;
      if (digits === LONG_DIGITS) holding = open.length;
      continue;
    }
    digits = 0;
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) open.push(at);
    else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) {
      const start = open.pop() ?? 0;
      if (open.length >= holding) continue;
      ends.set(start, at + 1);
      holding = open.length;
    }
  }
  return ends;
}
