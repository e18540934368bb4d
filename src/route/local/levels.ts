import { logistic } from '../factor-network.js';
import type { GradedMatrix } from './graded-matrix.js';
import { at64 } from './linear-algebra.js';

/**
 * Variance of the level that all models share, in squared log-odds, and of what a model's own level adds to it. The first is the
 * larger: where one model was graded nothing tells a better model from easier prompts, so all move alike and the choice stays.
 */
const VARIANCE = { shared: 4, own: 0.5 };
const ROUNDS = 6;
/** Most that a step changes a level by, in log-odds. */
const MOST_STEP = 2;

/**
 * How much better or worse models do here than was predicted, whatever the prompt: a level for all models, and what each
 * model's own adds to it.
 */
export class Levels {
  readonly #graded: GradedMatrix;
  readonly #rows: Int32Array;
  readonly #logOdds: Float64Array;
  #shared = 0;
  readonly #own: Float64Array;

  /** @param logOdds - as they stand, shape [rows, models]; every level that moves moves them */
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

  /** Fits the levels to what is still unexplained. */
  fit(): void {
    const all = Array.from(this.#own.keys());
    for (let round = 0; round < ROUNDS; round++) {
      this.#moveAll(this.#stepOf(all, this.#shared, VARIANCE.shared));
      for (const model of all) {
        this.#move(model, this.#stepOf([model], at64(this.#own, model), VARIANCE.own));
      }
    }
  }

  /** Moves levels by a step; `loads` says how much of it goes to each model. */
  move(loads: Float64Array, step: number): void {
    if (isShared(loads)) this.#moveAll(step);
    else {
      loads.forEach((load, model) => {
        if (load !== 0) this.#move(model, step * load);
      });
    }
  }

  /** What is not known of the shifts, in squared log-odds and in their order. */
  variances(): Float64Array {
    const information = Array.from(this.#own, (_, model) => this.#slopeOf([model]).curvature);
    const ofShared = information.reduce(
      (sum, known) => sum + (known === 0 ? 0 : 1 / (VARIANCE.own + 1 / known)),
      1 / VARIANCE.shared,
    );
    const before = VARIANCE.own + 1 / ofShared;
    return Float64Array.from([...information, 0], (known) => 1 / (known + 1 / before));
  }

  /** A Newton step for a level that some models share and that is drawn to 0. */
  #stepOf(models: readonly number[], value: number, variance: number): number {
    const { gradient, curvature } = this.#slopeOf(models);
    const step = (gradient - value / variance) / (curvature + 1 / variance);
    return Math.max(-MOST_STEP, Math.min(MOST_STEP, step));
  }

  /** How the log-likelihood changes with the log-odds of some models. */
  #slopeOf(models: readonly number[]): { readonly gradient: number; readonly curvature: number } {
    const { models: width, scores } = this.#graded;
    let gradient = 0;
    let curvature = 0;
    for (const row of this.#rows) {
      for (const model of models) {
        const at = row * width + model;
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

/** Whether a component goes to all models alike, so to those without a graded answer too. */
export function isShared(loads: Float64Array): boolean {
  return loads.every((load) => load === 1);
}
