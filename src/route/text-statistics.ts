import { LATIN_LANGUAGES, addVotes } from './latin-languages.js';
import { EMPTY_HASH, FIRST_HINT_BIT, flagsOf, HINTS, LANGUAGE_MASK, wordHash } from './lexicon.js';
import { BitSet } from './bit-set.js';

/** Kinds of characters, as indexes into `TextStatistics.kinds`. */
export const KIND = {
  other: 0,
  lower: 1,
  upper: 2,
  digit: 3,
  space: 4,
  newline: 5,
  /** Brackets, operators and others that are rare in prose. */
  symbol: 6,
  punctuation: 7,
  question: 8,
} as const;

const KINDS = Object.keys(KIND).length;

/** Characters from which a word counts as long. */
const LONG_WORD_CHARS = 9;
const DISTINCT_SLOTS = 2048;

/** Counts of one text, made in at most two passes. */
export interface TextStatistics {
  readonly chars: number;
  /** Characters by `KIND`; those beyond ASCII are `other`. */
  readonly kinds: Uint32Array;
  readonly words: number;
  readonly longWords: number;
  readonly wordChars: number;
  /** Different words, by hash: slightly too low for long texts. */
  readonly distinctWords: number;
  /** Runs of digits. */
  readonly numbers: number;
  readonly longestNumber: number;
  /** Votes of common words for each language, in `LATIN_LANGUAGES` order. */
  readonly votes: Uint16Array;
  /** Number of words for each hint, in `HINTS` order. */
  readonly hints: Uint16Array;
}

/** @param text - of bounded length; time is linear in it */
export function readStatistics(text: string): TextStatistics {
  const kinds = new Uint32Array(KINDS);
  let counts = countWords(text, kinds);
  // Upper case beyond ASCII is folded by the runtime, which may change a text's length; the tables fold
  // ASCII, so most texts need only one pass.
  if (kinds[KIND.other] !== 0) counts = countWords(text.toLowerCase(), new Uint32Array(KINDS));
  return {
    chars: text.length,
    kinds,
    words: counts.words,
    longWords: counts.longWords,
    wordChars: counts.wordChars,
    distinctWords: counts.distinctWords,
    numbers: counts.numbers,
    longestNumber: counts.longestNumber,
    votes: counts.votes,
    hints: counts.hints,
  };
}

type WordCounts = Omit<TextStatistics, 'chars' | 'kinds'>;

/** @param kinds - the characters of `text` are added to its counts */
function countWords(text: string, kinds: Uint32Array): WordCounts {
  const census = new WordCensus();
  let start = 0;
  let hash = EMPTY_HASH;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = code < ASCII_KINDS.length ? (ASCII_KINDS[code] ?? KIND.other) : KIND.other;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    const unit = WORD_UNITS[code] ?? 0;
    if (unit !== 0) {
      hash = wordHash(hash, unit);
      continue;
    }
    if (i > start) census.add(text.charCodeAt(start), i - start, hash);
    start = i + 1;
    hash = EMPTY_HASH;
  }
  if (text.length > start) census.add(text.charCodeAt(start), text.length - start, hash);
  return census;
}

class WordCensus implements WordCounts {
  words = 0;
  longWords = 0;
  wordChars = 0;
  distinctWords = 0;
  numbers = 0;
  longestNumber = 0;
  readonly votes = new Uint16Array(LATIN_LANGUAGES.length);
  readonly hints = new Uint16Array(HINTS.length);
  readonly #seen = new BitSet(DISTINCT_SLOTS);

  add(first: number, length: number, hash: number): void {
    if (this.#seen.add((hash ^ (hash >>> 15)) & (DISTINCT_SLOTS - 1))) this.distinctWords += 1;
    if (first >= 48 && first <= 57) {
      this.numbers += 1;
      if (length > this.longestNumber) this.longestNumber = length;
      return;
    }
    this.words += 1;
    this.wordChars += length;
    if (length >= LONG_WORD_CHARS) this.longWords += 1;
    const flags = flagsOf(hash);
    if (flags !== 0) countFlags(flags, this);
  }
}

function countFlags(flags: number, { votes, hints }: WordCounts): void {
  addVotes(votes, flags & LANGUAGE_MASK);
  for (let rest = flags >>> FIRST_HINT_BIT, hint = 0; rest !== 0; rest >>>= 1, hint++) {
    hints[hint] = (hints[hint] ?? 0) + (rest & 1);
  }
}

/**
 * For each UTF-16 code unit of a word: the unit in ASCII lower case. Letters, digits, `+` (as in `c++`) and all
 * beyond ASCII but general and CJK punctuation belong to words; 0 for what ends a word.
 */
const WORD_UNITS = Uint16Array.from({ length: 65_536 }, (_, code) => {
  if (!isWordUnit(code)) return 0;
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
});

function isWordUnit(code: number): boolean {
  if (code < 0x80) return /[A-Za-z0-9+]/.test(String.fromCharCode(code));
  if (code < 0x2000) return code > 0xbf;
  return code > 0x206f && (code < 0x3000 || code > 0x303f) && (code < 0xff00 || code > 0xff0f);
}

const ASCII_KINDS = Uint8Array.from({ length: 128 }, (_, code) =>
  kindOf(String.fromCharCode(code)),
);

function kindOf(character: string): number {
  if (/[a-z]/.test(character)) return KIND.lower;
  if (/[A-Z]/.test(character)) return KIND.upper;
  if (/[0-9]/.test(character)) return KIND.digit;
  if (character === '\n') return KIND.newline;
  if (/\s/.test(character)) return KIND.space;
  if (character === '?') return KIND.question;
  return /[.,;:!'"-]/.test(character) ? KIND.punctuation : KIND.symbol;
}
