import { at } from '../metrics/at.js';
import { estimatesOf, estimateFrom, mapBootstrapped, bootstrap } from '../metrics/estimate.js';
import type { Estimate, Figures, Bootstrapped } from '../metrics/estimate.js';
import { UNDEFINED_FIGURES, PairCurve } from '../metrics/pair-curve.js';
import type { PairFigures } from '../metrics/pair-curve.js';
import { unitWeights, weightedMean } from '../metrics/sample.js';
import type { Counts } from '../metrics/sample.js';
import { crossPredict } from './baselines/learner.js';
import type { BenchSet } from './bench-set.js';
import { LEARNER_IDS } from './baseline-scores.js';
import type { Learners } from './baseline-scores.js';
import type { PairReport, RankerId, RankerReport } from './report.js';

/** The weak (cheap) and the strong (expensive) model of a set. */
export interface Pair {
  readonly weak: string;
  readonly strong: string;
}

/** Inputs to `measurePair`. */
export interface PairInputs {
  readonly set: BenchSet;
  readonly pair: Pair;
  /** The success that the router under test predicts for a model, in the order of `set.measured`. */
  readonly successOf: (model: string) => ArrayLike<number>;
  readonly learners: Learners;
  /** Over the measured lines. */
  readonly resamples: readonly Counts[];
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A pair's report, and its resampled figures for pooling with other sets. */
export interface PairMeasurement {
  readonly report: PairReport;
  readonly sampled: Bootstrapped<RankerFigures>;
}

export type RankerFigures = Readonly<Partial<Record<RankerId, PairFigures>>>;

/** Measures every ranker on the prompts that both models answered; `null` if there are none. */
export function measurePair(parts: PairInputs): PairMeasurement | null {
  const { set, pair, resamples } = parts;
  const scoreOf = (line: number, model: string): number =>
    set.lines[line]?.outcomes.get(model)?.score ?? Number.NaN;
  const weakScores = Float64Array.from(set.lines, (_, line) => scoreOf(line, pair.weak));
  const strongScores = Float64Array.from(set.lines, (_, line) => scoreOf(line, pair.strong));
  const gaps = strongScores.map((score, line) => score - at(weakScores, line));
  const both = (line: number): boolean => !Number.isNaN(at(gaps, line));
  const places = set.measured.flatMap((line, place) => (both(line) ? [place] : []));
  if (places.length === 0) return null;

  const lineAt = (place: number): number => at(set.measured, place);
  const weak = Float64Array.from(places, (place) => at(weakScores, lineAt(place)));
  const strong = Float64Array.from(places, (place) => at(strongScores, lineAt(place)));
  const curves = new Map<RankerId, PairCurve>();
  for (const [id, scores] of rankings(parts, gaps, both)) {
    const atPlaces = Float64Array.from(places, (place) => scores(place));
    curves.set(id, new PairCurve(atPlaces, weak, strong));
  }
  const pick = (counts: Counts): Counts => Uint16Array.from(places, (place) => at(counts, place));
  const draws = resamples.map(pick);
  const figures = bootstrap(places.length, (counts) => figuresOf(curves, counts), draws);
  const means = estimatesOf(
    bootstrap(
      places.length,
      (counts) => ({ weak: weightedMean(weak, counts), strong: weightedMean(strong, counts) }),
      draws,
    ),
  );
  return {
    sampled: figures,
    report: {
      ...pair,
      prompts: places.length,
      weakMean: means.weak,
      strongMean: means.strong,
      rankers: [
        ...[...curves.keys()].map((id) => rankerReport(id, figures)),
        randomRanker(weak, strong, parts.random),
      ],
    },
  };
}

type Ranking = readonly [RankerId, (place: number) => number];

function rankings(
  { set, pair, successOf, learners, random }: PairInputs,
  gaps: Float64Array,
  both: (line: number) => boolean,
): readonly Ranking[] {
  const lineAt = (place: number): number => at(set.measured, place);
  const strong = successOf(pair.strong);
  const weak = successOf(pair.weak);
  const learnt = LEARNER_IDS.flatMap((id): Ranking[] => {
    const predicted = crossPredict(learners[id], set.folds, [gaps], both)?.[0];
    return predicted === undefined ? [] : [[id, (place) => at(predicted, lineAt(place))]];
  });
  return [
    ['ours', (place) => at(strong, place) - at(weak, place)],
    ...learnt,
    ['length', (place) => set.lines[lineAt(place)]?.text.length ?? 0],
    // Many gaps are equal, so ties are broken at random: otherwise most of RouteLLM's thresholds would
    // be the same.
    ['oracle', (place) => at(gaps, lineAt(place)) + random() * TIE_BREAK],
  ];
}

const TIE_BREAK = 1e-9;

function figuresOf(curves: ReadonlyMap<RankerId, PairCurve>, counts: Counts): RankerFigures {
  return Object.fromEntries([...curves].map(([id, curve]) => [id, curve.figures(counts)]));
}

function rankerReport(id: RankerId, all: Bootstrapped<RankerFigures>): RankerReport {
  const own = mapBootstrapped(all, (figures) => ({ ...(figures[id] ?? UNDEFINED_FIGURES) }));
  return { id, ...estimatesOf(own), oursLess: id === 'ours' ? null : differenceFromOurs(id, all) };
}

/** APGR of ours minus that of another ranker, on the same prompts. */
export function differenceFromOurs(id: RankerId, all: Bootstrapped<RankerFigures>): Estimate {
  return estimatesOf(
    mapBootstrapped(all, ({ ours = UNDEFINED_FIGURES, [id]: other = UNDEFINED_FIGURES }) => ({
      less: ours.apgr - other.apgr,
    })),
  ).less;
}

const RANDOM_RANKINGS = 200;

/** The figures of random rankings on the same prompts: their mean, and the middle 95 %. */
function randomRanker(
  weak: ArrayLike<number>,
  strong: ArrayLike<number>,
  random: () => number,
): RankerReport {
  const counts = unitWeights(weak.length);
  const draws = Array.from({ length: RANDOM_RANKINGS }, () =>
    new PairCurve(Float64Array.from(weak, random), weak, strong).figures(counts),
  );
  const figure = (name: keyof PairFigures): Estimate => {
    const resampled = draws.map((figures) => figures[name]);
    return estimateFrom(
      resampled.reduce((sum, value) => sum + value, 0) / resampled.length,
      resampled,
    );
  };
  const figures: Figures<keyof PairFigures> = UNDEFINED_FIGURES;
  const names = Object.keys(figures) as (keyof PairFigures)[];
  return {
    id: 'random',
    ...(Object.fromEntries(names.map((name) => [name, figure(name)])) as Record<
      keyof PairFigures,
      Estimate
    >),
    oursLess: null,
  };
}
