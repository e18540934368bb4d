import {
  EMPTY_HASH,
  FIRST_HINT_BIT,
  flagsOf,
  HINTS,
  LATIN_LANGUAGES,
  wordHash,
} from './lexicon.js';

/** Kinds of characters, as indexes into `TextStatistics.kinds`. */
export const KIND = {
  other: 0,
  lower: 1,
  upper: 2,
  digit: 3,
  space: 4,
  newline: 5,
  /** Brackets, operators and whatever else prose has little of. */
  symbol: 6,
  punctuation: 7,
  question: 8,
} as const;

/** Long words tell learned prose from small talk. */
const LONG_WORD_CHARS = 9;
const DISTINCT_SLOTS = 2048;

/** Counts of one text, made in two passes over it. */
export interface TextStatistics {
  readonly chars: number;
  /** Characters by `KIND`; those beyond ASCII are `other`. */
  readonly kinds: Uint32Array;
  readonly words: number;
  readonly longWords: number;
  readonly wordChars: number;
  /** Different words, by hash: a few too low in long texts. */
  readonly distinctWords: number;
  /** Runs of digits. */
  readonly numbers: number;
  readonly longestNumber: number;
  /** Common words found, in `LATIN_LANGUAGES` order. */
  readonly votes: Uint16Array;
  /** Words found, in `HINTS` order. */
  readonly hints: Uint16Array;
}

/** @param text - already bounded; time and memory are linear in it */
export function readStatistics(text: string): TextStatistics {
  const kinds = new Uint32Array(9);
  for (let i = 0; i < text.length; i++) {
    const kind = ASCII_KINDS[text.charCodeAt(i)] ?? KIND.other;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return { chars: text.length, kinds, ...countWords(text.toLowerCase()) };
}

type WordCounts = Omit<TextStatistics, 'chars' | 'kinds'>;

function countWords(lower: string): WordCounts {
  const counts = {
    words: 0,
    longWords: 0,
    wordChars: 0,
    distinctWords: 0,
    numbers: 0,
    longestNumber: 0,
    votes: new Uint16Array(LATIN_LANGUAGES.length),
    hints: new Uint16Array(HINTS.length),
  };
  const seen = new Uint8Array(DISTINCT_SLOTS);
  let start = 0;
  let hash = EMPTY_HASH;
  for (let i = 0; i <= lower.length; i++) {
    const code = i < lower.length ? lower.charCodeAt(i) : 0x20;
    if (WORD_UNITS[code] === 1) {
      hash = wordHash(hash, code);
      continue;
    }
    if (i > start) {
      const slot = (hash ^ (hash >>> 15)) & (DISTINCT_SLOTS - 1);
      counts.distinctWords += 1 - (seen[slot] ?? 0);
      seen[slot] = 1;
      countWord(lower.charCodeAt(start), i - start, hash, counts);
    }
    start = i + 1;
    hash = EMPTY_HASH;
  }
  return counts;
}

function countWord(
  first: number,
  length: number,
  hash: number,
  counts: { -readonly [K in keyof WordCounts]: WordCounts[K] },
): void {
  if (first >= 48 && first <= 57) {
    counts.numbers += 1;
    counts.longestNumber = Math.max(counts.longestNumber, length);
    return;
  }
  counts.words += 1;
  counts.wordChars += length;
  if (length >= LONG_WORD_CHARS) counts.longWords += 1;
  const flags = flagsOf(hash);
  if (flags !== 0) countFlags(flags, counts);
}

function countFlags(flags: number, { votes, hints }: WordCounts): void {
  for (let rest = flags; rest !== 0; rest &= rest - 1) {
    const bit = 31 - Math.clz32(rest & -rest);
    if (bit < FIRST_HINT_BIT) votes[bit] = (votes[bit] ?? 0) + 1;
    else hints[bit - FIRST_HINT_BIT] = (hints[bit - FIRST_HINT_BIT] ?? 0) + 1;
  }
}

/** 1 for letters, digits, `+` (as in `c++`), and all beyond ASCII that is no general or CJK punctuation. */
const WORD_UNITS = Uint8Array.from({ length: 65_536 }, (_, code) => (isWordUnit(code) ? 1 : 0));

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
