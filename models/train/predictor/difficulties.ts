import { at, logistic } from '../../../src/route/factor-network.js';
import type { OutcomeTable } from './outcome-table.js';

/** How hard prompts are beside the others of their set, by the grades they got. */
export interface Difficulties {
  /** Log-odds, mean 0 over a set; NaN for rows that were not asked for. Shape [rows of the table]. */
  readonly value: Float32Array;
  /** Standard error. Same shape. */
  readonly error: Float32Array;
  /** By set. */
  readonly abilities: ReadonlyMap<number, SetAbilities>;
}

/** How good models are at the prompts of one set; shapes [models], only of those it graded. */
export interface SetAbilities {
  /** Log-odds on the set's average prompt. */
  readonly value: Float32Array;
  /** Of `value`, by the number of answers and by how much they tell. */
  readonly variance: Float32Array;
}

const STEPS = 40;
/** Newton's step is shortened: prompts and models move at once. */
const STEP = 0.8;
/** One over the variance that difficulties have beforehand. */
const PRECISION = 1 / 1.5 ** 2;
/** Keeps a model with perfect grades finite. */
const ABILITY_PRECISION = 0.05;

/**
 * Fits Rasch's model to each set by itself: the log-odds of a good answer are a model's ability less
 * a prompt's difficulty. So a set of hard prompts, or one that weak models were graded on, says nothing
 * of how hard its prompts are beside those of other sets.
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

/** @returns how sharply the grades bound each ability: the second derivative of the log-likelihood */
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
