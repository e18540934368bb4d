import { at } from '../metrics/at.js';
import { estimatesOf, mapBootstrapped, bootstrap } from '../metrics/estimate.js';
import type { Estimate, Bootstrapped } from '../metrics/estimate.js';
import {
  arenaScore,
  averageQuality,
  costOfQuality,
  frontierOf,
  qualityAtCost,
} from '../metrics/frontier.js';
import type { CostPoint } from '../metrics/frontier.js';
import { unitWeights, weightedMean } from '../metrics/sample.js';
import type { Counts } from '../metrics/sample.js';
import { LEARNER_IDS } from './baseline-scores.js';
import type { BaselineScores } from './baseline-scores.js';
import { keepReports, keepSums } from './measure-keep.js';
import type { KeepSums } from './measure-keep.js';
import type { ContenderId, FrontierContender, FrontierFigures, FrontierReport } from './report.js';
import {
  baselinePoints,
  promptLengthPoints,
  routerPoints,
  singleModelPoints,
  strongestModelPoint,
  tradeOffPoints,
} from './operating-points.js';
import type {
  KeepOperatingPoint,
  OperatingPoint,
  OperatingPointInputs,
} from './operating-points.js';

/** A frontier's report, and the sums for pooling its `keep` figures with those of other sets. */
export interface FrontierMeasurement {
  readonly report: FrontierReport;
  readonly keeps: Bootstrapped<readonly KeepSums[]>;
}

interface Compared {
  readonly singles: readonly OperatingPoint[];
  readonly single: OperatingPoint;
  readonly kept: readonly KeepOperatingPoint[];
  readonly settings: ReadonlyMap<ContenderId, readonly OperatingPoint[]>;
}

/**
 * Compares all contenders at choosing among all models.
 *
 * @param resamples - over the set's measured lines
 */
export function measureFrontier(
  parts: OperatingPointInputs,
  learnt: BaselineScores,
  resamples: readonly Counts[],
): FrontierMeasurement {
  const { population } = parts;
  const { measuredIndices, models, unpriced, incomplete, estimatedShare } = population;
  const draws = resamples.map((counts) =>
    Uint16Array.from(measuredIndices, (place) => at(counts, place)),
  );
  const compared = compare(parts, learnt);
  const figures = bootstrap(measuredIndices.length, (counts) => figuresOf(compared, counts), draws);
  const keeps = bootstrap(
    measuredIndices.length,
    (counts) => keepSums(compared.kept, counts),
    draws,
  );
  const all = unitWeights(measuredIndices.length);
  const gains = estimatesOf(mapBootstrapped(figures, ({ overRandom }) => overRandom));
  return {
    keeps,
    report: {
      models: compared.singles.map((setting) => labelled(setting, all)),
      prompts: measuredIndices.length,
      unpriced,
      incomplete,
      estimatedShare: models.length === 0 ? 0 : estimatedShare,
      contenders: [...compared.settings].map(([id, settings]): FrontierContender => ({
        id,
        ...estimatesOf(mapBootstrapped(figures, ({ byId }) => byId[id] ?? NOTHING)),
        points: settings.map((setting) => labelled(setting, all)),
      })),
      keeps: keepReports(keeps, (keep): Estimate | null => gains[String(keep)] ?? null),
    },
  };
}

function compare(parts: OperatingPointInputs, learnt: BaselineScores): Compared {
  const { population } = parts;
  const singles = singleModelPoints(population);
  const kept = routerPoints(parts);
  const meanCost = ({ costUsd }: OperatingPoint): number =>
    costUsd.reduce((sum, usd) => sum + usd, 0);
  const cheapest = singles.reduce((best, one) => (meanCost(one) < meanCost(best) ? one : best));
  const strongest = strongestModelPoint(parts);
  const settings = new Map<ContenderId, readonly OperatingPoint[]>([['ours', kept]]);
  for (const id of LEARNER_IDS) {
    const expected = learnt.of(id);
    if (expected !== null) settings.set(id, baselinePoints(parts, expected));
  }
  if (strongest !== null) settings.set('length', promptLengthPoints(parts, cheapest, strongest));
  settings.set('random', singles);
  settings.set('cheapest', [cheapest]);
  if (strongest !== null) settings.set('strongest', [strongest]);
  // The best single model on all rows is used in every resample, so that its interval is that of one
  // model and not of the best of several.
  const single = bestSingle(singles, unitWeights(population.measuredIndices.length));
  settings.set('single', [single]);
  const truth = { quality: population.scores, costUsd: population.costs };
  settings.set('oracle', tradeOffPoints(population, truth));
  return { singles, single, kept, settings };
}

const NOTHING: Record<keyof FrontierFigures, number> = {
  aiq: Number.NaN,
  saved95: Number.NaN,
  saved97: Number.NaN,
  saved99: Number.NaN,
  arena: Number.NaN,
};

interface SampleFigures {
  readonly byId: Readonly<Partial<Record<ContenderId, typeof NOTHING>>>;
  /** By `keep`. */
  readonly overRandom: Readonly<Record<string, number>>;
}

function figuresOf({ single, kept, settings }: Compared, counts: Counts): SampleFigures {
  const best = pointOf(single, counts);
  const compared = [...settings].map(([id, of]) => {
    const points = of.map((one) => pointOf(one, counts));
    return { id, points, frontier: frontierOf(points) };
  });
  const largest = Math.max(...compared.map(({ frontier }) => frontier.at(-1)?.costUsd ?? 0));
  const byId = compared.map(({ id, points, frontier }) => {
    const saved = (share: number): number =>
      1 - costOfQuality(frontier, share * best.quality) / best.costUsd;
    const figures: FrontierFigures = {
      // A single point spans no area.
      aiq: points.length < 2 ? Number.NaN : averageQuality(frontier, largest),
      saved95: saved(0.95),
      saved97: saved(0.97),
      saved99: saved(0.99),
      arena: Math.max(...points.map(arenaScore)),
    };
    return [id, figures] as const;
  });
  const mixed = compared.find(({ id }) => id === 'random')?.frontier ?? [];
  const overRandom = kept.map((setting) => {
    const { quality, costUsd } = pointOf(setting, counts);
    return [String(setting.keep), quality - qualityAtCost(mixed, costUsd)] as const;
  });
  return { byId: Object.fromEntries(byId), overRandom: Object.fromEntries(overRandom) };
}

function pointOf({ quality, costUsd }: OperatingPoint, counts: Counts): CostPoint {
  return { quality: weightedMean(quality, counts), costUsd: weightedMean(costUsd, counts) };
}

function labelled(setting: OperatingPoint, counts: Counts): CostPoint & { readonly label: string } {
  return { label: setting.label, ...pointOf(setting, counts) };
}

function bestSingle(singles: readonly OperatingPoint[], counts: Counts): OperatingPoint {
  const meanOf = ({ quality }: OperatingPoint): number => weightedMean(quality, counts);
  return singles.reduce((best, one) => (meanOf(one) > meanOf(best) ? one : best));
}
