import { logistic } from '../factor-network.js';
import { smoothedScores, type GradedMatrix } from './graded-matrix.js';
import { isShared, Levels } from './levels.js';
import type { SymmetricMatrix } from './linear-algebra.js';
import { at64, submatrix, conjugateGradients } from './linear-algebra.js';
import {
  weightedSum,
  leaveOneOutVariance,
  estimateVarianceShares,
  type VarianceShares,
} from './variance-components.js';

/** A correction by prompt that one or more models share. */
export interface FittedComponent {
  /** Loading of each model, shape [models]. */
  readonly loads: Float64Array;
  readonly shares: VarianceShares;
  /** Weights of the rows, shape [all rows]: 0 for rows that it was not fitted on. */
  readonly weights: Float64Array;
}

/** A fitted head: `logit p' = logit p + shift + sum of loads × component`. */
export interface FittedHead {
  /** Shape [models + 1]; the shared shift is last, for models without graded answers. */
  readonly shifts: Float64Array;
  /** Standard deviations of the corrected log-odds over prompts like these, in the order of `shifts`. */
  readonly deviations: Float64Array;
  readonly components: readonly FittedComponent[];
  /** Corrected log-odds of every row, including rows that it was not fitted on, shape [rows, models]. */
  readonly logOdds: Float64Array;
}

/** Rounds over all components (backfitting). */
const ROUNDS = 3;
/** Steps of the search for variance shares, in the first round and in the second. */
const SEARCH_STEPS: readonly number[] = [18, 8];
/** The same if the shares of a fit on more rows are given. */
const REFINING_STEPS: readonly number[] = [4];
/** Prior variance of a component by each kind of input, in the order dense, vector, grams, anchors, in squared log-odds. */
const USUAL_SHARES = [0.1, 0.1, 0.1, 1];
/** Variance of the level of a component, in squared log-odds. */
const LEVEL_VARIANCE = 1;
/** Weights are computed with probabilities at least this far from 0 and 1, so that no single answer dominates. */
const EDGE = 0.02;
/** Rows with less weight are left out of a component's fit. */
const MIN_WEIGHT = 1e-3;
/** Graded answers that a model needs for a component of its own. */
const MIN_OWN_ANSWERS = 60;

/**
 * Fits corrections of predicted probabilities to graded answers.
 *
 * The log-odds get a shift, shared and per model, and components: how much easier or harder a prompt is here
 * than predicted, for all models; how much more a strong model gains by it, in proportion to each model's strength;
 * and with three models or more, what is specific to each model. Each component is a Gaussian process over four
 * kinds of inputs, whose variances are estimated by marginal likelihood, fitted by penalised iteratively
 * reweighted least squares.
 *
 * @param kernels - over all rows, in the order dense, vector, grams, anchors
 * @param rows - the rows to fit on, in random order
 * @param like - a head fitted on more of the same rows: refining its shares is faster than searching
 */
export function fitHead(
  kernels: readonly SymmetricMatrix[],
  graded: GradedMatrix,
  rows: Int32Array,
  like: FittedHead | null = null,
): FittedHead {
  const fit = new Fit(kernels, graded, rows);
  const strengths = fit.fitShifts();
  const everyone = strengths.map(() => 1);
  const shared = graded.models === 1 ? [everyone] : [everyone, strengths];
  const own = like === null ? fit.ownLoads() : ownLoadsOf(like, shared.length);
  return fit.run([...shared, ...own], like?.components.map(({ shares }) => shares) ?? null);
}

function ownLoadsOf({ components }: FittedHead, shared: number): Float64Array[] {
  return components.slice(shared).map(({ loads }) => loads);
}

class Fit {
  readonly #kernels: readonly SymmetricMatrix[];
  readonly #graded: GradedMatrix;
  readonly #rows: Int32Array;
  /** Current log-odds, shape [rows, models]. */
  readonly #logOdds: Float64Array;
  readonly #levels: Levels;

  constructor(kernels: readonly SymmetricMatrix[], graded: GradedMatrix, rows: Int32Array) {
    this.#kernels = kernels;
    this.#graded = { ...graded, scores: smoothedScores(graded, rows) };
    this.#rows = rows;
    this.#logOdds = graded.offsets.slice();
    this.#levels = new Levels(this.#graded, rows, this.#logOdds);
  }

  /** Loads of components for single models; none with two models, which the shared components describe. */
  ownLoads(): Float64Array[] {
    const { models } = this.#graded;
    const enough = Array.from({ length: models }, (_, m) => m).filter(
      (m) => models > 2 && this.#answers(m) >= MIN_OWN_ANSWERS,
    );
    return enough.map((m) => new Float64Array(models).fill(1, m, m + 1));
  }

  /** Fits the shifts alone. @returns the models' strengths: log-odds of their means, spread over -0.5 to 0.5 */
  fitShifts(): Float64Array {
    const { models, scores } = this.#graded;
    const strengths = new Float64Array(models);
    this.#levels.fit();
    for (let m = 0; m < models; m++) {
      let sum = 1;
      let count = 2;
      for (const row of this.#rows) {
        const score = at64(scores, row * models + m);
        if (Number.isNaN(score)) continue;
        sum += score;
        count += 1;
      }
      strengths[m] = Math.log(sum / (count - sum));
    }
    const least = Math.min(...strengths);
    const span = Math.max(0.1, Math.max(...strengths) - least);
    return strengths.map((strength) => (strength - least) / span - 0.5);
  }

  run(loads: readonly Float64Array[], start: readonly VarianceShares[] | null): FittedHead {
    const size = this.#kernels[0]?.size ?? 0;
    const { models } = this.#graded;
    const steps = start === null ? SEARCH_STEPS : REFINING_STEPS;
    const components = loads.map((load, c) => ({
      loads: load,
      shares: start?.[c] ?? null,
      weights: new Float64Array(size),
      values: new Float64Array(size),
    }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const component of components) {
        const isOwn = component.loads.filter((load) => load !== 0).length === 1;
        // Components of single models are fitted last, to what the shared ones leave unexplained.
        const turn = isOwn && models > 1 ? round - ROUNDS + 1 : round;
        if (turn >= 0) this.#improve(component, steps[turn] ?? 0);
      }
    }
    return {
      shifts: this.#levels.shifts,
      deviations: this.#deviations(components),
      logOdds: this.#logOdds,
      components: components.map(({ loads: modelLoads, shares, weights }) => ({
        loads: modelLoads,
        shares: shares ?? { kernels: this.#kernels.map(() => 0), noise: 1 },
        weights,
      })),
    };
  }

  #answers(model: number): number {
    const { models, scores } = this.#graded;
    const isGraded = (row: number) => !Number.isNaN(at64(scores, row * models + model));
    return this.#rows.filter(isGraded).length;
  }

  /** One Newton step for a component, with the others fixed. */
  #improve(component: Component, searchSteps: number): void {
    const work = this.#working(component);
    if (work.rows.length < 2) return;
    const { rows, targets, noise } = work;
    if (searchSteps > 0) {
      const problem = { kernels: this.#kernels, usual: USUAL_SHARES, rows, targets, noise };
      component.shares = estimateVarianceShares(problem, component.shares, searchSteps);
    }
    const shares = component.shares ?? { kernels: [], noise: 1 };
    const whole = weightedSum(this.#kernels, shares.kernels, component.values.length);
    const within = submatrix(whole, rows);
    const diagonal = noise.map((variance) => variance * shares.noise);
    // A constant input with a weak penalty: the level common to all rows.
    const solved = conjugateGradients(within, diagonal, LEVEL_VARIANCE, targets);
    const base = LEVEL_VARIANCE * sum(solved);
    component.weights.fill(0);
    rows.forEach((row, i) => {
      component.weights[row] = at64(solved, i);
    });
    this.#replace(component, valuesOf(whole, component.weights, rows));
    this.#levels.move(component.loads, base);
  }

  /** See `FittedHead.deviations`. */
  #deviations(components: readonly Component[]): Float64Array {
    const variances = this.#levels.variances();
    for (const component of components) {
      if (component.shares === null) continue;
      const { loads, shares } = component;
      const variance = leaveOneOutVariance(this.#kernels, shares, this.#working(component));
      // Models without graded answers get the components that all models share equally.
      [...loads, isShared(loads) ? 1 : 0].forEach((load, m) => {
        variances[m] = at64(variances, m) + load ** 2 * variance;
      });
    }
    return variances.map(Math.sqrt);
  }

  /** Working targets and noise of a component, by the logistic curve at the current log-odds. */
  #working({ loads, values }: Component) {
    const { models, scores } = this.#graded;
    const rows: number[] = [];
    const targets: number[] = [];
    const noise: number[] = [];
    for (const row of this.#rows) {
      let gradient = 0;
      let weight = 0;
      for (let m = 0; m < models; m++) {
        const at = row * models + m;
        const score = at64(scores, at);
        const load = at64(loads, m);
        if (load === 0 || Number.isNaN(score)) continue;
        const p = logistic(at64(this.#logOdds, at));
        const clamped = Math.max(EDGE, Math.min(1 - EDGE, p));
        gradient += (score - p) * load;
        weight += clamped * (1 - clamped) * load * load;
      }
      if (weight < MIN_WEIGHT) continue;
      rows.push(row);
      targets.push(at64(values, row) + gradient / weight);
      noise.push(1 / weight);
    }
    return {
      rows: Int32Array.from(rows),
      targets: Float64Array.from(targets),
      noise: Float64Array.from(noise),
    };
  }

  #replace({ loads, values }: Component, next: Float64Array): void {
    const { models } = this.#graded;
    for (let row = 0; row < values.length; row++) {
      const step = at64(next, row) - at64(values, row);
      for (let m = 0; m < models; m++) {
        const at = row * models + m;
        this.#logOdds[at] = at64(this.#logOdds, at) + step * at64(loads, m);
      }
    }
    values.set(next);
  }
}

interface Component {
  readonly loads: Float64Array;
  shares: VarianceShares | null;
  readonly weights: Float64Array;
  /** Its value for each row. */
  readonly values: Float64Array;
}

/** A component's values for all rows, by the weights of the rows it was fitted on. */
export function valuesOf(
  whole: SymmetricMatrix,
  weights: Float64Array,
  rows: Int32Array,
): Float64Array {
  const { size, values } = whole;
  const result = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let total = 0;
    for (const row of rows) total += at64(values, i * size + row) * at64(weights, row);
    result[i] = total;
  }
  return result;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
