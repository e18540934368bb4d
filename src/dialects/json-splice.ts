/** Where the value of one member stands: `bytes[start, end)`. */
export interface MemberSpan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What was found in an object without parsing it. */
export interface ObjectScan {
  /** Every member with one of the names asked for, duplicates included, in order. */
  readonly found: readonly MemberSpan[];
  readonly isEmpty: boolean;
  /** Just after the opening brace: where a member can be inserted. */
  readonly insertAt: number;
}

/** A replacement of `bytes[start, end)`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** Strings up to this length are cheaper to walk than to hand to the native search. */
const SHORT_STRING_BYTES = 24;

/**
 * Finds members of a JSON object by walking its bytes once; nested objects are stepped over.
 *
 * Names are compared as JSON means them, so `"mod\u0065l"` is `model`.
 *
 * @param bytes - JSON known to be valid from `from` on
 * @param from - the opening brace, or white space before it
 */
export function scanObject(bytes: Buffer, from: number, names: readonly string[]): ObjectScan {
  const found: MemberSpan[] = [];
  const open = bytes.indexOf(OPEN_BRACE, from);
  let at = skipSpace(bytes, open + 1);
  const isEmpty = bytes[at] === CLOSE_BRACE;
  while (at < bytes.length && bytes[at] === QUOTE) {
    const nameEnd = stringEnd(bytes, at);
    const name = nameIn(bytes, at, nameEnd, names);
    // One past the colon, which stands after optional white space.
    const start = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1);
    const end = valueEnd(bytes, start);
    if (name !== null) found.push({ name, start, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return { found, isEmpty, insertAt: open + 1 };
}

/**
 * A copy with ranges replaced; all other bytes are the same.
 *
 * @param splices - ascending, not overlapping
 */
export function spliceBytes(bytes: Buffer, splices: readonly Splice[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of splices) {
    parts.push(bytes.subarray(at, start), Buffer.from(text));
    at = end;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}

function nameIn(
  bytes: Buffer,
  quoteAt: number,
  end: number,
  names: readonly string[],
): string | null {
  const raw = bytes.toString('utf8', quoteAt + 1, end - 1);
  const name = raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
  return names.includes(name) ? name : null;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] ?? QUOTE) <= 32) at++;
  return at;
}

/** One past the closing quote of the string that opens at `quoteAt`. */
function stringEnd(bytes: Buffer, quoteAt: number): number {
  let at = quoteAt + 1;
  const near = Math.min(at + SHORT_STRING_BYTES, bytes.length);
  while (at < near) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return bytes.length;
    let escapes = quote;
    while (escapes > at && bytes[escapes - 1] === BACKSLASH) escapes--;
    at = quote + 1;
    if ((quote - escapes) % 2 === 0) return at;
  }
}

/** One past the JSON value that starts at `start`. */
function valueEnd(bytes: Buffer, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return stringEnd(bytes, start);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return scalarEnd(bytes, start);
  let depth = 0;
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
      continue;
    }
    at++;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    if (depth === 0) return at;
  }
  return at;
}

/** Numbers, `true`, `false` and `null` end at a comma, a closing brace or white space. */
function scalarEnd(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at] ?? COMMA;
    if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= 32) break;
    at++;
  }
  return at;
}
