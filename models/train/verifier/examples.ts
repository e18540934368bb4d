import { align } from '../../../src/cache/verify/alignment.js';
import type { DifferenceWeights } from '../../../src/cache/verify/word-differences.js';
import type { Lexicon } from '../../../src/cache/verify/lexicon.js';
import {
  NETWORK_FEATURE,
  PAIR_FEATURES,
  pairFeatures,
} from '../../../src/cache/verify/pair-features.js';
import {
  analyseQuestion,
  type AnalysedQuestion,
} from '../../../src/cache/verify/analysed-question.js';
import { firstVeto, applyVetoRules } from '../../../src/cache/verify/veto.js';
import type { Veto } from '../../../src/cache/verify/veto.js';
import type { WordNetwork } from '../../../src/cache/verify/word-network.js';
import { wordingBuckets, type WordingWeights } from '../../../src/cache/verify/wordings.js';
import { WordTable } from '../../../src/cache/verify/word-table.js';
import type { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { unitHashOf } from '../../../src/outcomes/split.js';
import type { LabelledPair } from '../embedder/corpus.js';
import type { DifferentPair } from './difference-training.js';

/** A labelled pair of one set, prepared for training and evaluation. */
export interface Example {
  readonly set: string;
  readonly pair: LabelledPair;
  readonly a: AnalysedQuestion;
  readonly b: AnalysedQuestion;
  readonly veto: Veto | null;
  /** For the weights of differences. */
  readonly different: DifferentPair;
  /** For the weights of wordings. */
  readonly wordings: ReadonlySet<number>;
  /** Weight in training. */
  readonly weight: number;
  /** Which half of the pairs it belongs to; weights of words trained on one half are used on the other. */
  readonly half: 0 | 1;
}

/** The weights that are trained before the trees. */
export interface PairWeights {
  readonly differences: DifferenceWeights;
  readonly wordings: WordingWeights;
  readonly network: WordNetwork;
}

/**
 * Weight of a pair by set: lower if labels are loose, if pairs were generated, or if all pairs are positive, so that
 * the verifier would accept anything worded like them.
 */
const SET_WEIGHTS: Readonly<Record<string, number>> = {
  mrpc: 0.3,
  clinc_para: 0.2,
  nl2bash: 0.3,
  made: 0.5,
  text2sql: 2,
};

export function weightOf(set: string): number {
  return SET_WEIGHTS[set] ?? 1;
}

/** Half of a pair that has no part: generated ones, and those that are not trained on. */
export function halfOf({ a }: LabelledPair): Example['half'] {
  return (unitHashOf(a) * 2 ** 20) % 2 < 1 ? 0 : 1;
}

/** Reads pairs with one embedder. */
export class ExampleReader {
  readonly #embedder: StaticEmbedder;
  readonly #table: WordTable;

  constructor(embedder: StaticEmbedder, lexicon: Lexicon) {
    this.#embedder = embedder;
    this.#table = new WordTable(embedder, lexicon);
  }

  get table(): WordTable {
    return this.#table;
  }

  read(
    set: string,
    pair: LabelledPair,
    { weight = weightOf(set), half = halfOf(pair) }: Partial<Pick<Example, 'weight' | 'half'>> = {},
  ): Example {
    // The same order as in `pairFeatures`.
    const [first, second] = pair.a < pair.b ? [pair.a, pair.b] : [pair.b, pair.a];
    const [a, b] = [this.#question(first), this.#question(second)];
    const objections = applyVetoRules(a.facts, b.facts);
    const { left, right } = align(a, b);
    const [shorter, longer] = [a.known.length, b.known.length].sort((x, y) => x - y);
    const whole = [
      Number(firstVeto(objections) !== null),
      Number(objections.order),
      Math.log1p(shorter ?? 0) / 3,
      Math.log1p(longer ?? 0) / 3,
      (left.length + right.length) / (a.known.length + b.known.length + 1),
    ];
    return {
      set,
      pair,
      a,
      b,
      veto: firstVeto(objections),
      different: {
        leftOver: [...left, ...right],
        whole,
        label: pair.label,
        weight,
      },
      wordings: wordingBuckets(a.known, b.known, { left, right }),
      weight,
      half,
    };
  }

  /** @returns a number for each of `PAIR_FEATURES` */
  features({ a, b }: Example, { network, ...weights }: PairWeights): Float32Array {
    const features = pairFeatures(a, b, {
      identityDims: this.#embedder.identityDims,
      objections: applyVetoRules(a.facts, b.facts),
      ...weights,
    });
    features[NETWORK_FEATURE] = network.score(network.read(a.known), network.read(b.known));
    return features;
  }

  #question(text: string): AnalysedQuestion {
    return analyseQuestion(text, this.#table, this.#embedder.embed(text));
  }
}

/** Features of many examples, one after the other; shape [examples, features]. */
export function tableOf(rows: readonly Float32Array[]): Float32Array {
  const table = new Float32Array(rows.length * PAIR_FEATURES.length);
  rows.forEach((row, i) => {
    table.set(row, i * PAIR_FEATURES.length);
  });
  return table;
}
