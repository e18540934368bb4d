import { align } from './alignment.js';
import { meaningOf } from './analysed-question.js';
import type { AnalysedQuestion } from './analysed-question.js';
import { dot } from './dot-product.js';
import { minMaxOfSides, type FeatureGroup, type FeaturePair, type Side } from './feature-group.js';
import { UNMATCHED_FEATURES } from './unmatched-features.js';
import { FUNCTION_RARITY } from './word-table.js';
import { jaccard, commonSuffixShare, commonPrefixShare, InversionCounter } from './word-order.js';

const cosines: FeatureGroup = {
  names: ['cosine', 'same_words', 'same_meaning', 'left_over_meaning', 'plain_meaning'],
  of: ({ a, b, identityDims, alignment }) => {
    const [x, y] = [a.vector, b.vector];
    // Plain variables instead of an array of sums, for the reason given in `dot`.
    let whole = 0;
    let back = 0;
    let i = 0;
    for (; i < identityDims; i++) whole += (x[i] ?? 0) * (y[i] ?? 0);
    const front = whole;
    for (; i < x.length; i++) {
      const product = (x[i] ?? 0) * (y[i] ?? 0);
      whole += product;
      back += product;
    }
    const dims = a.statistics.sense.length;
    const left = meaning(alignment.left, (leftMeaning = zeros(leftMeaning, dims)));
    const right = meaning(alignment.right, (rightMeaning = zeros(rightMeaning, dims)));
    return [
      whole,
      cosine(front, a.statistics.frontSquared * b.statistics.frontSquared),
      cosine(back, a.statistics.backSquared * b.statistics.backSquared),
      cosine(dot(left, right), dot(left, left) * dot(right, right)),
      cosine(
        dot(a.statistics.sense, b.statistics.sense),
        a.statistics.senseSquared * b.statistics.senseSquared,
      ),
    ];
  },
};

const shared: FeatureGroup = {
  names: ['shared_weight', 'shared_share', 'shared_content'],
  of: ({ a, b, alignment: { partners } }) => {
    let [weight, content] = [0, 0];
    for (let i = 0; i < partners.length; i++) {
      if ((partners[i] ?? -1) < 0) continue;
      const rarity = a.known[i]?.rarity ?? 0;
      weight += rarity;
      if (rarity > FUNCTION_RARITY) content += 1;
    }
    return [weight, weight / (a.statistics.weight + b.statistics.weight - weight + 1e-6), content];
  },
};

const sameness: FeatureGroup = {
  names: [
    'length_least',
    'length_most',
    'length_ratio',
    'same_pairs',
    'same_triples',
    'same_front',
    'same_back',
  ],
  of: ({ a, b }) => {
    const [shorter, longer] = [
      Math.min(a.known.length, b.known.length),
      Math.max(a.known.length, b.known.length),
    ];
    return [
      shorter,
      longer,
      shorter / Math.max(1, longer),
      jaccard(a.statistics.wordPairs, b.statistics.wordPairs),
      jaccard(a.statistics.wordTriples, b.statistics.wordTriples),
      commonPrefixShare(a.known, b.known),
      commonSuffixShare(a.known, b.known),
    ];
  },
};

const order: FeatureGroup = {
  names: ['turned_pairs', 'turned_content', 'moved_furthest', 'same_letters'],
  of: ({ a, b, alignment: { partners } }) => {
    let furthest = 0;
    const [every, content] = [new InversionCounter(), new InversionCounter()];
    for (let i = 0; i < partners.length; i++) {
      const j = partners[i] ?? -1;
      if (j < 0) continue;
      every.next(j);
      if ((a.known[i]?.rarity ?? 0) > FUNCTION_RARITY) content.next(j);
      furthest = Math.max(furthest, Math.abs(i / a.known.length - j / b.known.length));
    }
    return [
      every.share,
      content.share,
      furthest,
      jaccard(a.statistics.letters, b.statistics.letters),
    ];
  },
};

const mentions: FeatureGroup = minMaxOfSides(
  ['names', 'numbers', 'codes', 'sentences'],
  (_side, { words, statistics }) => [
    words.names.length,
    words.numbers.length,
    words.codes.length,
    statistics.sentences,
  ],
);

/** Tells a question, a command and a few keywords apart: each says the same in more or fewer words. */
const manner: FeatureGroup = minMaxOfSides(
  ['asked', 'function_words', 'rarity', 'stripped'],
  (_side, { text, words, known, statistics }) => {
    const count = Math.max(1, known.length);
    return [
      Number(text.includes('?')),
      statistics.functionWords / count,
      statistics.weight / count,
      1 - words.plain.length / Math.max(1, text.length),
    ];
  },
);

const OBJECTIONS = [
  'number',
  'unit',
  'name',
  'code',
  'negation',
  'opposite',
  'question',
  'order',
] as const;

const objected: FeatureGroup = {
  names: OBJECTIONS.map((veto) => `other_${veto}`),
  of: ({ objections }) => OBJECTIONS.map((veto) => Number(objections[veto])),
};

const GROUPS = [
  cosines,
  UNMATCHED_FEATURES.leftOvers,
  UNMATCHED_FEATURES.related,
  UNMATCHED_FEATURES.replaced,
  shared,
  sameness,
  order,
  mentions,
  manner,
  objected,
  UNMATCHED_FEATURES.weighed,
] as const;

/** The features computed without the network, in microseconds. */
const OF_WORDS = GROUPS.flatMap(({ names }) => names);

/**
 * Names of the verifier's features, in order. The last is the output of the word network, which is computed only if the
 * others leave doubt. An artefact names the features that it was trained on.
 */
export const PAIR_FEATURES: readonly string[] = [...OF_WORDS, 'network'];
export const NETWORK_FEATURE = OF_WORDS.length;

/**
 * Computes the features of a pair of questions. Symmetric in the two.
 *
 * @param features - overwritten and returned; a new array when absent
 * @returns one number per `PAIR_FEATURES`; 0 for the network's
 */
export function pairFeatures(
  one: AnalysedQuestion,
  other: AnalysedQuestion,
  context: Omit<FeaturePair, 'a' | 'b' | 'alignment'>,
  features = new Float32Array(PAIR_FEATURES.length),
): Float32Array {
  // Ordered alphabetically, so that the result does not depend on which one was asked.
  const [a, b] = one.text < other.text ? [one, other] : [other, one];
  const pair: FeaturePair = { a, b, alignment: align(a, b), ...context };
  let at = 0;
  for (const group of GROUPS) {
    const numbers = group.of(pair);
    features.set(numbers, at);
    at += numbers.length;
  }
  features[NETWORK_FEATURE] = 0;
  return features;
}

const cosine = (product: number, squared: number): number => {
  const length = Math.sqrt(squared);
  return length === 0 ? 0 : product / length;
};

/** Scratch space for the summed meanings of the left-over words of each side, reused to create no garbage. */
let leftMeaning = new Float32Array(0);
let rightMeaning = new Float32Array(0);

const meaning = (side: Side, total: Float32Array<ArrayBuffer>): Float32Array =>
  meaningOf(
    side.map(({ word }) => word),
    total,
  );

/** @param array - reused if it has the right length */
function zeros(array: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  return array.length === length ? array.fill(0) : new Float32Array(length);
}
