import type { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { characterClasses, splitWords } from '../../../src/embed/characters.js';
import type { LabelledPair } from './corpus.js';
import type { CountedVocabulary } from './vocabulary.js';

/** Similarity of two texts; only the order of the numbers matters. */
export type Similarity = (a: string, b: string) => number;

/** How well a similarity separates positive from negative pairs. */
export interface PairQuality {
  /** Probability that a random positive is more similar than a random negative. */
  readonly auc: number;
  /** Share of positives found when at most 1 % or 3 % of negatives are accepted. */
  readonly recallAt1: number;
  readonly recallAt3: number;
}

export function cosineSimilarity(embedder: StaticEmbedder): Similarity {
  const first = new Float32Array(embedder.dims);
  const second = new Float32Array(embedder.dims);
  return (a, b) => {
    embedder.embed(a, first);
    embedder.embed(b, second);
    return first.reduce((sum, value, i) => sum + value * (second[i] ?? 0), 0);
  };
}

/** Informativeness of a word (inverse frequency). */
export type Rarity = (word: string) => number;

/** Rarity in the corpus that an embedder is trained on. */
export function rarityIn(counted: CountedVocabulary): Rarity {
  const total = counted.sequence.length;
  const known = new Map(
    counted.words.map((word, row) => [
      word,
      Math.log(total / ((counted.occurrences[row] ?? 0) + 1)),
    ]),
  );
  const unknown = Math.log(total);
  return (word) => known.get(word) ?? unknown;
}

/** Rarity among a few texts, such as those to be compared. */
export function rarityAmong(texts: readonly string[]): Rarity {
  const classes = characterClasses();
  const seenIn = new Map<string, number>();
  for (const text of texts) {
    for (const word of new Set(splitWords(text, classes))) {
      seenIn.set(word, (seenIn.get(word) ?? 0) + 1);
    }
  }
  return (word) => Math.log((1 + texts.length) / (1 + (seenIn.get(word) ?? 0))) + 1;
}

/** Cosine of word counts weighted by rarity: the baseline for embedder and verifier. */
export function tfidfSimilarity(rarityOf: Rarity): Similarity {
  const classes = characterClasses();
  const weigh = (text: string): Map<string, number> => {
    const weights = new Map<string, number>();
    for (const word of splitWords(text, classes)) {
      weights.set(word, (weights.get(word) ?? 0) + rarityOf(word));
    }
    return weights;
  };
  return (a, b) => {
    const first = weigh(a);
    const second = weigh(b);
    let dot = 0;
    for (const [word, weight] of first) dot += weight * (second.get(word) ?? 0);
    return dot / (length(first) * length(second) || 1);
  };
}

function length(weights: ReadonlyMap<string, number>): number {
  let square = 0;
  for (const weight of weights.values()) square += weight * weight;
  return Math.sqrt(square);
}

/** @param pairs - labelled 0 or 1, both present */
export function pairQuality(pairs: readonly LabelledPair[], similarity: Similarity): PairQuality {
  const scored = pairs.map(({ a, b, label }) => ({ label, score: similarity(a, b) }));
  const negatives = scored.filter(({ label }) => label === 0).map(({ score }) => score);
  const positives = scored.filter(({ label }) => label === 1).map(({ score }) => score);
  const ranks = averageRanks(scored.map(({ score }) => score));
  const rankSum = scored.reduce((sum, { label }, i) => sum + label * (ranks[i] ?? 0), 0);
  const p = positives.length;
  const falling = negatives.sort((x, y) => y - x);
  const recallAt = (share: number): number => {
    const threshold = falling[Math.floor(share * falling.length)] ?? -Infinity;
    return positives.filter((score) => score > threshold).length / p;
  };
  return {
    auc: (rankSum - (p * (p + 1)) / 2) / (p * falling.length),
    recallAt1: recallAt(0.01),
    recallAt3: recallAt(0.03),
  };
}

/** Spearman's rank correlation of a similarity with graded pairs. */
export function gradeCorrelation(pairs: readonly LabelledPair[], similarity: Similarity): number {
  const graded = pairs.filter(({ score }) => score !== undefined);
  const found = averageRanks(graded.map(({ a, b }) => similarity(a, b)));
  const expected = averageRanks(graded.map(({ score }) => score ?? 0));
  const mean = (graded.length + 1) / 2;
  let both = 0;
  let foundSquare = 0;
  let wantedSquare = 0;
  found.forEach((rank, i) => {
    const x = rank - mean;
    const y = (expected[i] ?? mean) - mean;
    both += x * y;
    foundSquare += x * x;
    wantedSquare += y * y;
  });
  return both / Math.sqrt(foundSquare * wantedSquare || 1);
}

/** 1-based ranks by ascending value; equal values share the mean of their ranks. */
function averageRanks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((x, y) => x.value - y.value);
  const ranks = new Array<number>(values.length).fill(0);
  let start = 0;
  while (start < order.length) {
    let end = start + 1;
    while (end < order.length && order[end]?.value === order[start]?.value) end += 1;
    for (const { index } of order.slice(start, end)) ranks[index] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}
