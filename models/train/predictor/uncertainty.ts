import { at, logistic } from '../../../src/route/factor-network.js';
import type { NetworkShape } from '../../../src/route/factor-network.js';
import type { Progress } from '../progress.js';
import { DataError } from '../jsonl.js';
import type { Random } from '../random.js';
import { normalisedPrompt } from '../split.js';
import { forEachPrediction, trainEnsemble } from './ensemble.js';
import type { Ensemble } from './ensemble.js';
import type { FactSource } from './levels.js';
import { gradesAdequacy } from './outcome-table.js';
import type { OutcomeTable } from './outcome-table.js';
import type { Hyperparameters } from './train-member.js';

/** What the uncertainty is measured on. */
export interface UncertaintySource {
  readonly table: OutcomeTable;
  readonly shape: NetworkShape;
  readonly recipe: Hyperparameters;
  readonly known: FactSource;
  /** Of the training part. */
  readonly rows: readonly number[];
  /** See `EnsemblePlan`. */
  readonly rated: readonly number[];
  readonly random: Random;
  readonly progress: Progress;
}

/** Variance of the network's error in log-odds on kinds of prompts it was not trained on. */
export interface Uncertainty {
  /** On prompts like those it was trained on. */
  readonly always: number;
  /** Added on unfamiliar prompts, times the squared distance. */
  readonly far: number;
}

const FOLDS = 3;
const EPOCHS = 3;
const FEWEST_PROMPTS = 100;
/** Share of the variance between unseen sets that is there on familiar prompts too. */
const ALWAYS_SHARE = 0.1;

/**
 * Measures how wrong the network is about kinds of prompts it has never seen.
 *
 * A third of the sets is left out of training at a time; the shift of log-odds that each would
 * have needed is the error to be expected on a new kind of traffic.
 *
 * @throws {DataError} there are too few sets
 */
export function measureUncertainty(source: UncertaintySource): Uncertainty {
  const { table, recipe, random, progress } = source;
  const shape = { ...source.shape, members: 1 };
  const shifts: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const inside = source.rows.filter((row) => (table.set[row] ?? 0) % FOLDS !== fold);
    const knownTexts = new Set(inside.map((row) => textOf(table, row)));
    // A prompt may be in two sets: then it is not unseen.
    const outside = source.rows.filter(
      (row) => (table.set[row] ?? 0) % FOLDS === fold && !knownTexts.has(textOf(table, row)),
    );
    const plan = {
      shape,
      recipe: { ...recipe, epochs: EPOCHS },
      known: source.known,
      rows: inside,
      rated: source.rated,
      random,
      progress,
    };
    const ensemble = trainEnsemble(table, plan);
    shifts.push(...shiftsNeeded(ensemble, table, { inside, outside }));
  }
  if (shifts.length === 0) {
    throw new DataError(
      `the uncertainty of predictions is measured on sets that are left out in turn, and there are too few sets: at least two with ${FEWEST_PROMPTS} training prompts each, answered by the same models, are needed`,
    );
  }
  const variance = shifts.reduce((sum, shift) => sum + shift * shift, 0) / shifts.length;
  progress.say(
    `${shifts.length} unseen sets needed shifts of ${Math.sqrt(variance).toFixed(2)} log-odds (root mean square)`,
  );
  return { always: ALWAYS_SHARE * variance, far: (1 - ALWAYS_SHARE) * variance };
}

function textOf({ prompts }: OutcomeTable, row: number): string {
  return normalisedPrompt(prompts[row]?.prompt ?? '');
}

interface Fold {
  readonly inside: readonly number[];
  readonly outside: readonly number[];
}

function shiftsNeeded(
  ensemble: Ensemble,
  table: OutcomeTable,
  { inside, outside }: Fold,
): number[] {
  const seen = new Set<number>();
  for (const row of inside) for (const model of modelsOf(table, row)) seen.add(model);
  const surplus = new Map<number, { error: number; information: number; prompts: number }>();
  forEachPrediction(ensemble, table, outside, (row, logOdds) => {
    const set = table.set[row] ?? 0;
    if (!gradesAdequacy(table, row)) return;
    const sum = surplus.get(set) ?? { error: 0, information: 1e-9, prompts: 0 };
    surplus.set(set, sum);
    sum.prompts += 1;
    const start = table.first[row] ?? 0;
    modelsOf(table, row).forEach((model, i) => {
      if (!seen.has(model)) return;
      const p = logistic(logOdds(model));
      sum.error += at(table.score, start + i) - p;
      sum.information += p * (1 - p);
    });
  });
  return [...surplus.values()].flatMap(({ error, information, prompts }) =>
    prompts >= FEWEST_PROMPTS && information > 1 ? [error / information] : [],
  );
}

function modelsOf(table: OutcomeTable, row: number): Int32Array {
  return table.model.subarray(table.first[row] ?? 0, table.first[row + 1] ?? 0);
}
