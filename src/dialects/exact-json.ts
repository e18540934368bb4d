import { randomUUID } from 'node:crypto';
import { isObject } from './json.js';
import { scanArray, scanObject } from './json-splice.js';

/** How values were written in which a number stands that JavaScript's own numbers cannot hold. */
const WRITTEN = new WeakMap<object, string>();
let isAnyKept = false;

/** Every whole number that is too large is at least as long. */
const LONG = /\d{16}/;
/** Also what larger ones look like once they have been read: 1e21 and above. */
const CHANGED = /\d{16}|\de\+/;
/** Arguments and schemas do not go deeper, and each level is gone through anew. */
const MAX_DEPTH = 64;

/** Stands for a text in JSON while it is written; nobody outside knows it, so nobody else writes it. */
const MARK = randomUUID();
const MARKS = new RegExp(`"${MARK}:(\\d+)"`, 'g');

/**
 * Remembers how a value was written, as far as it has whole numbers that are changed by reading them.
 *
 * Ids of 19 digits are such. What is remembered is written again by `exactJson`, wherever the same objects stand; it
 * takes time only where there is such a number, and holds for objects that are not changed.
 *
 * @param json - the value's own text
 */
export function keepExact(value: unknown, json: Buffer | string): void {
  if (!LONG.test(typeof json === 'string' ? json : json.toString('latin1'))) return;
  const text = typeof json === 'string' ? json : json.toString('utf8');
  const start = text.search(/[[{]/);
  if (start >= 0) keep(value, text, { start, end: text.trimEnd().length }, MAX_DEPTH);
}

/** As `JSON.stringify`, but what `keepExact` remembers is written as it was. */
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

/** @returns whether a number in it is changed by reading it */
function keep(value: unknown, text: string, { start, end }: Span, depth: number): boolean {
  const written = text.slice(start, end);
  if (depth === 0 || !LONG.test(written)) return false;
  if (typeof value === 'number') return /^-?\d+$/.test(written) && !Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return false;
  let isChanged = false;
  for (const [inner, span] of partsOf(value, text, start)) {
    if (keep(inner, text, span, depth - 1)) isChanged = true;
  }
  if (!isChanged) return false;
  WRITTEN.set(value, written);
  isAnyKept = true;
  return true;
}

/** Of what is written twice only the last is read. */
function partsOf(value: object, text: string, start: number): [unknown, Span][] {
  if (Array.isArray(value)) {
    return scanArray(text, start).map((span, i) => [value[i] as unknown, span]);
  }
  if (!isObject(value)) return [];
  const spans = new Map(scanObject(text, start, null).found.map((span) => [span.name, span]));
  return [...spans].map(([name, span]) => [value[name], span]);
}
