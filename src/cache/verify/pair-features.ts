import { align, dot, nearness } from './alignment.js';
import type { Alignment, LeftOver } from './alignment.js';
import { meaningOf } from './compared-question.js';
import type { ComparedQuestion } from './compared-question.js';
import type { DifferenceWeights } from './difference.js';
import { overlap, sameBack, sameFront, Turns } from './order.js';
import type { Objections } from './veto.js';
import { wordingsOf, type WordingWeights } from './wording.js';

/** Below this a word says next to nothing: articles, prepositions, forms of to be. */
const FUNCTION_RARITY = 0.46;

/** One pair, on its way into features. */
interface Pair {
  readonly a: ComparedQuestion;
  readonly b: ComparedQuestion;
  readonly alignment: Alignment;
  /** Numbers at the front of a vector that say which words occur. */
  readonly identityDims: number;
  readonly objections: Objections;
  readonly differences: DifferenceWeights;
  readonly wordings: WordingWeights;
}

type Side = readonly LeftOver[];

/**
 * Some features that are worked out together, in one go: a pair is compared in the time a request waits.
 * The numbers come in the order of the names.
 */
interface FeatureGroup {
  readonly names: readonly string[];
  readonly of: (pair: Pair) => readonly number[];
}

/** Numbers of each side become two of the pair, for it must not matter who asked first. */
function ofSides(
  names: readonly string[],
  of: (side: Side, whole: ComparedQuestion) => readonly number[],
): FeatureGroup {
  return {
    names: names.flatMap((name) => [`${name}_least`, `${name}_most`]),
    of: ({ a, b, alignment }) => {
      const [left, right] = [of(alignment.left, a), of(alignment.right, b)];
      const both: number[] = [];
      for (let i = 0; i < left.length; i++) {
        const [x, y] = [left[i] ?? 0, right[i] ?? 0];
        both.push(Math.min(x, y), Math.max(x, y));
      }
      return both;
    },
  };
}

const cosines: FeatureGroup = {
  names: ['cosine', 'same_words', 'same_meaning', 'left_over_meaning', 'plain_meaning'],
  of: ({ a, b, identityDims, alignment }) => {
    const [x, y] = [a.vector, b.vector];
    // Not out of an array, as in `dot`.
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
    const [left, right] = [meaning(alignment.left), meaning(alignment.right)];
    return [
      whole,
      cosine(front, a.print.frontSquared * b.print.frontSquared),
      cosine(back, a.print.backSquared * b.print.backSquared),
      cosine(dot(left, right), dot(left, left) * dot(right, right)),
      cosine(dot(a.print.sense, b.print.sense), a.print.senseSquared * b.print.senseSquared),
    ];
  },
};

const leftOvers = ofSides(
  [
    'left_words',
    'left_content',
    'left_weight',
    'missing',
    'missing_share',
    'missing_first',
    'missing_second',
    'rarest_left',
    'place_of_rarest',
    'left_unknown',
    'inserted',
  ],
  (side, { print }) => {
    let [content, weight, missed, unknown, inserted] = [0, 0, 0, 0, 0];
    for (const left of side) {
      const { rarity } = left.word;
      const missing = missingOf(left);
      if (rarity > FUNCTION_RARITY) content += 1;
      if (rarity === 1) unknown += 1;
      weight += rarity;
      missed += missing;
      if (left.instead === null) inserted += missing;
    }
    const rarest = rarestOf(side);
    const [first, second] = twoLargest(side, missingOf);
    return [
      side.length,
      content,
      weight,
      missed,
      missed / (print.weight + 1e-6),
      first,
      second,
      rarest?.word.rarity ?? 0,
      rarest?.place ?? -1,
      unknown,
      inserted,
    ];
  },
);

const replaced: FeatureGroup = {
  names: [
    'replaced_words',
    'replaced_weight',
    'replaced_worst',
    'replaced_rarest',
    'replaced_nearest',
  ],
  of: ({ alignment }) => {
    let [words, weight, worst, rarest, nearest] = [0, 0, 0, 0, 1];
    for (const { word, instead } of alignment.left) {
      if (instead === null) continue;
      const near = nearness(word, instead);
      const distance = Math.max(word.rarity, instead.rarity) * (1 - near);
      words += 1;
      weight += distance;
      worst = Math.max(worst, distance);
      rarest = Math.max(rarest, Math.min(word.rarity, instead.rarity));
      nearest = Math.min(nearest, near);
    }
    return [words, weight, worst, rarest, nearest];
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

const weighed: FeatureGroup = {
  names: ['weighed', 'weighed_least', 'weighed_most', 'weighed_worst', 'wording'],
  of: ({ a, b, alignment, differences, wordings }) => {
    let worst = 0;
    // Log odds that each left-over word adds.
    const [left, right] = [alignment.left, alignment.right].map((side) => {
      let total = 0;
      for (const one of side) {
        const odds = differences.weigh(one);
        total += odds;
        worst = Math.min(worst, odds);
      }
      return total;
    });
    const [x, y] = [left ?? 0, right ?? 0];
    const wording = wordings.weigh(wordingsOf(a.known, b.known, alignment));
    return [x + y, Math.min(x, y), Math.max(x, y), worst, wording];
  },
};

const GROUPS = [
  cosines,
  leftOvers,
  replaced,
  shared,
  sameness,
  order,
  said,
  objected,
  weighed,
] as const;

/** What a verifier looks at, in order. An artefact names those it was trained with. */
export const PAIR_FEATURES: readonly string[] = GROUPS.flatMap(({ names }) => names);

/**
 * Compares two questions. The same whichever comes first.
 *
 * @returns a number for each of `PAIR_FEATURES`
 */
export function pairFeatures(
  one: ComparedQuestion,
  other: ComparedQuestion,
  context: Omit<Pair, 'a' | 'b' | 'alignment'>,
): Float32Array {
  // What comes first in the alphabet comes first, so that it does not matter who asked.
  const [a, b] = one.text < other.text ? [one, other] : [other, one];
  const pair: Pair = { a, b, alignment: align(a, b), ...context };
  const features = new Float32Array(PAIR_FEATURES.length);
  let at = 0;
  for (const group of GROUPS) {
    const numbers = group.of(pair);
    features.set(numbers, at);
    at += numbers.length;
  }
  return features;
}

const cosine = (product: number, squared: number): number => {
  const length = Math.sqrt(squared);
  return length === 0 ? 0 : product / length;
};

/** What left-over words mean together. */
const meaning = (side: Side): Float32Array => meaningOf(side.map(({ word }) => word));

/** What a left-over word says, less what the other text says of it in other words. */
const missingOf = ({ word, covered }: LeftOver): number => word.rarity * (1 - covered);

/** 0 in place of what there is not. */
function twoLargest(side: Side, of: (left: LeftOver) => number): readonly [number, number] {
  let [first, second] = [-Infinity, -Infinity];
  for (const left of side) {
    const size = of(left);
    if (size > first) [first, second] = [size, first];
    else if (size > second) second = size;
  }
  return [side.length < 1 ? 0 : first, side.length < 2 ? 0 : second];
}

function rarestOf(side: Side): LeftOver | null {
  let rarest: LeftOver | null = null;
  for (const left of side) {
    if (rarest === null || left.word.rarity > rarest.word.rarity) rarest = left;
  }
  return rarest;
}
