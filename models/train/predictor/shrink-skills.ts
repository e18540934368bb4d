import { at, factorsOf, logistic } from '../../../src/route/factor-network.js';
import {
  inverse,
  multiply,
  type SymmetricMatrix,
} from '../../../src/route/local/linear-algebra.js';
import { SET_VARIANCE } from './answer-counts.js';
import { forEachDemand, logOddsOf, trainEnsemble } from './ensemble.js';
import type { Ensemble, EnsemblePlan } from './ensemble.js';
import type { OutcomeTable } from './outcome-table.js';
import { summariseAbilities } from './abilities.js';
import type { SkillLines } from './skill-lines.js';

/** An ensemble with shrunken skills, and their remaining uncertainty. */
export interface ShrunkEnsemble {
  readonly ensemble: Ensemble;
  /** Variance of log-odds on training prompts due to uncertainty of a model's skills; shape [models]. */
  readonly skillVariance: Float32Array;
}

/** Trains an ensemble, and shrinks each model's skills to what its graded answers support. */
export function trainShrunkEnsemble(table: OutcomeTable, plan: EnsemblePlan): ShrunkEnsemble {
  const ensemble = trainEnsemble(table, plan);
  const { rows, known } = plan;
  const lines = summariseAbilities(ensemble, table, rows, (name) => known.factsOf(name));
  return { ensemble, skillVariance: shrinkSkills(ensemble, { table, rows, lines }) };
}

interface Given {
  readonly table: OutcomeTable;
  /** Of the training part. */
  readonly rows: readonly number[];
  readonly lines: SkillLines & { readonly fitted: readonly { readonly strength: number }[] };
}

/**
 * Shrinks the skills of every model towards what its strength predicts, as far as its own answers do not determine them. In place.
 *
 * Training fits all skills of a model, even those that none of its graded prompts use, so these are arbitrary. Around the fitted
 * skills, the log-likelihood is quadratic (Laplace's approximation) with curvature H = Σ p (1 − p) w wᵀ over the model's answers,
 * less what the model's own level in each set explains as well. With a prior of precision Λ from the spread of skills around their
 * lines, the posterior mean is line + (H + Λ)⁻¹ H (fitted − line).
 *
 * @returns `ShrunkEnsemble.skillVariance`
 */
export function shrinkSkills(ensemble: Ensemble, { table, rows, lines }: Given): Float32Array {
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
      const open = curvature && posteriorCovariance(curvature, prior);
      if (!curvature || !open) throw new Error('a curvature is not positive definite');
      const miss = Float64Array.from(prior, (_prior, k) => {
        return at(abilities, m * factors + first + k) - lineOf(m, k);
      });
      const kept = multiply(open, multiply(curvature, miss));
      for (let k = 0; k < skills; k++) {
        abilities[m * factors + first + k] = lineOf(m, k) + (kept[k] ?? 0);
      }
      variance[m] = at(variance, m) + traceOfProduct(open, usage[member]) / members;
    });
  }
  return variance;
}

/** Posterior covariance of the skills: (H + Λ)⁻¹. */
function posteriorCovariance(
  curvature: SymmetricMatrix,
  prior: Float64Array,
): SymmetricMatrix | null {
  const values = curvature.values.slice();
  for (let k = 0; k < curvature.size; k++) {
    values[k * curvature.size + k] =
      (values[k * curvature.size + k] ?? 0) + 1 / Math.max(LEAST_SPREAD, prior[k] ?? 0);
  }
  return inverse({ size: curvature.size, values });
}

/** Minimum prior variance; no skill is the same in all models. */
const LEAST_SPREAD = 1e-3;

/** Mean square of `miss`, weighted by how much is known of each model, with diminishing returns (`USUAL_TRACE`). */
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

/** Information with which a model counts half in the estimate of the spread of skills. */
const USUAL_TRACE = 10;

const zeros = (size: number): SymmetricMatrix => ({ size, values: new Float64Array(size * size) });

/** For each model and member, the Fisher information of its graded answers about its skills. */
function curvaturesOf(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
): readonly (readonly SymmetricMatrix[])[] {
  const { members, skills } = ensemble.shape;
  const empty = (): SymmetricMatrix[] => Array.from({ length: members }, () => zeros(skills));
  const all = table.models.map(empty);
  const bySet = new Map<string, SetSums>();
  forEachDemand(ensemble, table, rows, (demand, row) => {
    for (let i = table.first[row] ?? 0; i < (table.first[row + 1] ?? 0); i++) {
      const model = table.model[i] ?? 0;
      const p = logistic(logOddsOf(ensemble, demand, model));
      const weight = p * (1 - p);
      const key = `${model} ${table.set[row] ?? 0}`;
      const sums = bySet.get(key) ?? { model, weight: 0, needed: sumsFor(members, skills) };
      bySet.set(key, sums);
      sums.weight += weight;
      for (let member = 0; member < members; member++) {
        const from = member * (1 + skills) + 1;
        const needed = demand.factors.subarray(from, from + skills);
        addOuter(all[model]?.[member], needed, weight);
        needed.forEach((w, k) => {
          addTo(sums.needed[member], k, weight * w);
        });
      }
    }
  });
  // A model has its own level in each set, so what all prompts of a set have in common is subtracted.
  for (const { model, weight, needed } of bySet.values()) {
    needed.forEach((sum, member) => {
      addOuter(all[model]?.[member], sum, -1 / (weight + 1 / SET_VARIANCE));
    });
  }
  return all;
}

interface SetSums {
  readonly model: number;
  weight: number;
  /** Σ p (1 − p) w, by member. */
  readonly needed: readonly Float64Array[];
}

const sumsFor = (members: number, skills: number): Float64Array[] =>
  Array.from({ length: members }, () => new Float64Array(skills));

/** Second moments of the prompts' demands on skills, by member. */
function usageOf(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
): readonly SymmetricMatrix[] {
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
  square: SymmetricMatrix | undefined,
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

function traceOf(square: SymmetricMatrix | undefined): number {
  let sum = 0;
  for (let k = 0; k < (square?.size ?? 0); k++) sum += square?.values[k * (square.size + 1)] ?? 0;
  return sum;
}

function traceOfProduct(a: SymmetricMatrix, b: SymmetricMatrix | undefined): number {
  return a.values.reduce((sum, value, i) => sum + value * (b?.values[i] ?? 0), 0);
}
