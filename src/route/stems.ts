import { EMPTY_HASH, flagsOf, LANGUAGE_MASK, wordHash } from './lexicon.js';

/** Letters of a stem: `calculate` and `calculation` have the same. */
const STEM_CHARS = 5;
/** Shorter words are ignored: every text has them. */
const MIN_WORD_CHARS = 3;

const BREAK = 0;
/** For each ASCII character: letters in lower case, digits unchanged, `BREAK` for what ends a word. */
const UNITS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(code))
    ? String.fromCharCode(code).toLowerCase().charCodeAt(0)
    : BREAK,
);

/**
 * The stems of a text's words, to be compared with those of other texts.
 *
 * A stem is the hash of a word's beginning; the most common words of all languages are ignored. Identifiers are
 * split into words: `get_userName` has `get`, `user` and `name`. Upper case beyond ASCII is not folded.
 */
export class StemSet {
  readonly #stems = new Set<number>();
  readonly #found = new Set<number>();

  constructor(text: string) {
    eachStem(text, text.length, (stem) => this.#stems.add(stem));
  }

  /** Share of these stems that any compared text had, 0 to 1. */
  get covered(): number {
    return this.#found.size / Math.max(1, this.#stems.size);
  }

  /**
   * Compares the beginning of a text.
   *
   * @param chars - characters that are read
   * @returns share of its words whose stems are in this set, 0 to 1; 0 without words
   */
  match(text: string, chars: number): number {
    let words = 0;
    let matches = 0;
    eachStem(text, chars, (stem) => {
      words += 1;
      if (!this.#stems.has(stem)) return;
      matches += 1;
      this.#found.add(stem);
    });
    return matches / Math.max(1, words);
  }
}

function eachStem(text: string, chars: number, onStem: (stem: number) => void): void {
  const end = Math.min(text.length, chars);
  let length = 0;
  let whole = EMPTY_HASH;
  let stem = EMPTY_HASH;
  let wasSmall = false;
  for (let i = 0; i <= end; i++) {
    const code = i < end ? text.charCodeAt(i) : BREAK;
    const unit = code < UNITS.length ? (UNITS[code] ?? BREAK) : code;
    const isCapital = unit !== code;
    if (unit === BREAK || (isCapital && wasSmall)) {
      if (length >= MIN_WORD_CHARS && (flagsOf(whole) & LANGUAGE_MASK) === 0) onStem(stem);
      length = 0;
      whole = EMPTY_HASH;
    }
    wasSmall = !isCapital;
    if (unit === BREAK) continue;
    whole = wordHash(whole, unit);
    length += 1;
    if (length <= STEM_CHARS) stem = whole;
  }
}
