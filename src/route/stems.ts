import { EMPTY_HASH, flagsOf, LANGUAGES, wordHash } from './lexicon.js';

/** Letters of a word that count: `calculate` and `calculation` are one stem. */
const STEM_CHARS = 5;
/** Shorter words tell little, and stand in every text. */
const SHORTEST_WORD = 3;

const BREAK = 0;
/** The unit itself for ASCII letters, as small ones, for digits, and for all beyond ASCII; `BREAK` for what ends a word. */
const UNITS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(code))
    ? String.fromCharCode(code).toLowerCase().charCodeAt(0)
    : BREAK,
);

/**
 * The words that a demand has, to be compared with those of other texts.
 *
 * A word is its beginning, by hash; the commonest words of any language are none. Words of identifiers stand by
 * themselves: `get_userName` has `get`, `user` and `name`. Capitals beyond ASCII are not folded.
 */
export class StemSet {
  readonly #stems = new Set<number>();
  readonly #found = new Set<number>();

  constructor(text: string) {
    eachStem(text, text.length, (stem) => this.#stems.add(stem));
  }

  /** Share of these words that a text looked at had, 0 to 1. */
  get covered(): number {
    return this.#found.size / Math.max(1, this.#stems.size);
  }

  /**
   * Looks at a text.
   *
   * @param chars - so many of its characters, from its beginning
   * @returns share of its words that are among these, 0 to 1; 0 for none
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

function eachStem(text: string, chars: number, see: (stem: number) => void): void {
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
      if (length >= SHORTEST_WORD && (flagsOf(whole) & LANGUAGES) === 0) see(stem);
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
