import { characterClasses, splitWords } from '../../../src/embed/characters.js';
import { MAX_WORD_CHARS } from '../../../src/embed/tokenize.js';
import type { Vocabulary } from '../../../src/embed/tokenize.js';
import { hashUnits } from '../../../src/embed/word-hash.js';
import type { Progress } from '../progress.js';
import { columnAt, indexAt, numberAt } from './elements.js';

/** How many rows of each kind a table has. */
export interface VocabularySize {
  readonly words: number;
  readonly pairs: number;
  readonly buckets: number;
}

/** A text's words, by row; `UNKNOWN` for a word without one. */
export const UNKNOWN = 0xffff;

/** Only pairs of the commonest words are counted: others are too rare to be learned. */
const PAIRABLE_WORDS = 12_000;
const MIN_PAIR_COUNT = 20;

/** A vocabulary chosen from texts, and the texts in its terms. */
export interface CountedVocabulary {
  readonly vocabulary: Vocabulary;
  /** The words, in row order: by descending number of texts that have them. */
  readonly words: readonly string[];
  /** Occurrences of each word in all texts. */
  readonly occurrences: Float64Array;
  /** Words of all texts, one text after the other. */
  readonly sequence: Uint16Array;
  /** Where each text begins in `sequence`; one more entry than texts. */
  readonly starts: Int32Array;
}

/** Counts words and neighbours of all texts and keeps the commonest. */
export function chooseVocabulary(
  texts: readonly string[],
  size: VocabularySize,
  progress: Progress,
): CountedVocabulary {
  const counted = countWords(texts, progress);
  const order = counted.texts
    .map((count, index) => ({ count, index }))
    .filter(
      ({ count, index }) => count >= 3 && (counted.words[index] ?? '').length <= MAX_WORD_CHARS,
    )
    .sort((x, y) => y.count - x.count || x.index - y.index)
    .slice(0, size.words);
  const words = order.map(({ index }) => counted.words[index] ?? '');
  const rowOf = new Uint16Array(counted.words.length).fill(UNKNOWN);
  order.forEach(({ index }, row) => (rowOf[index] = row));
  const sequence = Uint16Array.from(counted.sequence, (index) => rowOf[index] ?? UNKNOWN);
  const occurrences = new Float64Array(words.length);
  for (const row of sequence) if (row !== UNKNOWN) occurrences[row] = (occurrences[row] ?? 0) + 1;
  const pairs = choosePairs(sequence, counted.starts, occurrences, size.pairs);
  progress.say(
    `vocabulary: ${words.length} of ${counted.words.length} words, ${pairs.length} pairs, ${sequence.length} tokens`,
  );
  return {
    vocabulary: { words: hashWords(words), pairs, buckets: size.buckets },
    words,
    occurrences,
    sequence,
    starts: counted.starts,
  };
}

interface Counted {
  readonly words: readonly string[];
  /** Texts that have each word. */
  readonly texts: readonly number[];
  readonly sequence: Int32Array;
  readonly starts: Int32Array;
}

function countWords(texts: readonly string[], progress: Progress): Counted {
  const classes = characterClasses();
  const indexOf = new Map<string, number>();
  const words: string[] = [];
  const counts: number[] = [];
  const lastText: number[] = [];
  const starts = new Int32Array(texts.length + 1);
  let sequence = new Int32Array(1 << 20);
  let length = 0;
  texts.forEach((text, number) => {
    progress.tick(() => `counting words: text ${number} of ${texts.length}`);
    for (const word of splitWords(text, classes)) {
      let index = indexOf.get(word);
      if (index === undefined) {
        index = words.push(word) - 1;
        indexOf.set(word, index);
        counts.push(0);
        lastText.push(-1);
      }
      if (lastText[index] !== number) counts[index] = (counts[index] ?? 0) + 1;
      lastText[index] = number;
      if (length === sequence.length) sequence = grown(sequence);
      sequence[length++] = index;
    }
    starts[number + 1] = length;
  });
  return { words, texts: counts, sequence: sequence.subarray(0, length), starts };
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** The neighbouring pairs that occur often, and much more often than by chance. */
function choosePairs(
  sequence: Uint16Array,
  starts: Int32Array,
  occurrences: Float64Array,
  maxPairs: number,
): Uint32Array {
  const scored: { key: number; score: number }[] = [];
  for (const [key, count] of countPairs(sequence, starts)) {
    if (count < MIN_PAIR_COUNT) continue;
    const first = numberAt(occurrences, Math.floor(key / 65_536));
    const second = numberAt(occurrences, key % 65_536);
    const surprise = Math.log((count * sequence.length) / (first * second));
    if (surprise > 1) scored.push({ key, score: count * surprise });
  }
  scored.sort((x, y) => y.score - x.score || x.key - y.key);
  return Uint32Array.from(scored.slice(0, maxPairs), ({ key }) => key);
}

function countPairs(sequence: Uint16Array, starts: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let text = 0; text + 1 < starts.length; text++) {
    const end = indexAt(starts, text + 1);
    for (let i = indexAt(starts, text) + 1; i < end; i++) {
      const first = columnAt(sequence, i - 1);
      const second = columnAt(sequence, i);
      if (first >= PAIRABLE_WORDS || second >= PAIRABLE_WORDS) continue;
      const key = first * 65_536 + second;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** The hashes of words in the form a `Vocabulary` wants. */
export function hashWords(words: readonly string[]): Uint32Array {
  const hashes = new Uint32Array(2 * words.length);
  words.forEach((word, row) => {
    const units = Uint16Array.from({ length: word.length }, (_, i) => word.charCodeAt(i));
    hashUnits(units, 0, units.length, hashes.subarray(2 * row, 2 * row + 2));
  });
  return hashes;
}
