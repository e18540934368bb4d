import { CHARACTER, characterClasses, normaliseText } from '../../embed/characters.js';
import { mix } from '../../embed/word-hash.js';

/** Buckets that words and pairs of words are hashed into. */
export const GRAM_BUCKETS = 1 << 16;

/** Numbers with more digits count as having this many. */
const NUMBER_DIGITS = 4;
const ZERO = 0x30;
const NINE = 0x39;
const APOSTROPHE = 0x27;
const TYPOGRAPHIC_APOSTROPHE = 0x2019;

/** The distinct words and word pairs of a text, as buckets. */
export interface GramBag {
  /** Valid up to `size`; overwritten by the next scan. */
  readonly buckets: Int32Array;
  readonly counts: Float32Array;
  readonly size: number;
}

/**
 * Splits texts into hashed words and pairs of adjacent words, in one pass and without creating strings.
 *
 * Numbers are replaced by their number of digits: the values in a prompt are incidental. Not re-entrant:
 * one scan at a time.
 */
export class WordGrams {
  readonly #classes = characterClasses();
  readonly #seenIn = new Int32Array(GRAM_BUCKETS);
  readonly #position = new Int32Array(GRAM_BUCKETS);
  readonly #bag = {
    buckets: new Int32Array(GRAM_BUCKETS),
    counts: new Float32Array(GRAM_BUCKETS),
    size: 0,
  };
  #scan = 0;
  #previous = 0;

  /** @returns the bag of `text`, in order of first occurrence; valid until the next call */
  scan(text: string): GramBag {
    const clean = normaliseText(text);
    const classes = this.#classes;
    this.#scan += 1;
    this.#bag.size = 0;
    this.#previous = 0;
    let start = -1;
    for (let i = 0; i <= clean.length; i++) {
      // The end of the text counts as a separator.
      const kind = classes[clean.charCodeAt(i)];
      if (kind === CHARACTER.letter || (kind === CHARACTER.apostrophe && start >= 0)) {
        if (start < 0) start = i;
        continue;
      }
      if (start >= 0) this.#endWord(wordHash(clean, start, i));
      start = -1;
      if (kind === CHARACTER.unspaced) this.#endWord(wordHash(clean, i, i + 1));
    }
    return this.#bag;
  }

  #endWord(hash: number): void {
    this.#add(mix(hash));
    if (this.#previous !== 0) this.#add(mix(Math.imul(this.#previous, 0x5bd1e995) ^ hash));
    this.#previous = hash;
  }

  #add(hash: number): void {
    const bag = this.#bag;
    const bucket = hash & (GRAM_BUCKETS - 1);
    if (this.#seenIn[bucket] === this.#scan) {
      const at = this.#position[bucket] ?? 0;
      bag.counts[at] = (bag.counts[at] ?? 0) + 1;
      return;
    }
    this.#seenIn[bucket] = this.#scan;
    this.#position[bucket] = bag.size;
    bag.buckets[bag.size] = bucket;
    bag.counts[bag.size] = 1;
    bag.size += 1;
  }
}

/** Hash of `text[start..end)` without apostrophes; for a number, its number of digits. Never 0. */
function wordHash(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  let digits = true;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    digits &&= code >= ZERO && code <= NINE;
    if (code !== APOSTROPHE && code !== TYPOGRAPHIC_APOSTROPHE) {
      hash = Math.imul(hash ^ code, 0x01000193);
    }
  }
  return digits ? Math.min(end - start, NUMBER_DIGITS) : hash | 1;
}
