import { resample } from '../../../src/bench/metrics/sample.js';
import { categoryPrior } from '../../../src/bench/quality/baselines/category-prior.js';
import { alignFoldMeans } from '../../../src/bench/quality/baselines/learner.js';
import { nearestNeighbours } from '../../../src/bench/quality/baselines/nearest-neighbours.js';
import { ngramRidge } from '../../../src/bench/quality/baselines/ngram-ridge.js';
import { benchSets } from '../../../src/bench/quality/bench-set.js';
import type { BenchSet } from '../../../src/bench/quality/bench-set.js';
import {
  NOT_AVAILABLE,
  formatValue,
  formatWithInterval,
} from '../../../src/bench/quality/format.js';
import { LEARNER_IDS, baselineScores } from '../../../src/bench/quality/baseline-scores.js';
import type { Learners } from '../../../src/bench/quality/baseline-scores.js';
import { measurePair } from '../../../src/bench/quality/measure-pair.js';
import { measureAllPairs } from '../../../src/bench/quality/measure-all-pairs.js';
import { contenderName } from '../../../src/bench/quality/report.js';
import type { AllPairsReport, PairReport } from '../../../src/bench/quality/report.js';
import type { GradedLine } from '../../../src/outcomes/outcome-file.js';
import { foldOf, FOLDS } from '../../../src/outcomes/split.js';
import { inputsOf, logistic } from '../../../src/route/factor-network.js';
import { Random } from '../random.js';
import { trainShrunkEnsemble } from './shrink-skills.js';
import { forEachPrediction } from './ensemble.js';
import { isRated, ratedRows } from './outcome-table.js';
import type { OutcomeTable } from './outcome-table.js';
import { readTrainingData, RECIPE } from './training-data.js';
import type { TrainingData, TrainingOptions } from './training-data.js';

const RESAMPLES = 200;

/**
 * Five-fold cross-validation: prints how well predictors rank the prompts that they were not trained on, for every training
 * set, without the test part. Takes some ten minutes.
 *
 * The validation part alone has too few prompts, of a small set to show anything, and of a large one to compare two recipes.
 * These predictors are not calibrated, as that would need further prompts.
 */
export async function crossValidate(
  options: TrainingOptions,
  print: (line: string) => void = console.log,
): Promise<void> {
  const ingredients = await readTrainingData(options);
  const { table } = ingredients;
  const success = judgeUnmet(ingredients, options);
  const random = new Random(options.seed);
  const rivals = LEARNER_IDS.map(contenderName);
  print(
    row(['set', 'prompts', 'one pair [95 %]', 'chance', ...rivals, 'all pairs [95 %]', ...rivals]),
  );
  table.sets.forEach(({ name }, s) => {
    const lines = linesOf(table, s);
    for (const set of benchSets({ file: name, sha256: '', lines }, 'all')) {
      options.progress.say(`${name}: ${set.measured.length} prompts`);
      print(row(figuresOf(set, ingredients, success, random)));
    }
  });
}

/** Probability of success of each answer of the table, from a predictor that was not trained on its prompt. */
function judgeUnmet(
  { table, shape, known }: TrainingData,
  { seed, progress }: TrainingOptions,
): Float32Array {
  const success = new Float32Array(table.model.length);
  const folds = table.prompts.map(({ prompt }) => foldOf(prompt));
  const rowsWhere = (is: (fold: number) => boolean): number[] =>
    folds.flatMap((fold, i) => (is(fold) && !isRated(table, i) ? [i] : []));
  for (let left = 0; left < FOLDS; left++) {
    progress.say(`part ${left + 1} of ${FOLDS} is left out`);
    const rows = rowsWhere((fold) => fold !== left);
    const random = new Random(seed);
    const rated = ratedRows(table, 'train');
    const plan = { shape, recipe: RECIPE, known, rows, rated, random, progress };
    const { ensemble } = trainShrunkEnsemble(table, plan);
    const unmet = rowsWhere((fold) => fold === left);
    forEachPrediction(ensemble, table, unmet, (at, logOdds) => {
      const first = table.first[at] ?? 0;
      const end = table.first[at + 1] ?? first;
      for (let i = first; i < end; i++) success[i] = logistic(logOdds(table.model[i] ?? 0));
    });
  }
  return success;
}

/** The prompts of a set in the bench's format; their ids are their rows in the table. */
function linesOf({ prompts, set }: OutcomeTable, wantedSet: number): GradedLine[] {
  return prompts.flatMap((prompt, i) => {
    if (set[i] !== wantedSet) return [];
    const unknown = { inTokens: null, outTokens: null, costUsd: null };
    return [
      {
        id: String(i),
        dataset: prompt.set.name,
        category: prompt.task,
        text: prompt.prompt,
        conversation: prompt.conversation,
        contaminated: prompt.contaminated,
        outcomes: new Map(
          prompt.outcomes.map(({ model, score }) => [model, { score, ...unknown }]),
        ),
      },
    ];
  });
}

function figuresOf(
  set: BenchSet,
  { table, shape }: TrainingData,
  success: Float32Array,
  random: Random,
): string[] {
  const draw = (): number => random.next();
  const models = [...new Set(set.lines.flatMap(({ outcomes }) => [...outcomes.keys()]))].sort();
  const expected = set.lines.map(({ id }) => expectedIn(table, success, Number(id)));
  const folds = set.folds.map(({ test }) => test);
  const successOf = (model: string): Float64Array => {
    const values = Float64Array.from(expected, (of) => of.get(model) ?? Number.NaN);
    alignFoldMeans(values, folds);
    return values;
  };
  const inputs = inputsOf(shape);
  const vectors = set.lines.map(({ id }) => {
    const first = Number(id) * inputs;
    return table.inputs.subarray(first, first + shape.embedding);
  });
  const learners: Learners = {
    ridge: ngramRidge(set.lines.map(({ text }) => text)),
    neighbours: nearestNeighbours(vectors),
    category: categoryPrior(set.lines.map(({ category }) => category)),
  };
  const resamples = resample(set.measured.length, RESAMPLES, draw);
  const parts = { set, successOf, resamples };
  const { known } = set;
  const pair =
    known === null ? null : measurePair({ ...parts, pair: known, learners, random: draw });
  const pairs = measureAllPairs({ ...parts, learnt: baselineScores(set, models, learners) });
  return [
    set.name,
    String(set.measured.length),
    ...ofPair(pair?.report),
    ...ofPairs(pairs?.report),
  ];
}

/** By model, of the prompt in a row of the table. */
function expectedIn(table: OutcomeTable, success: Float32Array, at: number): Map<string, number> {
  const first = table.first[at] ?? 0;
  const answers = table.model.subarray(first, table.first[at + 1]);
  return new Map(
    [...answers].map((model, i) => [table.models[model] ?? '', success[first + i] ?? Number.NaN]),
  );
}

function ofPair(report: PairReport | undefined): string[] {
  const apgrOf = (id: string) => report?.rankers.find((ranker) => ranker.id === id)?.apgr;
  const ours = apgrOf('ours');
  const chance = apgrOf('random');
  return [
    ours === undefined ? NOT_AVAILABLE : formatWithInterval(ours),
    chance === undefined ? NOT_AVAILABLE : `${chance.low?.toFixed(2)} – ${chance.high?.toFixed(2)}`,
    ...LEARNER_IDS.map((id) => formatValue(apgrOf(id) ?? MISSING)),
  ];
}

function ofPairs(report: AllPairsReport | undefined): string[] {
  const apgrOf = (id: string) => report?.rankers.find((ranker) => ranker.id === id)?.apgr;
  return [
    formatWithInterval(apgrOf('ours') ?? MISSING),
    ...LEARNER_IDS.map((id) => formatValue(apgrOf(id) ?? MISSING)),
  ];
}

const MISSING = { value: null, low: null, high: null };
const WIDTHS = [30, 7, 20, 12, 12, 6, 14, 20, 12, 6, 14];

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
    .join('  ')
    .trimEnd();
}
