import { BitSet } from './bit-set.js';

/** Counts of a text that distinguish hard questions from easy ones of the same kind. */
export interface Quantities {
  readonly sentences: number;
  /** Characters of the longest line. */
  readonly longestLine: number;
  readonly commas: number;
  /** Opening parentheses. */
  readonly parentheses: number;
  /** Arithmetic and comparison operators: `- + * / = ^ < >`. */
  readonly operators: number;
  /** LaTeX commands: a backslash before a letter. */
  readonly commands: number;
  /** Numbers with a decimal point. */
  readonly decimals: number;
  /** Different numbers, by hash; slightly too low if there are many. */
  readonly distinctNumbers: number;
  /** Value of the largest number, without its sign. */
  readonly largestNumber: number;
  /** Mean characters of list items or answer options; 0 without any. */
  readonly itemChars: number;
  /** Share of these items that contain a digit, 0 to 1. */
  readonly numericItems: number;
}

type Counts = { -readonly [K in keyof Quantities]: number };

const NEWLINE = 0x0a;
const SPACE = 0x20;
const POINT = 0x2e;
const COMMA = 0x2c;
const DISTINCT_SLOTS = 512;
/** Lines that are searched for list items. */
const MAX_LINES = 64;

/** Classes of characters; 0 for those that are not counted. */
const MARK = { none: 0, digit: 1, comma: 2, parenthesis: 3, operator: 4, stop: 5, backslash: 6 };
const MARKS = Uint8Array.from({ length: 128 }, (_, code) => markOf(String.fromCharCode(code)));

function markOf(character: string): number {
  if (/[0-9]/.test(character)) return MARK.digit;
  if (character === ',') return MARK.comma;
  if (character === '(') return MARK.parenthesis;
  if (/[-+*/=^<>]/.test(character)) return MARK.operator;
  if (/[.!?]/.test(character)) return MARK.stop;
  return character === '\\' ? MARK.backslash : MARK.none;
}

/** @param text - of bounded length; time is linear in it */
export function readQuantities(text: string): Quantities {
  const counts: Counts = {
    sentences: 0,
    longestLine: 0,
    commas: 0,
    parentheses: 0,
    operators: 0,
    commands: 0,
    decimals: 0,
    distinctNumbers: 0,
    largestNumber: 0,
    itemChars: 0,
    numericItems: 0,
  };
  countMarks(text, counts);
  readLines(text, counts);
  return counts;
}

function countMarks(text: string, counts: Counts): void {
  const seen = new BitSet(DISTINCT_SLOTS);
  for (let i = 0; i < text.length; i++) {
    const mark = MARKS[text.charCodeAt(i)] ?? MARK.none;
    if (mark === MARK.none) continue;
    if (mark === MARK.digit) i = readNumber(text, i, seen, counts) - 1;
    else if (mark === MARK.comma) counts.commas += 1;
    else if (mark === MARK.parenthesis) counts.parentheses += 1;
    else if (mark === MARK.operator) counts.operators += 1;
    else if (mark === MARK.stop) counts.sentences += isSpace(text, i + 1) ? 1 : 0;
    else counts.commands += isLetter(text.charCodeAt(i + 1)) ? 1 : 0;
  }
}

/** Counts a number: digits with points and commas between them. @returns its end */
function readNumber(text: string, start: number, seen: BitSet, counts: Counts): number {
  let value = 0;
  let scale = 1;
  let hash = 0;
  let fraction = false;
  let i = start;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) {
      if ((code !== POINT && code !== COMMA) || !isDigit(text.charCodeAt(i + 1))) break;
      if (code === POINT && !fraction) counts.decimals += 1;
      fraction ||= code === POINT;
      continue;
    }
    hash = (Math.imul(hash, 31) + code) | 0;
    scale *= fraction ? 0.1 : 1;
    value = fraction ? value + (code - 0x30) * scale : value * 10 + (code - 0x30);
  }
  if (seen.add((hash ^ (hash >>> 9)) & (DISTINCT_SLOTS - 1))) counts.distinctNumbers += 1;
  counts.largestNumber = Math.max(counts.largestNumber, Math.min(value, Number.MAX_SAFE_INTEGER));
  return i;
}

function readLines(text: string, counts: Counts): void {
  let items = 0;
  let chars = 0;
  let numeric = 0;
  let start = 0;
  for (let line = 0; start <= text.length; line++) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    counts.longestLine = Math.max(counts.longestLine, end - start);
    const item = line < MAX_LINES ? itemStart(text, start, end) : -1;
    if (item >= 0) {
      items += 1;
      chars += end - item;
      numeric += hasDigit(text, item, end) ? 1 : 0;
    }
    start = end + 1;
  }
  if (items === 0) return;
  counts.itemChars = chars / items;
  counts.numericItems = numeric / items;
}

/** Start of the words in a line like `(A) words`, `b. words` or `3: words`; −1 for any other line. */
function itemStart(text: string, start: number, end: number): number {
  let i = skipSpaces(text, start, end);
  if (text[i] === '(') i += 1;
  const mark = text.charCodeAt(i) | 0x20;
  const isMark = (mark >= 0x61 && mark <= 0x6a) || (isDigit(text.charCodeAt(i)) && text[i] !== '0');
  const closing = text.charCodeAt(i + 1);
  if (!isMark || (closing !== 0x29 && closing !== POINT && closing !== 0x3a)) return -1;
  if (text.charCodeAt(i + 2) !== SPACE) return -1;
  const words = skipSpaces(text, i + 2, end);
  return words < end ? words : -1;
}

function skipSpaces(text: string, start: number, end: number): number {
  let i = start;
  while (i < end && text.charCodeAt(i) === SPACE) i += 1;
  return i;
}

function hasDigit(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (isDigit(text.charCodeAt(i))) return true;
  return false;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x7a;
}

/** Whether a space, a newline or the end of the text is there. */
function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return Number.isNaN(code) || code === SPACE || code === NEWLINE;
}
