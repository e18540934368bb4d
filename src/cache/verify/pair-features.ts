import { align, dot, nearness } from './alignment.js';
import type { Alignment, LeftOver } from './alignment.js';
import type { DifferenceWeights } from './difference.js';
import type { ReadQuestion } from './judge.js';
import type { Objections, QuestionFacts } from './veto.js';
import type { KnownWord } from './word-table.js';
import type { QuestionWords } from './words.js';

/** A question with all that pairs are compared by. */
export interface ComparedQuestion extends ReadQuestion {
  readonly words: QuestionWords;
  readonly facts: QuestionFacts;
  readonly known: readonly KnownWord[];
}

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
  /** Log odds that each left-over word adds, of the first text and of the second. */
  readonly weighed: readonly [readonly number[], readonly number[]];
}

type Feature = (pair: Pair) => number;
type Side = readonly LeftOver[];

const sum = (side: Side, of: (left: LeftOver) => number): number =>
  side.reduce((total, left) => total + of(left), 0);
const content = ({ word }: LeftOver): boolean => word.rarity > FUNCTION_RARITY;
/** What a left-over word weighs: how much it says, less what the other text says of it in other words. */
const missing = ({ word, covered }: LeftOver): number => word.rarity * (1 - covered);
const weightOf = (words: readonly KnownWord[]): number =>
  words.reduce((total, { rarity }) => total + rarity, 0);
const nthLargest = (side: Side, of: (left: LeftOver) => number, n: number): number =>
  side.map(of).sort((x, y) => y - x)[n] ?? 0;

/** A feature of each side becomes two of the pair: it must not matter who asked first. */
function sides(name: string, of: (side: Side, whole: ComparedQuestion) => number) {
  const both = ({ a, b, alignment }: Pair): readonly [number, number] => [
    of(alignment.left, a),
    of(alignment.right, b),
  ];
  return {
    [`${name}_least`]: (pair: Pair) => Math.min(...both(pair)),
    [`${name}_most`]: (pair: Pair) => Math.max(...both(pair)),
  };
}

const cosines: Readonly<Record<string, Feature>> = {
  cosine: ({ a, b }) => dot(a.vector, b.vector),
  same_words: ({ a, b, identityDims }) => cosine(front(a, identityDims), front(b, identityDims)),
  same_meaning: ({ a, b, identityDims }) => cosine(back(a, identityDims), back(b, identityDims)),
  left_over_meaning: ({ alignment }) => cosine(meaning(alignment.left), meaning(alignment.right)),
};

const leftOvers: Readonly<Record<string, Feature>> = {
  ...sides('left_words', (side) => side.length),
  ...sides('left_content', (side) => side.filter(content).length),
  ...sides('left_weight', (side) => sum(side, ({ word }) => word.rarity)),
  ...sides('missing', (side) => sum(side, missing)),
  ...sides('missing_share', (side, { known }) => sum(side, missing) / (weightOf(known) + 1e-6)),
  ...sides('missing_first', (side) => nthLargest(side, missing, 0)),
  ...sides('missing_second', (side) => nthLargest(side, missing, 1)),
  ...sides('rarest_left', (side) => nthLargest(side, ({ word }) => word.rarity, 0)),
  ...sides('place_of_rarest', (side) => placeOfRarest(side)),
  ...sides('left_unknown', (side) => side.filter(({ word }) => word.rarity === 1).length),
  ...sides('inserted', (side) => sum(side, (left) => (left.instead === null ? missing(left) : 0))),
};

const replaced: Readonly<Record<string, Feature>> = {
  replaced_words: ({ alignment }) => replacements(alignment).length,
  replaced_weight: ({ alignment }) =>
    replacements(alignment).reduce((total, [x, y]) => total + distance(x, y), 0),
  replaced_worst: ({ alignment }) =>
    Math.max(0, ...replacements(alignment).map(([x, y]) => distance(x, y))),
  replaced_rarest: ({ alignment }) =>
    Math.max(0, ...replacements(alignment).map(([x, y]) => Math.min(x.rarity, y.rarity))),
  replaced_nearest: ({ alignment }) =>
    Math.min(1, ...replacements(alignment).map(([x, y]) => nearness(x, y))),
};

const sameness: Readonly<Record<string, Feature>> = {
  shared_weight: ({ a, alignment }) => sharedWeight(a, alignment),
  shared_share: ({ a, b, alignment }) =>
    sharedWeight(a, alignment) /
    (weightOf(a.known) + weightOf(b.known) - sharedWeight(a, alignment) + 1e-6),
  shared_content: ({ a, alignment }) =>
    alignment.pairs.filter(([i]) => (a.known[i]?.rarity ?? 0) > FUNCTION_RARITY).length,
  length_least: ({ a, b }) => Math.min(a.known.length, b.known.length),
  length_most: ({ a, b }) => Math.max(a.known.length, b.known.length),
  length_ratio: ({ a, b }) =>
    Math.min(a.known.length, b.known.length) / Math.max(1, a.known.length, b.known.length),
  same_pairs: ({ a, b }) => sharedGrams(a.known, b.known, 2),
  same_triples: ({ a, b }) => sharedGrams(a.known, b.known, 3),
  same_front: ({ a, b }) => sameRun(a.known, b.known),
  same_back: ({ a, b }) => sameRun(a.known.toReversed(), b.known.toReversed()),
  turned_pairs: ({ alignment }) => turned(alignment.pairs),
  turned_content: ({ a, alignment }) =>
    turned(alignment.pairs.filter(([i]) => (a.known[i]?.rarity ?? 0) > FUNCTION_RARITY)),
  moved_furthest: ({ a, b, alignment }) =>
    Math.max(
      0,
      ...alignment.pairs.map(([i, j]) => Math.abs(i / a.known.length - j / b.known.length)),
    ),
  same_letters: ({ a, b }) => sharedLetters(a, b),
};

const said: Readonly<Record<string, Feature>> = {
  ...sides('names', (_side, { words }) => words.names.length),
  ...sides('numbers', (_side, { words }) => words.numbers.length),
  ...sides('codes', (_side, { words }) => words.codes.length),
  ...sides('sentences', (_side, { text }) => text.split(/[.!?\n]+\s/u).length),
  other_number: ({ objections }) => Number(objections.number),
  other_unit: ({ objections }) => Number(objections.unit),
  other_name: ({ objections }) => Number(objections.name),
  other_code: ({ objections }) => Number(objections.code),
  other_negation: ({ objections }) => Number(objections.negation),
  other_opposite: ({ objections }) => Number(objections.opposite),
  other_question: ({ objections }) => Number(objections.question),
  other_order: ({ objections }) => Number(objections.order),
};

const total = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0);

const weighed: Readonly<Record<string, Feature>> = {
  weighed: ({ weighed: [left, right] }) => total(left) + total(right),
  weighed_least: ({ weighed: [left, right] }) => Math.min(total(left), total(right)),
  weighed_most: ({ weighed: [left, right] }) => Math.max(total(left), total(right)),
  weighed_worst: ({ weighed: [left, right] }) => Math.min(0, ...left, ...right),
};

const FEATURES: Readonly<Record<string, Feature>> = {
  ...cosines,
  ...leftOvers,
  ...replaced,
  ...sameness,
  ...said,
  ...weighed,
};

/** What a verifier looks at, in order. An artefact names those it was trained with. */
export const PAIR_FEATURES: readonly string[] = Object.keys(FEATURES);
const COMPUTED = Object.values(FEATURES);

/**
 * Compares two questions. The same whichever comes first.
 *
 * @returns a number for each of `PAIR_FEATURES`
 */
export function pairFeatures(
  one: ComparedQuestion,
  other: ComparedQuestion,
  {
    identityDims,
    objections,
    differences,
  }: Pick<Pair, 'identityDims' | 'objections'> & { readonly differences: DifferenceWeights },
): Float32Array {
  // What comes first in the alphabet comes first, so that it does not matter who asked.
  const [a, b] = one.text < other.text ? [one, other] : [other, one];
  const alignment = align(a.known, b.known);
  const weigh = (side: Side): readonly number[] => side.map((left) => differences.weigh(left));
  const pair: Pair = {
    a,
    b,
    alignment,
    identityDims,
    objections,
    weighed: [weigh(alignment.left), weigh(alignment.right)],
  };
  return Float32Array.from(COMPUTED, (feature) => feature(pair));
}

const front = ({ vector }: ReadQuestion, dims: number): Float32Array => vector.subarray(0, dims);
const back = ({ vector }: ReadQuestion, dims: number): Float32Array => vector.subarray(dims);

function cosine(a: Float32Array, b: Float32Array): number {
  const length = Math.sqrt(dot(a, a) * dot(b, b));
  return length === 0 ? 0 : dot(a, b) / length;
}

/** The mean of what left-over words mean, by weight. */
function meaning(side: Side): Float32Array {
  const total = new Float32Array(side[0]?.word.meaning.length ?? 0);
  for (const { word } of side) {
    for (let i = 0; i < total.length; i++) {
      total[i] = (total[i] ?? 0) + word.rarity * (word.meaning[i] ?? 0);
    }
  }
  return total;
}

function placeOfRarest(side: Side): number {
  let rarest: LeftOver | undefined;
  for (const left of side) {
    if (rarest === undefined || left.word.rarity > rarest.word.rarity) rarest = left;
  }
  return rarest?.place ?? -1;
}

function replacements({ left }: Alignment): readonly (readonly [KnownWord, KnownWord])[] {
  return left.flatMap(({ word, instead }) => (instead === null ? [] : [[word, instead] as const]));
}

function distance(a: KnownWord, b: KnownWord): number {
  return Math.max(a.rarity, b.rarity) * (1 - nearness(a, b));
}

function sharedWeight({ known }: ComparedQuestion, { pairs }: Alignment): number {
  return pairs.reduce((total, [i]) => total + (known[i]?.rarity ?? 0), 0);
}

/** Share of runs of `n` words that both have. */
function sharedGrams(a: readonly KnownWord[], b: readonly KnownWord[], n: number): number {
  return overlap(gramsOf(a, n), gramsOf(b, n));
}

function gramsOf(words: readonly KnownWord[], n: number): Set<string> {
  const grams = new Set<string>();
  for (let i = 0; i + n <= words.length; i++) {
    let gram = '';
    for (let k = i; k < i + n; k++) gram += ` ${words[k]?.text ?? ''}`;
    grams.add(gram);
  }
  return grams;
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const item of a) if (b.has(item)) both += 1;
  return both === 0 ? 0 : both / (a.size + b.size - both);
}

/** Share of the shorter that both begin with. */
function sameRun(a: readonly KnownWord[], b: readonly KnownWord[]): number {
  const most = Math.min(a.length, b.length);
  let run = 0;
  while (run < most && a[run]?.text === b[run]?.text) run += 1;
  return most === 0 ? 0 : run / most;
}

/** Share of neighbours among shared words that stand the other way round in the other text. */
function turned(pairs: readonly (readonly [number, number])[]): number {
  let count = 0;
  for (let k = 1; k < pairs.length; k++) {
    if ((pairs[k]?.[1] ?? 0) < (pairs[k - 1]?.[1] ?? 0)) count += 1;
  }
  return pairs.length < 2 ? 0 : count / (pairs.length - 1);
}

/** Characters that are looked at for likeness of letters: slips of the finger show in short texts. */
const MAX_LETTERS = 400;

function sharedLetters(a: ReadQuestion, b: ReadQuestion): number {
  const grams = ({ text }: ReadQuestion): Set<string> => {
    const plain = text.slice(0, MAX_LETTERS).toLowerCase();
    const found = new Set<string>();
    for (let i = 0; i + 3 <= plain.length; i++) found.add(plain.slice(i, i + 3));
    return found;
  };
  return overlap(grams(a), grams(b));
}
