import type { Progress } from '../progress.js';
import type { Random } from '../random.js';
import { mutualInformation } from './cooccurrence.js';
import type { Corpus } from './corpus.js';
import { floatAt, indexAt, numberAt } from './elements.js';
import { leftSingular } from './svd.js';
import type { CountedVocabulary } from './vocabulary.js';
import { IDENTITY_DIMS, LEARNED_DIMS, WeightTable } from './weight-table.js';

const CONTEXTS = 6000;
/** Exponent of the singular values; near 0, all directions count equally. */
const SINGULAR_POWER = 0.25;
/** A word in a thousand counts half (Arora et al., 2017, "smooth inverse frequency"). */
const HALF_WEIGHT_FREQUENCY = 1e-3;
/** Length of the learned half relative to the identity half. */
const LEARNED_SHARE = 0.9;
const PAIR_GAIN = 0.3;

/** Initialises a table from word co-occurrence (PPMI and SVD), before it is fitted to pairs. */
export function initialTable(
  corpus: Corpus,
  counted: CountedVocabulary,
  random: Random,
  progress: Progress,
): WeightTable {
  const matrix = mutualInformation(counted, corpus.linked, CONTEXTS, progress);
  progress.say(`mutual information: ${matrix.values.length} entries`);
  const { vectors, values } = leftSingular(matrix, LEARNED_DIMS, random);
  progress.say(
    `singular values ${numberAt(values, 0).toFixed(0)} to ${(values.at(-1) ?? 0).toFixed(0)}`,
  );
  const table = new WeightTable(counted.vocabulary);
  const weights = wordWeights(counted);
  setWords(table, vectors, values, weights);
  setPairs(table, weights);
  setBuckets(table, counted.words);
  return table;
}

/** Between 0 and 1, by rarity. */
function wordWeights({ occurrences, sequence }: CountedVocabulary): Float64Array {
  return occurrences.map(
    (count) => HALF_WEIGHT_FREQUENCY / (HALF_WEIGHT_FREQUENCY + count / sequence.length),
  );
}

function setWords(
  table: WeightTable,
  vectors: Float64Array,
  values: Float64Array,
  weights: Float64Array,
): void {
  const rank = values.length;
  const factors = values.map((value) => value ** SINGULAR_POWER);
  for (let row = 0; row < weights.length; row++) {
    const weight = numberAt(weights, row);
    table.gains[row] = weight / Math.sqrt(IDENTITY_DIMS);
    const vector = factors.map((factor, i) => factor * numberAt(vectors, row * rank + i));
    const length = Math.hypot(...vector);
    if (length === 0) continue;
    vector.forEach((value, i) => {
      table.learned[row * LEARNED_DIMS + i] = (LEARNED_SHARE * weight * value) / length;
    });
  }
}

function setPairs(table: WeightTable, weights: Float64Array): void {
  const { pairs } = table.vocabulary;
  pairs.forEach((key, index) => {
    const first = numberAt(weights, Math.floor(key / 65_536));
    const second = numberAt(weights, key % 65_536);
    const gain = (PAIR_GAIN * (first + second)) / 2;
    table.gains[weights.length + index] = gain / Math.sqrt(IDENTITY_DIMS);
  });
}

/**
 * Sets every n-gram bucket to the mean of the words that have one of its n-grams.
 *
 * A tokenizer without any words tells which: it reads every word as n-grams.
 */
function setBuckets(table: WeightTable, words: readonly string[]): void {
  const { buckets } = table.vocabulary;
  const wordless = new WeightTable({
    words: new Uint32Array(0),
    pairs: new Uint32Array(0),
    buckets,
  });
  const first = table.rows - buckets;
  const shares = new Float64Array(buckets);
  words.forEach((word, row) => {
    const bag = wordless.tokenizer.scan(word);
    for (let k = 0; k < bag.size; k++) {
      const bucket = indexAt(bag.rows, k);
      const share = floatAt(bag.counts, k);
      shares[bucket] = numberAt(shares, bucket) + share;
      addLearned(table, row, first + bucket, share);
    }
  });
  for (let bucket = 0; bucket < buckets; bucket++) {
    table.gains[first + bucket] = 1 / Math.sqrt(IDENTITY_DIMS);
    const share = numberAt(shares, bucket);
    const start = (first + bucket) * LEARNED_DIMS;
    const vector = table.learned.subarray(start, start + LEARNED_DIMS);
    vector.forEach((value, i) => (vector[i] = share > 0 ? value / share : 0));
  }
}

function addLearned(table: WeightTable, from: number, to: number, factor: number): void {
  const { learned } = table;
  for (let i = 0; i < LEARNED_DIMS; i++) {
    const at = to * LEARNED_DIMS + i;
    learned[at] = floatAt(learned, at) + factor * floatAt(learned, from * LEARNED_DIMS + i);
  }
}
