import { at, logistic } from '../../../src/route/factor-network.js';
import type { OutcomeTable } from './outcome-table.js';

/** Difficulty of prompts relative to the others of their set, from their grades. */
export interface Difficulties {
  /** Log-odds, mean 0 over a set; NaN for rows that were not fitted. Shape [rows of the table]. */
  readonly value: Float32Array;
  /** Standard error. Same shape. */
  readonly error: Float32Array;
  /** By set number. */
  readonly abilities: ReadonlyMap<number, SetAbilities>;
}

/** Model abilities on the prompts of one set; shapes [models], meaningful only for models graded in it. */
export interface SetAbilities {
  /** Log-odds of an adequate answer to the set's average prompt. */
  readonly value: Float32Array;
  /** Sampling variance of `value`. */
  readonly variance: Float32Array;
}

const STEPS = 40;
/** Damping of Newton's steps, since prompts and models are updated in turn. */
const STEP = 0.8;
/** Prior precision of difficulties. */
const PRECISION = 1 / 1.5 ** 2;
/** Keeps a model with perfect grades finite. */
const ABILITY_PRECISION = 0.05;

/**
 * Fits a Rasch model to each set separately: the log-odds of a good answer are a model's ability minus
 * a prompt's difficulty. Difficulties of different sets are not comparable: a set may have hard prompts
 * or weak models.
 */
export function fitDifficulties(table: OutcomeTable, rows: readonly number[]): Difficulties {
  const value = new Float32Array(table.prompts.length).fill(NaN);
  const error = new Float32Array(table.prompts.length).fill(NaN);
  const bySet = new Map<number, number[]>();
  for (const row of rows) {
    if (countOf(table, row) === 0) continue;
    const set = table.set[row] ?? 0;
    const known = bySet.get(set) ?? [];
    known.push(row);
    bySet.set(set, known);
  }
  const abilities = new Map<number, SetAbilities>();
  for (const [set, members] of bySet) abilities.set(set, fitSet(table, members, { value, error }));
  return { value, error, abilities };
}

function countOf({ first }: OutcomeTable, row: number): number {
  return (first[row + 1] ?? 0) - (first[row] ?? 0);
}

/** Where the difficulties of prompts go. */
type Found = Pick<Difficulties, 'value' | 'error'>;

/** @returns the abilities of the models */
function fitSet(table: OutcomeTable, rows: readonly number[], out: Found): SetAbilities {
  const ability = new Float32Array(table.models.length);
  let curvature: Float32Array = ability;
  for (const row of rows) out.value[row] = 0;
  for (let step = 0; step < STEPS; step++) {
    curvature = moveAbilities(table, rows, ability, out.value);
    let sum = 0;
    for (const row of rows) sum += movePrompt(table, row, ability, out);
    const mean = sum / rows.length;
    for (const row of rows) out.value[row] = at(out.value, row) - mean;
    for (let m = 0; m < ability.length; m++) ability[m] = at(ability, m) - mean;
  }
  return { value: ability, variance: curvature.map((value) => 1 / value) };
}

/** @returns the second derivative of the negative log-likelihood by each ability */
function moveAbilities(
  table: OutcomeTable,
  rows: readonly number[],
  ability: Float32Array,
  difficulty: Float32Array,
): Float32Array {
  const gradient = ability.map((value) => -ABILITY_PRECISION * value);
  const curvature = new Float32Array(ability.length).fill(ABILITY_PRECISION);
  for (const row of rows) {
    const start = table.first[row] ?? 0;
    for (let i = start; i < start + countOf(table, row); i++) {
      const m = table.model[i] ?? 0;
      const p = logistic(at(ability, m) - at(difficulty, row));
      gradient[m] = at(gradient, m) + at(table.score, i) - p;
      curvature[m] = at(curvature, m) + p * (1 - p);
    }
  }
  for (let m = 0; m < ability.length; m++) {
    ability[m] = at(ability, m) + (STEP * at(gradient, m)) / at(curvature, m);
  }
  return curvature;
}

/** @returns the new difficulty */
function movePrompt(
  table: OutcomeTable,
  row: number,
  ability: Float32Array,
  { value, error }: Found,
): number {
  const difficulty = at(value, row);
  let gradient = -PRECISION * difficulty;
  let curvature = PRECISION;
  const start = table.first[row] ?? 0;
  for (let i = start; i < start + countOf(table, row); i++) {
    const p = logistic(at(ability, table.model[i] ?? 0) - difficulty);
    gradient -= at(table.score, i) - p;
    curvature += p * (1 - p);
  }
  const moved = difficulty + (STEP * gradient) / curvature;
  value[row] = moved;
  error[row] = 1 / Math.sqrt(curvature);
  return moved;
}
