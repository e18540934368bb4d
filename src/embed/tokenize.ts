import { CHARACTER, characterClasses, MAX_SCANNED_CHARS, normaliseText } from './characters.js';
import {
  buildSlots,
  FIRST_FACTOR,
  FIRST_SEED,
  mix,
  SECOND_FACTOR,
  SECOND_SEED,
  spread,
} from './word-hash.js';

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

/** The words of one text, side by side. An unspaced letter is a word as well. */
class Words {
  size = 0;
  readonly firstHash = new Int32Array(MAX_SCANNED_CHARS);
  readonly secondHash = new Int32Array(MAX_SCANNED_CHARS);
  /** Characters; one more than `MAX_WORD_CHARS` for a longer word, 0 for an unspaced letter. */
  readonly length = new Uint8Array(MAX_SCANNED_CHARS);
  /** 1 for an unspaced letter that directly follows another. */
  readonly isGlued = new Uint8Array(MAX_SCANNED_CHARS);
  /** Where its characters begin in `units`; the places before and after them are free for its edges. */
  readonly start = new Uint16Array(MAX_SCANNED_CHARS);
  readonly units = new Uint16Array(2 * MAX_SCANNED_CHARS + 2);
  /** The row that each was found in, -1 for none. */
  readonly row = new Int32Array(MAX_SCANNED_CHARS);
  /** The pair that it makes with the one before it, -1 for none. */
  readonly pair = new Int32Array(MAX_SCANNED_CHARS);

  add(start: number, length: number, first: number, second: number): void {
    const i = this.size;
    this.firstHash[i] = mix(first);
    this.secondHash[i] = second;
    this.length[i] = Math.min(length, MAX_WORD_CHARS + 1);
    this.start[i] = start;
    this.size = i + 1;
  }
}

/**
 * Splits texts into rows of an embedding table.
 *
 * One pass over the character codes: a word's hash grows as it is read and finds the row in an
 * open-addressing table, so no substring is ever made and no cache of words is needed. Linear in
 * the text, and bounded by `MAX_SCANNED_CHARS`. Not re-entrant: one scan at a time per tokenizer.
 *
 * The tables are larger than a processor's nearest caches. So all words are read first and then
 * looked up one right after the other: the processor waits for many at a time, not for each.
 */
export class Tokenizer {
  /** Rows in all: words, pairs and buckets. */
  readonly rows: number;
  readonly #vocabulary: Vocabulary;
  readonly #wordCount: number;
  readonly #firstBucket: number;
  readonly #meanings = characterMeanings();
  /** Both hashes of a word and its row plus one, or 0 where there is none: side by side, as a lookup needs them. */
  readonly #wordSlots: Int32Array;
  /** A pair's key, and its row plus one. */
  readonly #pairSlots: Int32Array;

  readonly #words = new Words();
  /** Where in the bag each row stood when it last occurred: there still, if the bag says so too. */
  readonly #position: Int32Array;
  readonly #bag: { rows: Int32Array; counts: Float32Array; size: number };

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
    // In ASCII there is nothing to compose, and most texts are.
    if (text.length > MAX_SCANNED_CHARS || !this.#read(text, ASCII_END)) {
      this.#read(normaliseText(text), ALL_END);
    }
    this.#findWords();
    this.#findPairs();
    this.#bag.size = 0;
    const { size, row, length } = this.#words;
    for (let i = 0; i < size; i++) {
      if ((row[i] ?? 0) >= 0) this.#known(i);
      else if (length[i] !== 0) this.#unknown(i);
      if (length[i] === 0) this.#glued(i);
    }
    return this.#bag;
  }

  /**
   * Reads the words of a text.
   *
   * @param end - the first character that must not occur
   * @returns whether it was read to its end
   */
  #read(text: string, end: number): boolean {
    const [meanings, words] = [this.#meanings, this.#words];
    const { units } = words;
    words.size = 0;
    let start = 1;
    let at = 1;
    let first = FIRST_SEED;
    let second = SECOND_SEED;
    let isGlued = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= end) return false;
      const unit = meanings[code] ?? 0;
      if (unit > UNSPACED) {
        units[at] = unit;
        at += 1;
        // `hashUnits`, written out: a call for each character takes a seventh of all this.
        first = Math.imul(first ^ unit, FIRST_FACTOR);
        second = Math.imul(second ^ unit, SECOND_FACTOR);
        second ^= second >>> 15;
        continue;
      }
      if (at > start) {
        if (unit === APOSTROPHE) continue;
        words.add(start, at - start, first, second);
        isGlued = 0;
        at += 1;
        start = at;
        first = FIRST_SEED;
        second = SECOND_SEED;
      }
      if (unit === UNSPACED) {
        units[start] = code;
        words.isGlued[words.size] = isGlued;
        second = Math.imul(SECOND_SEED ^ code, SECOND_FACTOR);
        words.add(start, 0, Math.imul(FIRST_SEED ^ code, FIRST_FACTOR), second ^ (second >>> 15));
        second = SECOND_SEED;
        at += 2;
        start = at;
      }
      isGlued = unit === UNSPACED ? 1 : 0;
    }
    if (at > start) words.add(start, at - start, first, second);
    return true;
  }

  #findWords(): void {
    const slots = this.#wordSlots;
    const mask = slots.length - 1;
    const { size, firstHash, secondHash, length, row } = this.#words;
    for (let i = 0; i < size; i++) {
      const first = firstHash[i] ?? 0;
      const second = secondHash[i] ?? 0;
      let slot = Math.imul(first, WORD_SLOT) & mask;
      while (slots[slot + 2] !== 0 && (slots[slot] !== first || slots[slot + 1] !== second)) {
        slot = (slot + WORD_SLOT) & mask;
      }
      row[i] = (length[i] ?? 0) > MAX_WORD_CHARS ? -1 : (slots[slot + 2] ?? 0) - 1;
    }
  }

  #findPairs(): void {
    const slots = this.#pairSlots;
    const mask = slots.length - 1;
    const { size, row, length, isGlued, pair } = this.#words;
    let before = -1;
    for (let i = 0; i < size; i++) {
      const own = row[i] ?? 0;
      // What the two of them are in 32 bits, with or without a sign.
      const key = (Math.imul(before, PAIR_BASE) + own) | 0;
      const isPair = before >= 0 && own >= 0 && (length[i] !== 0 || isGlued[i] !== 0);
      before = own;
      pair[i] = -1;
      if (!isPair) continue;
      let slot = Math.imul(mix(key), PAIR_SLOT) & mask;
      while (slots[slot + 1] !== 0 && slots[slot] !== key) slot = (slot + PAIR_SLOT) & mask;
      pair[i] = (slots[slot + 1] ?? 0) - 1;
    }
  }

  #known(i: number): void {
    const { row, pair } = this.#words;
    this.#add(row[i] ?? 0, 1);
    const found = pair[i] ?? 0;
    if (found >= 0) this.#add(this.#wordCount + found, 1);
  }

  /** Four-grams with the word's edges marked; three-grams where the word is short. Together they count as one word. */
  #unknown(i: number): void {
    const { units } = this.#words;
    const length = Math.min(this.#words.length[i] ?? 0, MAX_WORD_CHARS);
    const from = (this.#words.start[i] ?? 0) - 1;
    units[from] = EDGE_OPEN;
    units[from + length + 1] = EDGE_CLOSE;
    const n = length < 5 ? 3 : 4;
    const grams = Math.max(1, length + 3 - n);
    const weight = 1 / grams;
    for (let start = from; start < from + grams; start++) {
      let hash = n;
      for (let k = start; k < start + n; k++) hash = Math.imul(hash ^ (units[k] ?? 0), 0x01000193);
      this.#addBucket(hash, weight);
    }
  }

  /** An unspaced letter that makes no known pair with the one before it. */
  #glued(i: number): void {
    const { isGlued, pair, start, units } = this.#words;
    if (isGlued[i] === 0 || (pair[i] ?? 0) >= 0) return;
    const before = units[start[i - 1] ?? 0] ?? 0;
    const code = units[start[i] ?? 0] ?? 0;
    this.#addBucket(Math.imul(before ^ 0x2f0b, 0x01000193) ^ code, 1);
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
}

const ASCII_END = 0x80;
const ALL_END = 0x10000;
const PAIR_BASE = 65_536;

/** What `characterMeanings` has for what is part of no word; all that is has more. */
const SEPARATOR = 0;
const APOSTROPHE = 1;
const UNSPACED = 2;

/** For each UTF-16 unit the one that a word is read to have, ASCII capitals as small letters, or what else it is. */
function characterMeanings(): Uint16Array {
  return Uint16Array.from(characterClasses(), (kind, code) => {
    if (kind === CHARACTER.apostrophe) return APOSTROPHE;
    if (kind === CHARACTER.unspaced) return UNSPACED;
    if (kind !== CHARACTER.letter) return SEPARATOR;
    return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
  });
}

/** Numbers that a slot takes; powers of two, so that none lies across two lines of the processor's cache. */
const WORD_SLOT = 4;
const PAIR_SLOT = 2;
