import { CHARACTER, characterClasses, MAX_SCANNED_CHARS, normaliseText } from './characters.js';
import {
  buildSlots,
  FIRST_FACTOR,
  FIRST_SEED,
  mix,
  SECOND_FACTOR,
  SECOND_SEED,
  inlineSlots,
} from './word-hash.js';

/** Longest word that may be known; longer "words" are blobs, of which only this many characters count. */
export const MAX_WORD_CHARS = 32;

/** Maximum number of distinct rows of a text: an unspaced letter and its pair for each character. */
export const MAX_BAG_ROWS = 2 * MAX_SCANNED_CHARS + 2;

const EDGE_OPEN = 0x3c;
const EDGE_CLOSE = 0x3e;

/** The entries of the table, as hashes: no strings are needed to find a row. */
export interface Vocabulary {
  /** Two 32-bit hashes per word (`hashUnits`), interleaved; at most 65,535 words, row 0 first. */
  readonly words: Uint32Array;
  /** `first row × 65,536 + second row` of every known pair of neighbouring words; their rows follow the words'. */
  readonly pairs: Uint32Array;
  /** Number of rows for hashed character n-grams of unknown words; they follow the pairs. */
  readonly buckets: number;
}

/** A text as a bag of distinct table rows and their counts. */
export interface Bag {
  /** Valid up to `size`; overwritten by the next `scan`. */
  readonly rows: Int32Array;
  /** Occurrences; fractions if an unknown word is spread over n-grams. */
  readonly counts: Float32Array;
  readonly size: number;
}

/** The words of one text, in parallel arrays. An unspaced letter is a word as well. */
class Words {
  size = 0;
  readonly firstHash = new Int32Array(MAX_SCANNED_CHARS);
  readonly secondHash = new Int32Array(MAX_SCANNED_CHARS);
  /** In characters; `MAX_WORD_CHARS` + 1 for a longer word, 0 for an unspaced letter. */
  readonly length = new Uint8Array(MAX_SCANNED_CHARS);
  /** 1 for an unspaced letter that directly follows another. */
  readonly isGlued = new Uint8Array(MAX_SCANNED_CHARS);
  /** Start of its characters in `units`; the positions before and after them are free for the edge markers. */
  readonly start = new Uint16Array(MAX_SCANNED_CHARS);
  readonly units = new Uint16Array(2 * MAX_SCANNED_CHARS + 2);
  /** The row of each word, -1 for none. */
  readonly row = new Int32Array(MAX_SCANNED_CHARS);
  /** The index of the pair that it forms with the word before it, -1 for none. */
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
 * One pass over the character codes: a word's hash is computed as it is read and looked up in an
 * open-addressing table, so no substrings are created and no cache of words is needed. Linear in
 * the text, and bounded by `MAX_SCANNED_CHARS`. Not re-entrant: one scan at a time per tokenizer.
 *
 * The tables are larger than a processor's nearest caches. So all words are read first and then
 * looked up in a tight loop, in which many cache misses overlap.
 */
export class Tokenizer {
  /** Rows in all: words, pairs and buckets. */
  readonly rows: number;
  readonly #vocabulary: Vocabulary;
  readonly #wordCount: number;
  readonly #firstBucket: number;
  readonly #meanings = characterMeanings();
  /** Both hashes of a word and its row + 1 (0 for an empty slot), side by side for a look-up. */
  readonly #wordSlots: Int32Array;
  /** A pair's key, and its index + 1. */
  readonly #pairSlots: Int32Array;

  readonly #words = new Words();
  /** Position of each row in the bag when it last occurred; valid only if the bag has the row at that position. */
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
    this.#wordSlots = inlineSlots(wordSlots, WORD_SLOT, (i) => [
      words[2 * i] ?? 0,
      words[2 * i + 1] ?? 0,
      i + 1,
    ]);
    this.#pairSlots = inlineSlots(pairSlots, PAIR_SLOT, (i) => [pairs[i] ?? 0, i + 1]);
    this.#position = new Int32Array(this.rows);
    this.#bag = {
      rows: new Int32Array(MAX_BAG_ROWS),
      counts: new Float32Array(MAX_BAG_ROWS),
      size: 0,
    };
  }

  /** @returns the rows of `text`, in order of first occurrence; valid until the next call */
  scan(text: string): Bag {
    // Most texts are ASCII, which needs no normalisation.
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
   * @param end - stops at a character code of `end` or more
   * @returns whether the whole text was read
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
        // `hashUnits`, inlined: a call per character would take a seventh of the time.
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
      // The key in 32 bits, signed like the elements of an Int32Array.
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

  /** Adds an unknown word as character 4-grams (3-grams if it is short) with marked edges. Together they count as one word. */
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

  /** Adds a hashed pair for an unspaced letter that forms no known pair with the one before it. */
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

/** Values of `characterMeanings` for characters that are not part of a word; all others are larger. */
const SEPARATOR = 0;
const APOSTROPHE = 1;
const UNSPACED = 2;

/** For each UTF-16 unit, the unit that it is read as (ASCII capitals in lower case), or one of the constants above. */
function characterMeanings(): Uint16Array {
  return Uint16Array.from(characterClasses(), (kind, code) => {
    if (kind === CHARACTER.apostrophe) return APOSTROPHE;
    if (kind === CHARACTER.unspaced) return UNSPACED;
    if (kind !== CHARACTER.letter) return SEPARATOR;
    return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
  });
}

/** Numbers per slot; powers of two, so that no slot spans two cache lines. */
const WORD_SLOT = 4;
const PAIR_SLOT = 2;
