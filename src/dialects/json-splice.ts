/** The position of a member; its value is `bytes[start, end)`. */
export interface MemberSpan {
  readonly name: string;
  /** The name with its quotes: `bytes[nameStart, nameEnd)`. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly start: number;
  readonly end: number;
  /** The end of the previous member; for the first member, just after the opening brace. */
  readonly previousEnd: number;
  /** One past the comma that follows; `null` for the last member. */
  readonly commaEnd: number | null;
}

/** The position of an array element; `nameStart` equals `start`. */
export type ElementSpan = Omit<MemberSpan, 'name' | 'nameEnd'>;

/** What was found in an object without parsing it. */
export interface ObjectScan {
  /** Every member with one of the requested names, duplicates included, in order. */
  readonly found: readonly MemberSpan[];
  readonly isEmpty: boolean;
  /** Just after the opening brace, where a member can be inserted. */
  readonly insertAt: number;
}

/** A replacement of `bytes[start, end)`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The ends of arrays and objects, by their starts. */
export type Ends = ReadonlyMap<number, number>;

const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/**
 * Finds members of a JSON object in one pass over its bytes; nested values are skipped.
 *
 * Names are compared after unescaping, so `"mod\u0065l"` is `model`.
 *
 * @param json - valid JSON from `from` on; pass a string if it is scanned more than once (offsets are then in its units)
 * @param from - the opening brace, or white space before it
 * @param names - the names to find; `null` for all
 * @param ends - known ends of nested arrays and objects, which are then not scanned again
 */
export function scanObject(
  json: Buffer | string,
  from: number,
  names: readonly string[] | null,
  ends?: Ends,
): ObjectScan {
  // Latin-1 has one character per byte, so offsets stay the same; searching a string is several times
  // faster than searching a Buffer, and all of JSON's structural characters are ASCII.
  const text = typeof json === 'string' ? json : json.toString('latin1');
  const found: MemberSpan[] = [];
  const open = text.indexOf('{', from);
  let at = skipSpace(text, open + 1);
  const isEmpty = text.charCodeAt(at) === CLOSE_BRACE;
  let previousEnd = open + 1;
  while (at < text.length && text.charCodeAt(at) === QUOTE) {
    const nameStart = at;
    const nameEnd = stringEnd(text, at);
    const name = nameIn(text, at, nameEnd, names);
    // Skips the colon and the white space around it.
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = ends?.get(start) ?? valueEnd(text, start);
    at = skipSpace(text, end);
    const commaEnd = text.charCodeAt(at) === COMMA ? at + 1 : null;
    if (name !== null) found.push({ name, nameStart, nameEnd, start, end, previousEnd, commaEnd });
    if (commaEnd !== null) at = skipSpace(text, commaEnd);
    previousEnd = end;
  }
  return { found, isEmpty, insertAt: open + 1 };
}

/**
 * Finds the elements of a JSON array; none if the value is not an array.
 *
 * @param text - valid JSON
 * @param from - the opening bracket
 * @param ends - as in `scanObject`
 */
export function scanArray(text: string, from: number, ends?: Ends): ElementSpan[] {
  const found: ElementSpan[] = [];
  if (text.charCodeAt(from) !== OPEN_BRACKET) return found;
  let at = skipSpace(text, from + 1);
  let previousEnd = from + 1;
  while (at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET) {
    const start = at;
    const end = ends?.get(start) ?? valueEnd(text, start);
    at = skipSpace(text, end);
    const commaEnd = text.charCodeAt(at) === COMMA ? at + 1 : null;
    found.push({ nameStart: start, start, end, previousEnd, commaEnd });
    if (commaEnd !== null) at = skipSpace(text, commaEnd);
    previousEnd = end;
  }
  return found;
}

/**
 * A copy with ranges replaced; the same buffer if there is nothing to replace.
 *
 * @param unsorted - in any order, not overlapping
 */
export function spliceBytes(bytes: Buffer, unsorted: readonly Splice[]): Buffer {
  if (unsorted.length === 0) return bytes;
  // Insertions come before replacements at the same position.
  const splices = unsorted.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let length = bytes.length;
  for (const { start, end, text } of splices) length += Buffer.byteLength(text) - (end - start);
  const out = Buffer.allocUnsafe(length);
  let from = 0;
  let to = 0;
  for (const { start, end, text } of splices) {
    to += bytes.copy(out, to, from, start);
    to += out.write(text, to);
    from = end;
  }
  bytes.copy(out, to, from);
  return out;
}

/** The parsed value of a member or element. */
export function parseValue(
  json: Buffer,
  { start, end }: Pick<ElementSpan, 'start' | 'end'>,
): unknown {
  return JSON.parse(json.toString('utf8', start, end));
}

/**
 * Removes members from their object, or elements from their array, with the commas that would be left over.
 *
 * @param members - of one object or array, in order; others may be between them
 */
export function removals(members: readonly ElementSpan[]): Splice[] {
  const splices: Splice[] = [];
  let runStart = -1;
  let runSplices = 0;
  let lastEnd = -1;
  for (const { nameStart, end, previousEnd, commaEnd } of members) {
    if (previousEnd !== lastEnd) {
      runStart = previousEnd;
      runSplices = 0;
    }
    lastEnd = end;
    if (commaEnd === null) {
      // Removing the last member also removes the comma before it, so the whole run up to it is one splice.
      splices.splice(splices.length - runSplices);
      splices.push({ start: runStart, end, text: '' });
      return splices;
    }
    splices.push({ start: nameStart, end: commaEnd, text: '' });
    runSplices += 1;
  }
  return splices;
}

function nameIn(
  text: string,
  quoteAt: number,
  end: number,
  names: readonly string[] | null,
): string | null {
  const raw = text.slice(quoteAt + 1, end - 1);
  const name = raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
  return names === null || names.includes(name) ? name : null;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= SPACE) at++;
  return at;
}

/** One past the closing quote of the string that opens at `quoteAt`; the end of the text if it is not closed. */
export function stringEnd(text: string, quoteAt: number): number {
  let at = quoteAt + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let escapes = quote;
    while (escapes > at && text.charCodeAt(escapes - 1) === BACKSLASH) escapes--;
    at = quote + 1;
    if ((quote - escapes) % 2 === 0) return at;
  }
}

/** One past the JSON value that starts at `start`. */
function valueEnd(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return stringEnd(text, start);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return scalarEnd(text, start);
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      continue;
    }
    at++;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
    if (depth === 0) return at;
  }
  return at;
}

/** One past a number, `true`, `false` or `null`: these end at a comma, a closing brace or bracket, or white space. */
function scalarEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code <= SPACE) break;
    at++;
  }
  return at;
}
