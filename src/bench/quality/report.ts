import type { CalibrationFigures, ReliabilityBin } from '../metrics/calibration.js';
import type { Estimate } from '../metrics/estimate.js';
import type { CostPoint } from '../metrics/frontier.js';
import type { PairFigures } from '../metrics/pair-curve.js';
import type { Split } from './bench-set.js';

/** The contenders and their display names, in the order in which they are shown. */
export const CONTENDERS = {
  ours: 'ours, as shipped',
  ridge: 'n-gram ridge',
  neighbours: 'kNN on our embedder',
  category: 'category prior',
  length: 'prompt length',
  random: 'random',
  cheapest: 'always the cheapest',
  strongest: 'always the strongest',
  single: 'best single model',
  oracle: 'oracle',
} as const;

export type ContenderId = keyof typeof CONTENDERS;

/** A contender's name when choosing among all models; `random` then mixes models instead of ranking prompts. */
export function contenderName(id: ContenderId): string {
  return id === 'random' ? 'random mix of models' : CONTENDERS[id];
}

/** Contenders that rank prompts between two models. */
export type RankerId = 'ours' | 'ridge' | 'neighbours' | 'category' | 'length' | 'oracle';

/** An estimate for every figure. */
export type Estimates<Figures> = Readonly<Record<keyof Figures, Estimate>>;

/** A ranker's figures between the weak and the strong model. */
export interface RankerReport extends Estimates<PairFigures> {
  readonly id: RankerId | 'random';
  /** APGR of ours minus this one's, paired by prompt; `null` for ours itself and for random. */
  readonly oursLess: Estimate | null;
}

export interface PairReport {
  readonly weak: string;
  readonly strong: string;
  /** Measured prompts that both answered. */
  readonly prompts: number;
  readonly weakMean: Estimate;
  readonly strongMean: Estimate;
  readonly rankers: readonly RankerReport[];
}

/** The rankers' figures over all pairs of a set's models, which depend less on chance than those of one pair. */
export interface AllPairsReport {
  /** Models compared: those with an outcome for nearly all prompts. */
  readonly models: number;
  /** Pairs that were measured, of the `separatedPairs` pairs whose mean scores are at least `leastGap` apart. */
  readonly pairs: number;
  readonly pairsApart: number;
  /** Measured prompts that all of the models answered. */
  readonly prompts: number;
  readonly leastGap: number;
  readonly rankers: readonly AllPairsRankerReport[];
}

export interface AllPairsRankerReport {
  readonly id: RankerId;
  /** Dense APGR of all pairs, weighted by the gap between their models; 0.5 is random. */
  readonly apgr: Estimate;
  /** APGR of ours minus this one's, paired by prompt; `null` for ours itself. */
  readonly oursLess: Estimate | null;
}

/** A contender's figures when choosing among all models. */
export interface FrontierFigures {
  /** RouterBench's average improvement in quality. */
  readonly aiq: number;
  /** Share of cost saved at 95 % of the best single model's quality (97 %, 99 %); NaN if that is not reached. */
  readonly saved95: number;
  readonly saved97: number;
  readonly saved99: number;
  /** RouterArena's score at the best of its points. */
  readonly arena: number;
}

export interface LabelledPoint extends CostPoint {
  readonly label: string;
}

export interface FrontierContender extends Estimates<FrontierFigures> {
  readonly id: ContenderId;
  /** One point for each setting; a single model has one. */
  readonly points: readonly LabelledPoint[];
}

/** The result of routing with one value of `keep`: the share of the reference's quality to preserve. */
export interface KeepReport {
  readonly keep: number;
  /** Mean score of the chosen models, divided by that of the reference models. */
  readonly realised: Estimate;
  /** 1 minus the cost of the chosen models divided by that of the reference models. */
  readonly saved: Estimate;
  /** Mean score, and mean US dollars per prompt. */
  readonly quality: Estimate;
  readonly costUsd: Estimate;
  /** Mean score minus that of a random mix of models at the same cost; `null` over several sets. */
  readonly overRandom: Estimate | null;
}

export interface FrontierReport {
  /** Models with a price, and an outcome for each of the prompts. */
  readonly models: readonly LabelledPoint[];
  readonly prompts: number;
  /** Number of models left out because they lack a price, or outcomes. */
  readonly unpriced: number;
  readonly incomplete: number;
  /** Share of answers whose tokens were estimated, 0 to 1. */
  readonly estimatedShare: number;
  readonly contenders: readonly FrontierContender[];
  readonly keeps: readonly KeepReport[];
}

export interface CalibrationReport extends Estimates<CalibrationFigures> {
  readonly outcomes: number;
  readonly diagram: readonly ReliabilityBin[];
}

export interface SetReport {
  readonly name: string;
  readonly file: string;
  /** Whether the shipped predictor was trained on the training part of this set. */
  readonly relation: 'trained' | 'unseen' | 'own';
  readonly licence: string | null;
  /** Whether scores are preferences over a rival; if so, pooled `keep` figures and calibration exclude the set. */
  readonly preference: boolean;
  readonly split: Exclude<Split, 'auto'>;
  /** Prompts measured, of `lines` that are not contaminated. */
  readonly prompts: number;
  readonly lines: number;
  readonly contaminated: number;
  readonly models: number;
  /** Caveats for readers of these figures, as sentences. */
  readonly notes: readonly string[];
  /** `null`: there is no pair of models, or no prompt that both answered. */
  readonly pair: PairReport | null;
  /** `null`: fewer than two pairs of models are far enough apart. */
  readonly pairs: AllPairsReport | null;
  readonly frontier: FrontierReport | null;
  readonly calibration: CalibrationReport;
}

/** Several sets together: APGR is the mean over sets, the rest is pooled over prompts, without sets of preferences. */
export interface GroupReport {
  readonly name: string;
  readonly sets: readonly string[];
  /** Means over the sets on which all of these rankers could be measured. */
  readonly rankers: readonly {
    readonly id: RankerId;
    readonly sets: number;
    readonly apgr: Estimate;
    readonly denseApgr: Estimate;
    readonly oursLess: Estimate | null;
  }[];
  /** Means over the sets that have more than one pair of models. */
  readonly pairs: readonly (AllPairsRankerReport & { readonly sets: number })[];
  readonly calibration: CalibrationReport;
  readonly keeps: readonly KeepReport[];
}

/** The complete result of `suffice bench quality`. */
export interface QualityReport {
  readonly format: 1;
  readonly version: string;
  /** ISO 8601. */
  readonly created: string;
  /** The command that reproduces this report. */
  readonly command: string;
  readonly seed: number;
  readonly rounds: number;
  readonly router: {
    readonly predictor: string;
    readonly rules: string;
    readonly catalog: string;
  };
  /** The price list given on the command line; `null`: only the catalog's prices. */
  readonly prices: string | null;
  readonly files: readonly {
    readonly file: string;
    readonly sha256: string;
    readonly lines: number;
  }[];
  readonly decisions: { readonly all: number; readonly degraded: number };
  readonly groups: readonly GroupReport[];
  readonly sets: readonly SetReport[];
}
