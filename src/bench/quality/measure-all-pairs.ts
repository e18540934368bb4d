import { at } from '../metrics/at.js';
import { estimatesOf, mapBootstrapped, bootstrap } from '../metrics/estimate.js';
import type { Estimate, Bootstrapped } from '../metrics/estimate.js';
import { separatedPairs, AllPairsCurve } from '../metrics/all-pairs-curve.js';
import type { ModelPair } from '../metrics/all-pairs-curve.js';
import { unitWeights } from '../metrics/sample.js';
import type { Counts } from '../metrics/sample.js';
import type { BenchSet } from './bench-set.js';
import { LEARNER_IDS } from './baseline-scores.js';
import type { BaselineScores } from './baseline-scores.js';
import type { AllPairsReport, RankerId } from './report.js';

/** Inputs to `measureAllPairs`. */
export interface AllPairsInputs {
  readonly set: BenchSet;
  /** The success that the router under test predicts for a model, in the order of `set.measured`. */
  readonly successOf: (model: string) => ArrayLike<number>;
  readonly learnt: BaselineScores;
  /** Over the measured lines. */
  readonly resamples: readonly Counts[];
}

/** A report on all pairs, and its resampled figures for pooling with other sets. */
export interface AllPairsMeasurement {
  readonly report: AllPairsReport;
  readonly sampled: Bootstrapped<AllPairsFigures>;
}

/** The share of the gaps that each ranker recovers; see `AllPairsCurve.recoveredShare`. */
export type AllPairsFigures = Readonly<Partial<Record<RankerId, number>>>;

/** Minimum difference of mean scores: between models that are closer, routing gains little. */
const LEAST_GAP = 0.05;
/** If there are more pairs, this many evenly spaced ones are measured: seventy models have thousands. */
const MAX_PAIRS = 300;
/** A single pair is already reported by itself. */
const MIN_PAIRS = 2;

/**
 * Measures every ranker between all pairs of models that differ by at least `LEAST_GAP`, on the prompts that all models
 * answered; `null` if there are fewer than two such pairs.
 */
export function measureAllPairs(parts: AllPairsInputs): AllPairsMeasurement | null {
  const { resamples } = parts;
  const compared = comparedIn(parts);
  const { models, places, scores } = compared;
  const all =
    places.length === 0 ? [] : separatedPairs(scores, unitWeights(places.length), LEAST_GAP);
  if (all.length < MIN_PAIRS) return null;
  const step = Math.max(1, all.length / MAX_PAIRS);
  const pairs = all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const curves = new Map<RankerId, AllPairsCurve>();
  for (const [id, rankOf] of rankings(parts, compared)) {
    curves.set(id, new AllPairsCurve(scores, pairs, rankOf));
  }
  const draws = resamples.map((counts) => Uint16Array.from(places, (place) => at(counts, place)));
  const figures = bootstrap(
    places.length,
    (counts): AllPairsFigures =>
      Object.fromEntries([...curves].map(([id, curve]) => [id, curve.recoveredShare(counts)])),
    draws,
  );
  return {
    sampled: figures,
    report: {
      models: models.length,
      pairs: pairs.length,
      pairsApart: all.length,
      prompts: places.length,
      leastGap: LEAST_GAP,
      rankers: [...curves.keys()].map((id) => ({
        id,
        apgr: estimatesOf(mapBootstrapped(figures, (of) => ({ apgr: of[id] ?? Number.NaN }))).apgr,
        oursLess: id === 'ours' ? null : oursLess(figures, id),
      })),
    },
  };
}

function oursLess(figures: Bootstrapped<AllPairsFigures>, id: RankerId): Estimate {
  return estimatesOf(
    mapBootstrapped(figures, (of) => ({ less: (of.ours ?? Number.NaN) - (of[id] ?? Number.NaN) })),
  ).less;
}

interface Compared {
  readonly models: readonly string[];
  /** The index of each row in `set.measured`. */
  readonly places: readonly number[];
  /** By model, then row. */
  readonly scores: readonly Float64Array[];
}

function comparedIn({ set, learnt: { models } }: AllPairsInputs): Compared {
  const scoreOf = (place: number, model: string): number =>
    set.lines[at(set.measured, place)]?.outcomes.get(model)?.score ?? Number.NaN;
  const places = set.measured.flatMap((_, place) =>
    models.every((model) => !Number.isNaN(scoreOf(place, model))) ? [place] : [],
  );
  const scores = models.map((model) => Float64Array.from(places, (place) => scoreOf(place, model)));
  return { models, places, scores };
}

type Ranking = readonly [RankerId, (pair: ModelPair) => ArrayLike<number>];

function rankings(
  { set, successOf, learnt }: AllPairsInputs,
  { models, places, scores }: Compared,
): readonly Ranking[] {
  const lineAt = (place: number): number => at(set.measured, place);
  const atRows = (of: ArrayLike<number>, lineOf: (place: number) => number): Float64Array =>
    Float64Array.from(places, (place) => at(of, lineOf(place)));
  const expected = models.map((model) => atRows(successOf(model), (place) => place));
  const lengths = Float64Array.from(places, (p) => set.lines[lineAt(p)]?.text.length ?? 0);
  const fromGrades = LEARNER_IDS.flatMap((id): Ranking[] => {
    const predicted = learnt.of(id);
    if (predicted === null) return [];
    return [[id, gapsBetween(models.map((model) => atRows(predicted.get(model) ?? [], lineAt)))]];
  });
  return [
    ['ours', gapsBetween(expected)],
    ...fromGrades,
    ['length', () => lengths],
    ['oracle', gapsBetween(scores)],
  ];
}

/** The score of a pair's strong model minus that of its weak model, by row. */
function gapsBetween(scores: readonly ArrayLike<number>[]) {
  return ({ weak, strong }: ModelPair): Float64Array => {
    const low = scores[weak] ?? [];
    return Float64Array.from(scores[strong] ?? [], (score, row) => score - at(low, row));
  };
}
