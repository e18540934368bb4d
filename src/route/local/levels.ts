import { logistic } from '../factor-network.js';
import type { GradedMatrix } from './graded-matrix.js';
import { at64 } from './linear-algebra.js';

/**
 * Prior variance of the shared level and of each model's own, in squared log-odds. The first is larger: if one model was graded,
 * a better model cannot be told from easier prompts, so all models move alike and the choice stays the same.
 */
const PRIOR_VARIANCE = { shared: 4, own: 0.5 };
const ROUNDS = 6;
/** Largest change of a level per step, in log-odds. */
const MAX_STEP = 2;

/**
 * How much better or worse models do here than predicted, independently of the prompt: a level shared by all models, and a
 * deviation of each model from it.
 */
export class Levels {
  readonly #graded: GradedMatrix;
  readonly #rows: Int32Array;
  readonly #logOdds: Float64Array;
  #shared = 0;
  readonly #own: Float64Array;

  /** @param logOdds - current log-odds, shape [rows, models]; updated with every change of a level */
  constructor(graded: GradedMatrix, rows: Int32Array, logOdds: Float64Array) {
    this.#graded = graded;
    this.#rows = rows;
    this.#logOdds = logOdds;
    this.#own = new Float64Array(graded.models);
  }

  /** See `FittedHead.shifts`. */
  get shifts(): Float64Array {
    return Float64Array.from([...this.#own, 0], (own) => this.#shared + own);
  }

  /** Fits the levels to the remaining residuals. */
  fit(): void {
    const all = Array.from(this.#own.keys());
    for (let round = 0; round < ROUNDS; round++) {
      this.#moveAll(this.#newtonStep(all, this.#shared, PRIOR_VARIANCE.shared));
      for (const model of all) {
        this.#move(model, this.#newtonStep([model], at64(this.#own, model), PRIOR_VARIANCE.own));
      }
    }
  }

  /** Changes levels by a step, in proportion to each model's load. */
  move(loads: Float64Array, step: number): void {
    if (isShared(loads)) this.#moveAll(step);
    else {
      loads.forEach((load, model) => {
        if (load !== 0) this.#move(model, step * load);
      });
    }
  }

  /** Posterior variances of the shifts, in squared log-odds and in their order. */
  variances(): Float64Array {
    const information = Array.from(this.#own, (_, model) => this.#derivatives([model]).curvature);
    const ofShared = information.reduce(
      (sum, known) => sum + (known === 0 ? 0 : 1 / (PRIOR_VARIANCE.own + 1 / known)),
      1 / PRIOR_VARIANCE.shared,
    );
    const before = PRIOR_VARIANCE.own + 1 / ofShared;
    return Float64Array.from([...information, 0], (known) => 1 / (known + 1 / before));
  }

  /** A Newton step for the level of some models, with a prior mean of 0. */
  #newtonStep(models: readonly number[], value: number, variance: number): number {
    const { gradient, curvature } = this.#derivatives(models);
    const step = (gradient - value / variance) / (curvature + 1 / variance);
    return Math.max(-MAX_STEP, Math.min(MAX_STEP, step));
  }

  /** Gradient and curvature of the log-likelihood by the log-odds of some models. */
  #derivatives(models: readonly number[]): {
    readonly gradient: number;
    readonly curvature: number;
  } {
    const { models: modelCount, scores } = this.#graded;
    let gradient = 0;
    let curvature = 0;
    for (const row of this.#rows) {
      for (const model of models) {
        const at = row * modelCount + model;
        const score = at64(scores, at);
        if (Number.isNaN(score)) continue;
        const p = logistic(at64(this.#logOdds, at));
        gradient += score - p;
        curvature += p * (1 - p);
      }
    }
    return { gradient, curvature };
  }

  #moveAll(step: number): void {
    this.#shared += step;
    for (let model = 0; model < this.#own.length; model++) this.#add(model, step);
  }

  #move(model: number, step: number): void {
    this.#own[model] = at64(this.#own, model) + step;
    this.#add(model, step);
  }

  #add(model: number, step: number): void {
    for (let at = model; at < this.#logOdds.length; at += this.#own.length) {
      this.#logOdds[at] = at64(this.#logOdds, at) + step;
    }
  }
}

/** Whether all models have the full load of a component, so that it also applies to models without graded answers. */
export function isShared(loads: Float64Array): boolean {
  return loads.every((load) => load === 1);
}
