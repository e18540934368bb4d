import { align } from './alignment.js';
import { meaningOf } from './compared-question.js';
import type { ComparedQuestion } from './compared-question.js';
import { dot } from './dot.js';
import { ofSides, type FeatureGroup, type Pair, type Side } from './feature-group.js';
import { LEFT_OVER } from './left-over-features.js';
import { FUNCTION_RARITY } from './word-table.js';
import { overlap, sameBack, sameFront, Turns } from './order.js';

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
    const dims = a.print.sense.length;
    const left = meaning(alignment.left, (leftMeaning = zeros(leftMeaning, dims)));
    const right = meaning(alignment.right, (rightMeaning = zeros(rightMeaning, dims)));
    return [
      whole,
      cosine(front, a.print.frontSquared * b.print.frontSquared),
      cosine(back, a.print.backSquared * b.print.backSquared),
      cosine(dot(left, right), dot(left, left) * dot(right, right)),
      cosine(dot(a.print.sense, b.print.sense), a.print.senseSquared * b.print.senseSquared),
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
    return [weight, weight / (a.print.weight + b.print.weight - weight + 1e-6), content];
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
      overlap(a.print.wordPairs, b.print.wordPairs),
      overlap(a.print.wordTriples, b.print.wordTriples),
      sameFront(a.known, b.known),
      sameBack(a.known, b.known),
    ];
  },
};

const order: FeatureGroup = {
  names: ['turned_pairs', 'turned_content', 'moved_furthest', 'same_letters'],
  of: ({ a, b, alignment: { partners } }) => {
    let furthest = 0;
    const [every, content] = [new Turns(), new Turns()];
    for (let i = 0; i < partners.length; i++) {
      const j = partners[i] ?? -1;
      if (j < 0) continue;
      every.next(j);
      if ((a.known[i]?.rarity ?? 0) > FUNCTION_RARITY) content.next(j);
      furthest = Math.max(furthest, Math.abs(i / a.known.length - j / b.known.length));
    }
    return [every.share, content.share, furthest, overlap(a.print.letters, b.print.letters)];
  },
};

const said: FeatureGroup = ofSides(
  ['names', 'numbers', 'codes', 'sentences'],
  (_side, { words, print }) => [
    words.names.length,
    words.numbers.length,
    words.codes.length,
    print.sentences,
  ],
);

/** Tells a question, a command and a few keywords apart: each says the same in more or fewer words. */
const manner: FeatureGroup = ofSides(
  ['asked', 'function_words', 'rarity', 'stripped'],
  (_side, { text, words, known, print }) => {
    const count = Math.max(1, known.length);
    return [
      Number(text.includes('?')),
      print.functionWords / count,
      print.weight / count,
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
  LEFT_OVER.leftOvers,
  LEFT_OVER.related,
  LEFT_OVER.replaced,
  shared,
  sameness,
  order,
  said,
  manner,
  objected,
  LEFT_OVER.weighed,
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
  one: ComparedQuestion,
  other: ComparedQuestion,
  context: Omit<Pair, 'a' | 'b' | 'alignment'>,
  features = new Float32Array(PAIR_FEATURES.length),
): Float32Array {
  // Ordered alphabetically, so that the result does not depend on which one was asked.
  const [a, b] = one.text < other.text ? [one, other] : [other, one];
  const pair: Pair = { a, b, alignment: align(a, b), ...context };
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
