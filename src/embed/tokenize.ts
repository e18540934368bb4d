import { CHARACTER, characterClasses, MAX_SCANNED_CHARS, normaliseText } from './characters.js';
import { buildSlots, hashUnits, mix } from './word-hash.js';

/** Characters of a word that are looked at; longer "words" are blobs and never known. */
export const MAX_WORD_CHARS = 32;

/** The most distinct rows a text can have: an unspaced letter and its pair for each character. */
export const MAX_BAG_ROWS = 2 * MAX_SCANNED_CHARS + 2;

const EDGE_OPEN = 0x3c;
const EDGE_CLOSE = 0x3e;

/** What the table knows, as hashes: strings are never needed to find a row. */
export interface Vocabulary {
  /** Two 32-bit hashes a word (`hashUnits`), interleaved; at most 65,535 words, row 0 first. */
  readonly words: Uint32Array;
  /** `first row × 65,536 + second row` of every known pair of neighbours; rows follow the words. */
  readonly pairs: Uint32Array;
  /** Rows that share the character n-grams of unknown words; they follow the pairs. */
  readonly buckets: number;
}

/** What a text consists of: distinct rows of the table and how often each occurs. */
export interface Bag {
  /** Valid up to `size`; overwritten by the next scan. */
  readonly rows: Int32Array;
  /** Occurrences; fractions where one unknown word is spread over n-grams. */
  readonly counts: Float32Array;
  readonly size: number;
}

/**
 * Splits texts into rows of an embedding table.
 *
 * One pass over the character codes: a word's hash grows as it is read and finds the row in an
 * open-addressing table, so no substring is ever made and no cache of words is needed. Linear in
 * the text, and bounded by `MAX_SCANNED_CHARS`. Not re-entrant: one scan at a time per tokenizer.
 */
export class Tokenizer {
  /** Rows in all: words, pairs and buckets. */
  readonly rows: number;
  readonly #vocabulary: Vocabulary;
  readonly #wordCount: number;
  readonly #firstBucket: number;
  readonly #classes = characterClasses();
  /** Both hashes of a word and its row plus one, or 0 where there is none: side by side, as a lookup needs them. */
  readonly #wordSlots: Uint32Array;
  /** A pair's key, and its row plus one. */
  readonly #pairSlots: Uint32Array;

  readonly #word = new Uint16Array(MAX_WORD_CHARS + 2);
  readonly #hashes = new Uint32Array(2);
  /** Where in the bag each row stood when it last occurred: there still, if the bag says so too. */
  readonly #position: Int32Array;
  readonly #bag: { rows: Int32Array; counts: Float32Array; size: number };
  #previous = -1;
  #previousChar = 0;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#wordCount = vocabulary.words.length / 2;
    this.#firstBucket = this.#wordCount + vocabulary.pairs.length;
    this.rows = this.#firstBucket + vocabulary.buckets;
    const { words, pairs } = vocabulary;
    const wordSlots = buildSlots(this.#wordCount, (i) => words[2 * i] ?? 0);
    const pairSlots = buildSlots(pairs.length, (i) => mix(pairs[i] ?? 0));
    this.#wordSlots = spread(wordSlots, WORD_SLOT, (i) => [
      words[2 * i] ?? 0,
      words[2 * i + 1] ?? 0,
      i + 1,
    ]);
    this.#pairSlots = spread(pairSlots, PAIR_SLOT, (i) => [pairs[i] ?? 0, i + 1]);
    this.#position = new Int32Array(this.rows);
    this.#bag = {
      rows: new Int32Array(MAX_BAG_ROWS),
      counts: new Float32Array(MAX_BAG_ROWS),
      size: 0,
    };
  }

  /** @returns the rows of `text`, in order of first occurrence; valid until the next call */
  scan(text: string): Bag {
    const clean = normaliseText(text);
    this.#bag.size = 0;
    this.#previous = -1;
    this.#previousChar = 0;
    const classes = this.#classes;
    const word = this.#word;
    let length = 0;
    for (let i = 0; i < clean.length; i++) {
      const code = clean.charCodeAt(i);
      const kind = classes[code];
      if (kind === CHARACTER.letter) {
        length += 1;
        if (length <= MAX_WORD_CHARS) word[length] = code;
        continue;
      }
      if (kind === CHARACTER.apostrophe && length > 0) continue;
      if (length > 0) this.#endWord(length);
      length = 0;
      if (kind === CHARACTER.unspaced) this.#unspaced(code);
      else this.#previousChar = 0;
    }
    if (length > 0) this.#endWord(length);
    return this.#bag;
  }

  #endWord(length: number): void {
    this.#previousChar = 0;
    const row = length > MAX_WORD_CHARS ? -1 : this.#findWord(length);
    if (row < 0) this.#unknown(Math.min(length, MAX_WORD_CHARS));
    else this.#known(row);
    this.#previous = row;
  }

  #known(row: number): void {
    this.#add(row, 1);
    if (this.#previous < 0) return;
    const pair = this.#findPair(this.#previous * 65_536 + row);
    if (pair >= 0) this.#add(this.#wordCount + pair, 1);
  }

  /** Four-grams with the word's edges marked; three-grams where the word is short. Together they count as one word. */
  #unknown(length: number): void {
    const word = this.#word;
    word[0] = EDGE_OPEN;
    word[length + 1] = EDGE_CLOSE;
    const n = length < 5 ? 3 : 4;
    const grams = Math.max(1, length + 3 - n);
    const weight = 1 / grams;
    for (let start = 0; start < grams; start++) {
      let hash = n;
      for (let i = start; i < start + n; i++) hash = Math.imul(hash ^ (word[i] ?? 0), 0x01000193);
      this.#addBucket(hash, weight);
    }
  }

  #unspaced(code: number): void {
    this.#word[1] = code;
    const row = this.#findWord(1);
    if (row >= 0) this.#add(row, 1);
    if (this.#previousChar > 0) {
      const known = row >= 0 && this.#previous >= 0;
      const pair = known ? this.#findPair(this.#previous * 65_536 + row) : -1;
      if (pair >= 0) this.#add(this.#wordCount + pair, 1);
      else this.#addBucket(Math.imul(this.#previousChar ^ 0x2f0b, 0x01000193) ^ code, 1);
    }
    this.#previous = row;
    this.#previousChar = code;
  }

  #addBucket(hash: number, weight: number): void {
    const { buckets } = this.#vocabulary;
    if (buckets > 0) this.#add(this.#firstBucket + (mix(hash) % buckets), weight);
  }

  #add(row: number, count: number): void {
    const bag = this.#bag;
    const at = this.#position[row] ?? 0;
    if (at < bag.size && bag.rows[at] === row) {
      bag.counts[at] = (bag.counts[at] ?? 0) + count;
      return;
    }
    this.#position[row] = bag.size;
    bag.rows[bag.size] = row;
    bag.counts[bag.size] = count;
    bag.size += 1;
  }

  /** @returns the row of the word that was read, -1 if it is not known */
  #findWord(length: number): number {
    const slots = this.#wordSlots;
    hashUnits(this.#word, 1, length + 1, this.#hashes);
    const first = this.#hashes[0] ?? 0;
    const second = this.#hashes[1] ?? 0;
    const mask = slots.length - 1;
    let slot = Math.imul(first, WORD_SLOT) & mask;
    for (;;) {
      const row = (slots[slot + 2] ?? 0) - 1;
      if (row < 0 || (slots[slot] === first && slots[slot + 1] === second)) return row;
      slot = (slot + WORD_SLOT) & mask;
    }
  }

  /** @returns which pair it is, -1 if it is not known */
  #findPair(key: number): number {
    const slots = this.#pairSlots;
    const mask = slots.length - 1;
    let slot = Math.imul(mix(key), PAIR_SLOT) & mask;
    for (;;) {
      const pair = (slots[slot + 1] ?? 0) - 1;
      if (pair < 0 || slots[slot] === key) return pair;
      slot = (slot + PAIR_SLOT) & mask;
    }
  }
}

/** Numbers that a slot takes; powers of two, so that none lies across two lines of the processor's cache. */
const WORD_SLOT = 4;
const PAIR_SLOT = 2;

/** The slots with what is looked for in them, instead of where it is: memory is waited for once, not twice. */
function spread(
  slots: Int32Array,
  width: number,
  numbersOf: (index: number) => readonly number[],
): Uint32Array {
  const wide = new Uint32Array(slots.length * width);
  slots.forEach((index, slot) => {
    if (index >= 0) wide.set(numbersOf(index), slot * width);
  });
  return wide;
}
