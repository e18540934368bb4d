import { at, factorsOf, logistic } from '../../../src/route/factor-network.js';
import { inverse, times, type Square } from '../../../src/route/local/linear-algebra.js';
import { SET_VARIANCE } from './graded-in.js';
import { forEachDemand, logOddsOf, trainEnsemble } from './ensemble.js';
import type { Ensemble, EnsemblePlan } from './ensemble.js';
import type { OutcomeTable } from './outcome-table.js';
import { summariseAbilities } from './abilities.js';
import type { SkillLines } from './skill-lines.js';

/** An ensemble whose skills are drawn in, and how little is known of them. */
export interface KnownEnsemble {
  readonly ensemble: Ensemble;
  /** Variance of log-odds on prompts as they are in training that a model's skills leave open; shape [models]. */
  readonly skillVariance: Float32Array;
}

/** Trains an ensemble, and leaves of each model's skills what its graded answers tell. */
export function trainKnown(table: OutcomeTable, plan: EnsemblePlan): KnownEnsemble {
  const ensemble = trainEnsemble(table, plan);
  const { rows, known } = plan;
  const lines = summariseAbilities(ensemble, table, rows, (name) => known.factsOf(name));
  return { ensemble, skillVariance: drawInSkills(ensemble, { table, rows, lines }) };
}

interface Given {
  readonly table: OutcomeTable;
  /** Of the training part. */
  readonly rows: readonly number[];
  readonly lines: SkillLines & { readonly fitted: readonly { readonly strength: number }[] };
}

/**
 * Draws the skills of every model towards what its strength makes of them, as far as its own answers do not tell them. In place.
 *
 * Training gives a model all skills, those too that none of its graded prompts asked for: there they make no difference, and
 * elsewhere any. About the fitted skills the log-likelihood is a parabola (Laplace) of curvature H = Σ p (1 − p) w wᵀ over its
 * answers, less what a set's own level for this model explains as well. With the spread of skills about their lines for a prior,
 * what is expected of the skills is line + (H + Λ)⁻¹ H (fitted − line).
 *
 * @returns `KnownEnsemble.skillVariance`
 */
export function drawInSkills(ensemble: Ensemble, { table, rows, lines }: Given): Float32Array {
  const { shape, abilities } = ensemble;
  const { members, skills } = shape;
  const factors = factorsOf(shape);
  const curvatures = curvaturesOf(ensemble, table, rows);
  const usage = usageOf(ensemble, table, rows);
  const variance = new Float32Array(table.models.length);
  for (let member = 0; member < members; member++) {
    const first = member * (1 + skills) + 1;
    const lineOf = (m: number, k: number): number =>
      at(lines.skillIntercept, first + k) +
      at(lines.skillSlope, first + k) * (lines.fitted[m]?.strength ?? 0);
    const prior = Float64Array.from({ length: skills }, (_, k) =>
      spreadOf(table.models.length, (m) => ({
        weight: traceOf(curvatures[m]?.[member]),
        miss: at(abilities, m * factors + first + k) - lineOf(m, k),
      })),
    );
    table.models.forEach((_, m) => {
      const curvature = curvatures[m]?.[member];
      const open = curvature && openBy(curvature, prior);
      if (!curvature || !open) throw new Error('a curvature is not positive definite');
      const miss = Float64Array.from(prior, (_prior, k) => {
        return at(abilities, m * factors + first + k) - lineOf(m, k);
      });
      const kept = times(open, times(curvature, miss));
      for (let k = 0; k < skills; k++) {
        abilities[m * factors + first + k] = lineOf(m, k) + (kept[k] ?? 0);
      }
      variance[m] = at(variance, m) + traceOfProduct(open, usage[member]) / members;
    });
  }
  return variance;
}

/** What is left open of the skills: (H + Λ)⁻¹. */
function openBy(curvature: Square, prior: Float64Array): Square | null {
  const values = curvature.values.slice();
  for (let k = 0; k < curvature.size; k++) {
    values[k * curvature.size + k] =
      (values[k * curvature.size + k] ?? 0) + 1 / Math.max(LEAST_SPREAD, prior[k] ?? 0);
  }
  return inverse({ size: curvature.size, values });
}

/** Squared; no skill is the same in all models. */
const LEAST_SPREAD = 1e-3;

/** The mean square of what is missed, models counting by how much is known of them, and none for more than the usual. */
function spreadOf(
  models: number,
  of: (model: number) => { readonly weight: number; readonly miss: number },
): number {
  let sum = 0;
  let total = 0;
  for (let m = 0; m < models; m++) {
    const { weight, miss } = of(m);
    const counts = weight / (weight + USUAL_TRACE);
    sum += counts * miss * miss;
    total += counts;
  }
  return total === 0 ? 0 : sum / total;
}

/** Information from which a model is half counted on when it is told how far skills spread. */
const USUAL_TRACE = 10;

const zeros = (size: number): Square => ({ size, values: new Float64Array(size * size) });

/** For each model and member what its graded answers tell of its skills. */
function curvaturesOf(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
): readonly (readonly Square[])[] {
  const { members, skills } = ensemble.shape;
  const empty = (): Square[] => Array.from({ length: members }, () => zeros(skills));
  const all = table.models.map(empty);
  const bySet = new Map<string, SetSums>();
  forEachDemand(ensemble, table, rows, (demand, row) => {
    for (let i = table.first[row] ?? 0; i < (table.first[row + 1] ?? 0); i++) {
      const model = table.model[i] ?? 0;
      const p = logistic(logOddsOf(ensemble, demand, model));
      const weight = p * (1 - p);
      const key = `${model} ${table.set[row] ?? 0}`;
      const sums = bySet.get(key) ?? { model, weight: 0, wanted: sumsFor(members, skills) };
      bySet.set(key, sums);
      sums.weight += weight;
      for (let member = 0; member < members; member++) {
        const from = member * (1 + skills) + 1;
        const wanted = demand.factors.subarray(from, from + skills);
        addOuter(all[model]?.[member], wanted, weight);
        wanted.forEach((w, k) => {
          addTo(sums.wanted[member], k, weight * w);
        });
      }
    }
  });
  // A model's level in a set is its own: what all prompts of the set have in common tells as much of that.
  for (const { model, weight, wanted } of bySet.values()) {
    wanted.forEach((sum, member) => {
      addOuter(all[model]?.[member], sum, -1 / (weight + 1 / SET_VARIANCE));
    });
  }
  return all;
}

interface SetSums {
  readonly model: number;
  weight: number;
  /** Σ p (1 − p) w, by member. */
  readonly wanted: readonly Float64Array[];
}

const sumsFor = (members: number, skills: number): Float64Array[] =>
  Array.from({ length: members }, () => new Float64Array(skills));

/** The second moments of what prompts ask of the skills, by member. */
function usageOf(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
): readonly Square[] {
  const { members, skills } = ensemble.shape;
  const usage = Array.from({ length: members }, () => zeros(skills));
  forEachDemand(ensemble, table, rows, ({ factors }) => {
    for (let member = 0; member < members; member++) {
      const from = member * (1 + skills) + 1;
      addOuter(usage[member], factors.subarray(from, from + skills), 1 / rows.length);
    }
  });
  return usage;
}

function addOuter(
  square: Square | undefined,
  vector: Float32Array | Float64Array,
  weight: number,
): void {
  if (square === undefined) return;
  const { size, values } = square;
  for (let i = 0; i < size; i++) {
    const scaled = weight * (vector[i] ?? 0);
    for (let j = 0; j < size; j++) addTo(values, i * size + j, scaled * (vector[j] ?? 0));
  }
}

function addTo(values: Float64Array | undefined, index: number, by: number): void {
  if (values !== undefined) values[index] = (values[index] ?? 0) + by;
}

function traceOf(square: Square | undefined): number {
  let sum = 0;
  for (let k = 0; k < (square?.size ?? 0); k++) sum += square?.values[k * (square.size + 1)] ?? 0;
  return sum;
}

function traceOfProduct(a: Square, b: Square | undefined): number {
  return a.values.reduce((sum, value, i) => sum + value * (b?.values[i] ?? 0), 0);
}
