import { Random } from '../../core/random.js';
import type { Features } from '../../route/features.js';
import type { Routing } from '../../route/routing.js';
import { calibrationFigures, Reliability } from '../metrics/calibration.js';
import type { CalibrationSums } from '../metrics/calibration.js';
import { estimatesOf, mapBootstrapped, bootstrap } from '../metrics/estimate.js';
import type { Bootstrapped } from '../metrics/estimate.js';
import { resample } from '../metrics/sample.js';
import { routeLines, extractFeatures } from './route-lines.js';
import type { RouterUnderTest } from './route-lines.js';
import { categoryPrior } from './baselines/category-prior.js';
import type { Learner } from './baselines/learner.js';
import { nearestNeighbours } from './baselines/nearest-neighbours.js';
import { ngramRidge } from './baselines/ngram-ridge.js';
import type { BenchSet } from './bench-set.js';
import { choosePair } from './choose-pair.js';
import { baselineScores } from './baseline-scores.js';
import type { Learners } from './baseline-scores.js';
import { measureFrontier } from './measure-frontier.js';
import type { FrontierMeasurement } from './measure-frontier.js';
import { measurePair } from './measure-pair.js';
import type { Pair, PairMeasurement } from './measure-pair.js';
import { measureAllPairs } from './measure-all-pairs.js';
import type { AllPairsMeasurement } from './measure-all-pairs.js';
import { populationOf } from './population.js';
import type { Population } from './population.js';
import { catalogWith, impliedPrices } from './prices.js';
import type { PriceList } from './prices.js';
import type { SetReport } from './report.js';

/** The settings with which every set of a run is measured. */
export interface MeasureOptions {
  readonly ours: RouterUnderTest;
  readonly prices: PriceList;
  readonly pair: Pair | null;
  readonly rounds: number;
  readonly seed: number;
}

/** A set's report, and its resampled figures for pooling with other sets. */
export interface SetMeasurement {
  readonly report: SetReport;
  readonly degraded: number;
  readonly pair: PairMeasurement | null;
  readonly pairs: AllPairsMeasurement | null;
  readonly frontier: FrontierMeasurement | null;
  readonly calibration: Bootstrapped<CalibrationSums>;
}

/** Measures everything on one set. */
export async function measureSet(set: BenchSet, options: MeasureOptions): Promise<SetMeasurement> {
  const { rounds, seed } = options;
  const random = new Random(seed);
  const draw = (): number => random.next();
  const lines = set.measured.flatMap((line) => set.lines.slice(line, line + 1));
  const all = await extractFeatures(options.ours, set.lines);
  const read = set.measured.flatMap((line) => all.slice(line, line + 1));
  const models = [...new Set(lines.flatMap(({ outcomes }) => [...outcomes.keys()]))].sort();
  const ours = pricedOurs(set, models, options);
  const { routings, degraded, usual } = routeLines(ours, models, lines, read);
  const resamples = resample(lines.length, rounds, draw);
  const learners = learnersFor(set, ours, all);
  const population = populationOf({ set, models, routings, catalog: ours.catalog });

  const { pair, note } = choosePair(set, models, population, options.pair);
  const successOf = successIn(models, routings);
  const pairMeasure =
    pair === null ? null : measurePair({ set, pair, successOf, learners, resamples, random: draw });
  const learnt = baselineScores(set, models, learners);
  const pairs = measureAllPairs({ set, successOf, learnt, resamples });
  const frontier =
    population.models.length < 2 || population.measuredIndices.length === 0
      ? null
      : measureFrontier({ set, population, routings, usual }, learnt, resamples);
  const reliability = reliabilityOf(set, models, routings);
  const calibration = bootstrap(lines.length, (counts) => reliability.sums(counts), resamples);
  const measured = { pair: pairMeasure, pairs, frontier, calibration, degraded };
  return {
    ...measured,
    report: {
      ...describe(set),
      models: models.length,
      notes: [...(note === null ? [] : [note]), ...notesOn(set, population, measured)],
      pair: pairMeasure?.report ?? null,
      pairs: pairs?.report ?? null,
      frontier: frontier?.report ?? null,
      calibration: {
        ...estimatesOf(mapBootstrapped(calibration, (sums) => ({ ...calibrationFigures([sums]) }))),
        outcomes: reliability.outcomes,
        diagram: reliability.diagram(),
      },
    },
  };
}

function pricedOurs(
  set: BenchSet,
  models: readonly string[],
  options: MeasureOptions,
): RouterUnderTest {
  const listed = catalogWith(options.prices, models, options.ours.catalog);
  const implied = impliedPrices(set.lines, models, listed);
  return { ...options.ours, catalog: catalogWith(implied, models, listed) };
}

function learnersFor(
  { lines }: BenchSet,
  { predictor }: RouterUnderTest,
  read: readonly Features[],
): Learners {
  return {
    ridge: ngramRidge(lines.map(({ text }) => text)),
    category: categoryPrior(lines.map(({ category }) => category)),
    // Only this baseline needs embeddings, so they are computed on first use.
    neighbours: lazily(() =>
      nearestNeighbours(
        read.map((features) => {
          const { vector } = predictor.predict(features, []);
          // Without an embedding, all lines are equally near.
          return vector === null ? new Float32Array(1) : vector.slice();
        }),
      ),
    ),
  };
}

function lazily(make: () => Learner): Learner {
  let learner: Learner | null = null;
  return (train, targets, test) => {
    learner ??= make();
    return learner(train, targets, test);
  };
}

function successIn(models: readonly string[], routings: readonly Routing[]) {
  return (model: string): Float64Array => {
    const m = models.indexOf(model);
    return Float64Array.from(routings, ({ input }) => input.candidates.success(m));
  };
}

function reliabilityOf(
  { lines, measured }: BenchSet,
  models: readonly string[],
  routings: readonly Routing[],
): Reliability {
  const reliability = new Reliability();
  measured.forEach((line, place) => {
    models.forEach((model, m) => {
      const outcome = lines[line]?.outcomes.get(model);
      const candidates = routings[place]?.input.candidates;
      if (outcome === undefined || candidates === undefined) return;
      reliability.add(place, candidates.success(m), outcome.score);
    });
  });
  return reliability;
}

function describe(
  set: BenchSet,
): Pick<
  SetReport,
  | 'name'
  | 'file'
  | 'relation'
  | 'licence'
  | 'preference'
  | 'split'
  | 'prompts'
  | 'lines'
  | 'contaminated'
> {
  const { name, file, known, split, measured, lines, contaminated } = set;
  return {
    name,
    file,
    relation: known === null ? 'own' : known.use === 'train' ? 'trained' : 'unseen',
    licence: known?.licence ?? null,
    preference: known?.preference ?? false,
    split,
    prompts: measured.length,
    lines: lines.length,
    contaminated,
  };
}

const FEW_PROMPTS = 100;
const PERCENT = 100;

function notesOn(
  set: BenchSet,
  population: Population,
  { pair, frontier }: Pick<SetMeasurement, 'pair' | 'frontier'>,
): readonly string[] {
  const notes: string[] = [];
  const { measured, known, split } = set;
  if (known?.use === 'train' && split === 'all') {
    notes.push(
      'The shipped predictor was trained on most of these prompts, so its figures look better than they are.',
    );
  }
  if (measured.length < FEW_PROMPTS)
    notes.push('Few prompts: the figures are uncertain, so look at the intervals.');
  if (known?.preference === true) {
    notes.push(
      'Scores are preferences over a rival, so predicted success is not comparable with them.',
    );
  }
  if (pair?.report.rankers.every(({ id }) => id !== 'ridge') === true) {
    notes.push('Too few prompts to train the baselines that learn from the set.');
  }
  if (frontier === null) {
    notes.push(
      'No cost is compared: fewer than two models have a price and an outcome for every prompt (prices: --prices FILE).',
    );
  } else if (population.estimatedShare > 0) {
    const share = Math.max(1, Math.round(PERCENT * population.estimatedShare));
    notes.push(`Tokens were estimated for ${share} % of the answers, so costs are estimates too.`);
  }
  return notes;
}
