import type { ClassCounts } from '../learned-records.js';

/**
 * Upper bounds of the classes of predictions, by the predicted probability that the answer is wrong.
 * Predictions above the last one are no candidates.
 */
export const PREDICTION_CLASS_BOUNDS: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4,
];

/**
 * The class of a prediction; `null` if it is above the last bound.
 *
 * @param wrong - predicted probability of being wrong, 0 to 1
 */
export function predictionClass(wrong: number): number | null {
  const at = PREDICTION_CLASS_BOUNDS.findIndex((edge) => wrong <= edge);
  return at < 0 ? null : at;
}

/** When this many were checked, the counts are halved, so that older results count for less. */
const MAX_CHECKED = 2_000;

/** Counts how many predictions of one class there were, were checked, and were wrong. */
export class ClassCounter {
  #predictions = 0;
  #checked = 0;
  #wrong = 0;

  constructor([predictions, checked, wrong]: ClassCounts = [0, 0, 0]) {
    this.#predictions = predictions;
    this.#checked = checked;
    this.#wrong = wrong;
  }

  /** The counts, as the constructor takes them. */
  get counts(): ClassCounts {
    return [this.#predictions, this.#checked, this.#wrong];
  }

  get predictions(): number {
    return this.#predictions;
  }

  get checked(): number {
    return this.#checked;
  }

  get wrong(): number {
    return this.#wrong;
  }

  /** Counts a prediction. */
  countPrediction(): void {
    this.#predictions += 1;
    if (this.#predictions > 100 * MAX_CHECKED) this.#predictions /= 2;
  }

  /** Counts a checked prediction. */
  countResult(isRight: boolean): void {
    this.#checked += 1;
    if (!isRight) this.#wrong += 1;
    if (this.#checked <= MAX_CHECKED) return;
    this.#checked /= 2;
    this.#wrong /= 2;
  }
}

/**
 * Counters of all classes, the most confident first.
 *
 * @param counted - earlier counts, in the same order
 */
export function createClassCounters(counted: readonly ClassCounts[] = []): readonly ClassCounter[] {
  return PREDICTION_CLASS_BOUNDS.map((_, at) => new ClassCounter(counted[at]));
}
