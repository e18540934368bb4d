import type { CalibrationFigures, ReliabilityBin } from '../metrics/calibration.js';
import type { Estimate } from '../metrics/estimate.js';
import type { CostPoint } from '../metrics/frontier.js';
import type { PairFigures } from '../metrics/pair-curve.js';
import type { Split } from './bench-set.js';

/** The ways of choosing that are compared, in the order in which they are shown. */
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

/** What a way of choosing among all models is called; at random, models are mixed, not prompts ranked. */
export function contenderName(id: ContenderId): string {
  return id === 'random' ? 'random mix of models' : CONTENDERS[id];
}

/** Contenders that rank prompts between two models. */
export type RankerId = 'ours' | 'ridge' | 'neighbours' | 'category' | 'length' | 'oracle';

/** Every figure of a kind, with its interval. */
export type Estimates<Figures> = Readonly<Record<keyof Figures, Estimate>>;

/** What a ranker is worth between the weak and the strong model. */
export interface RankerReport extends Estimates<PairFigures> {
  readonly id: RankerId | 'random';
  /** APGR of ours less this one's, prompt for prompt; `null` for ours itself and for random. */
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

/** What rankers are worth between all pairs of a set's models: less of it is chance than of one pair. */
export interface PairsReport {
  /** Models compared: those with an outcome for nearly all prompts. */
  readonly models: number;
  /** Pairs that were measured, of those whose mean scores are at least `leastGap` apart. */
  readonly pairs: number;
  readonly pairsApart: number;
  /** Measured prompts that all of the models answered. */
  readonly prompts: number;
  readonly leastGap: number;
  readonly rankers: readonly PairsRanker[];
}

export interface PairsRanker {
  readonly id: RankerId;
  /** Dense APGR of all pairs, each counting as much as its models are apart; 0.5 is random. */
  readonly apgr: Estimate;
  /** Ours less this one's, prompt for prompt; `null` for ours itself. */
  readonly oursLess: Estimate | null;
}

/** What a way of choosing among all models is worth. */
export interface FrontierFigures {
  /** RouterBench's average improvement in quality. */
  readonly aiq: number;
  /** Cost saved at this share of the best single model's quality; NaN where it is not reached. */
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
  /** One for each setting; a single model has one. */
  readonly points: readonly LabelledPoint[];
}

/** What became of a promise to keep a share of the reference's quality. */
export interface KeepReport {
  readonly keep: number;
  /** Mean score of the chosen models over that of the reference models. */
  readonly realised: Estimate;
  /** 1 less the cost of the chosen over that of the reference models. */
  readonly saved: Estimate;
  /** Mean score, and mean US dollars a prompt. */
  readonly quality: Estimate;
  readonly costUsd: Estimate;
  /** Score over that of models mixed at random for the same money; `null` over several sets. */
  readonly overRandom: Estimate | null;
}

export interface FrontierReport {
  /** Models with a price and an outcome for each of the prompts. */
  readonly models: readonly LabelledPoint[];
  readonly prompts: number;
  /** Models left out for want of a price, or of outcomes. */
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
  /** Whether the shipped predictor learnt from the training part of this set. */
  readonly relation: 'trained' | 'unseen' | 'own';
  readonly licence: string | null;
  /** Scores are preferences over a rival: pooled promises and calibration leave the set out. */
  readonly preference: boolean;
  readonly split: Exclude<Split, 'auto'>;
  /** Prompts measured, of `lines` that could have been. */
  readonly prompts: number;
  readonly lines: number;
  readonly contaminated: number;
  readonly models: number;
  /** What a reader must know of these figures, as sentences. */
  readonly notes: readonly string[];
  /** `null`: no pair of models is known or could be told. */
  readonly pair: PairReport | null;
  /** `null`: there are not two pairs of models apart. */
  readonly pairs: PairsReport | null;
  readonly frontier: FrontierReport | null;
  readonly calibration: CalibrationReport;
}

/** Several sets together: APGR is the mean over sets, the rest is pooled over prompts, preferences left out. */
export interface GroupReport {
  readonly name: string;
  readonly sets: readonly string[];
  /** Of the sets where every one of these rankers could be measured. */
  readonly rankers: readonly {
    readonly id: RankerId;
    readonly sets: number;
    readonly apgr: Estimate;
    readonly denseApgr: Estimate;
    readonly oursLess: Estimate | null;
  }[];
  /** Means over the sets that have more than one pair of models. */
  readonly pairs: readonly (PairsRanker & { readonly sets: number })[];
  readonly calibration: CalibrationReport;
  readonly keeps: readonly KeepReport[];
}

/** All that a run of `suffice bench quality` found. */
export interface QualityReport {
  readonly format: 1;
  readonly version: string;
  /** ISO 8601. */
  readonly created: string;
  /** The command that makes this report again. */
  readonly command: string;
  readonly seed: number;
  readonly rounds: number;
  readonly router: {
    readonly predictor: string;
    readonly rules: string;
    readonly catalog: string;
  };
  /** The list of prices that was given; `null`: the catalog's alone. */
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
