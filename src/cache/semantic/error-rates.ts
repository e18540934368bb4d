import type { ClassCounts, ObservedPrediction } from '../learned-records.js';
import { betaCdf } from './beta.js';
import {
  PREDICTION_CLASS_BOUNDS,
  predictionClass,
  createClassCounters,
  type ClassCounter,
} from './class-counter.js';
import { EntryObservations } from './entry-observations.js';

/** A prediction that a cached answer is right for another question. */
export interface MatchPrediction {
  readonly partition: string;
  /** Key of the cached answer. */
  readonly key: string;
  /** Predicted probability that the answer is wrong, 0 to 1. */
  readonly errorProbability: number;
}

/** The estimate for a prediction, from the results of its class. */
export interface ErrorEstimate {
  /** Whether the answer may be given: errors stay within the budget. */
  readonly isServable: boolean;
  /** Expected share of wrong answers in its class and partition, 0 to 1. */
  readonly expectedError: number;
}

/** Weights of the priors, as numbers of observations: the verifier's prediction, and all partitions together. */
const VERIFIER_WEIGHT = 100;
const GLOBAL_WEIGHT = 100;
/** Weight of the global distribution of predictions for a partition, as a number of predictions. */
const GLOBAL_ASKED = 20;
/** Answers are given only if the error rate is within the budget with this probability. */
const CONFIDENCE = 0.95;
/** A class is served only if its error rate is at most this many times the budget, whatever the other classes' are. */
const CLASS_SLACK = 2;
/** The served classes of a partition are computed again after this many predictions, or when one is found wrong. */
const RECOMPUTE_AFTER = 32;
const MAX_PARTITIONS = 4_096;
/** With this many checked predictions of a class, half of its hits are rechecked; with fewer, more. */
const HALF_RECHECKED_AT = 20;
/** Weight of the results of other partitions, relative to the partition's own. */
const GLOBAL_SEEN_WEIGHT = 0.25;

interface Partition {
  readonly counts: readonly ClassCounter[];
  /** By maximum error. */
  readonly served: Map<number, ServedClasses>;
}

interface ServedClasses {
  readonly byClass: readonly boolean[];
  /** Predictions until it is computed again. */
  left: number;
}

/**
 * Learns how often semantic hits are wrong, and decides which may be given.
 *
 * Results are counted by class of predicted probability, for each partition and for all together. The prior of a
 * partition is the estimate for all partitions, and the prior of that is the verifier's prediction. An answer is given
 * if the share of wrong answers among everything that would be given is within the budget with a probability of
 * 95 %, and if this answer was not found wrong itself.
 */
export class ErrorRates {
  #all = createClassCounters();
  readonly #partitions = new Map<string, Partition>();
  readonly #entries = new EntryObservations();
  readonly #changed = new Set<string>();

  /** Counts of all partitions together, by class, the most confident first. */
  get counts(): readonly Pick<ClassCounter, 'predictions' | 'checked' | 'wrong'>[] {
    return this.#all;
  }

  /**
   * Estimates a prediction. Only affects when the served classes of the partition are computed again.
   *
   * @param maxError - maximum share of wrong answers, 0 to 1
   * @returns `null` for a prediction that is too improbable
   */
  estimate(prediction: MatchPrediction, maxError: number): ErrorEstimate | null {
    const at = predictionClass(prediction.errorProbability);
    if (at === null) return null;
    const partition = this.#partitions.get(prediction.partition);
    const expectedError = this.#meanOf(at, partition);
    const isKnownWrong =
      this.#entries.errorRate(
        prediction.key,
        Math.max(prediction.errorProbability, maxError),
        expectedError,
      ) >
      CLASS_SLACK * maxError;
    const serves = !isKnownWrong && this.#serves(at, partition, maxError);
    return { isServable: serves, expectedError };
  }

  /** Counts a prediction. */
  countPrediction({ partition, errorProbability }: MatchPrediction): void {
    const at = predictionClass(errorProbability);
    if (at === null) return;
    this.#all[at]?.countPrediction();
    this.#open(partition).counts[at]?.countPrediction();
    this.#changed.add(partition);
  }

  /**
   * Records whether the cached answer was right.
   *
   * Further results of an answer that was found wrong before only count for that answer: it is not given anyway, and
   * they would distort the counts of its class.
   */
  recordResult(prediction: MatchPrediction, isRight: boolean): void {
    if (predictionClass(prediction.errorProbability) === null) return;
    const wasWrong = this.#entries.wasWrong(prediction.key, prediction.errorProbability);
    this.#entries.add(prediction.key, prediction.errorProbability, isRight);
    if (!wasWrong) this.recordResultOfRemoved(prediction, isRight);
  }

  /** Records a result of an answer that is no longer stored: it must not count for the answer that replaced it. */
  recordResultOfRemoved(prediction: MatchPrediction, isRight: boolean): void {
    const at = predictionClass(prediction.errorProbability);
    if (at === null) return;
    const partition = this.#open(prediction.partition);
    this.#all[at]?.countResult(isRight);
    partition.counts[at]?.countResult(isRight);
    this.#changed.add(prediction.partition);
    // A right answer can only extend what is given, which may wait.
    if (!isRight) partition.served.clear();
  }

  /**
   * Probability with which a semantic hit should be rechecked: higher for classes with few results.
   *
   * @param least - the minimum, 0 to 1
   */
  recheckProbability({ partition, errorProbability }: MatchPrediction, least: number): number {
    const at = predictionClass(errorProbability) ?? 0;
    const here = this.#partitions.get(partition)?.counts[at]?.checked ?? 0;
    const checked = here + GLOBAL_SEEN_WEIGHT * (this.#all[at]?.checked ?? 0);
    return Math.max(least, HALF_RECHECKED_AT / (HALF_RECHECKED_AT + checked));
  }

  /** Forgets the results of an answer that was removed. */
  forget(key: string): void {
    this.#entries.forget(key);
  }

  /** Counts by partition; those of all together under `null`. */
  *classCounts(
    partitions: Iterable<string> = this.#partitions.keys(),
  ): Generator<[string | null, readonly ClassCounts[]]> {
    yield [null, this.#all.map(({ counts }) => counts)];
    for (const name of partitions) {
      const classes = this.#partitions.get(name)?.counts;
      if (classes !== undefined) yield [name, classes.map(({ counts }) => counts)];
    }
  }

  /** Results of cached answers, by key. @param keys - default: all */
  seen(keys?: Iterable<string>): Iterable<[string, readonly ObservedPrediction[]]> {
    return this.#entries.observations(keys);
  }

  /** The partitions and cached answers with new results since the last call. */
  takeChanged(): { readonly partitions: readonly string[]; readonly keys: readonly string[] } {
    const partitions = [...this.#changed];
    this.#changed.clear();
    return { partitions, keys: this.#entries.takeChanged() };
  }

  /** Restores counts. @param partition - `null` for all together */
  restoreCounts(partition: string | null, counted: readonly ClassCounts[]): void {
    if (partition === null) this.#all = createClassCounters(counted);
    else this.#put(partition, { counts: createClassCounters(counted), served: new Map() });
  }

  /** Restores the results of a cached answer. */
  restoreObservations(key: string, seen: readonly ObservedPrediction[]): void {
    this.#entries.restore(key, seen);
  }

  #serves(at: number, partition: Partition | undefined, maxError: number): boolean {
    const known = partition?.served.get(maxError);
    if (known !== undefined && known.left > 0) {
      known.left -= 1;
      return known.byClass[at] ?? false;
    }
    const byClass = this.#servedClasses(partition, maxError);
    partition?.served.set(maxError, { byClass, left: RECOMPUTE_AFTER });
    return byClass[at] ?? false;
  }

  /** Adds classes, the most confident first, as long as all together stay within the budget. */
  #servedClasses(partition: Partition | undefined, maxError: number): readonly boolean[] {
    let [weights, errors, variances] = [0, 0, 0];
    return PREDICTION_CLASS_BOUNDS.map((_, at) => {
      const mean = this.#meanOf(at, partition);
      if (mean > CLASS_SLACK * maxError) return false;
      const weight = this.#weightOf(at, partition);
      const observations = GLOBAL_WEIGHT + (partition?.counts[at]?.checked ?? 0);
      const variance = (mean * (1 - mean)) / (observations + 1);
      const next = [
        weights + weight,
        errors + weight * mean,
        variances + weight * weight * variance,
      ] as const;
      const isWithin = isBelow(maxError, next[1] / next[0], next[2] / (next[0] * next[0]));
      if (isWithin) [weights, errors, variances] = next;
      return isWithin;
    });
  }

  /** Expected share of wrong answers of a class. */
  #meanOf(at: number, partition: Partition | undefined): number {
    const [all, here] = [this.#all[at], partition?.counts[at]];
    // The upper bound of the class: the verifier may be overconfident.
    const predicted = PREDICTION_CLASS_BOUNDS[at] ?? 1;
    const mean = shrunk(all, predicted, VERIFIER_WEIGHT);
    return shrunk(here, mean, GLOBAL_WEIGHT);
  }

  /** Expected number of predictions of a class. */
  #weightOf(at: number, partition: Partition | undefined): number {
    const total = this.#all.reduce((sum, { predictions }) => sum + predictions + 1, 0);
    const share = ((this.#all[at]?.predictions ?? 0) + 1) / total;
    return (partition?.counts[at]?.predictions ?? 0) + GLOBAL_ASKED * share;
  }

  #open(name: string): Partition {
    const partition = this.#partitions.get(name) ?? {
      counts: createClassCounters(),
      served: new Map(),
    };
    this.#put(name, partition);
    return partition;
  }

  #put(name: string, partition: Partition): void {
    // Deleted first, so that it moves to the end (least recently used first).
    this.#partitions.delete(name);
    this.#partitions.set(name, partition);
    const oldest = this.#partitions.keys().next().value;
    if (this.#partitions.size > MAX_PARTITIONS && oldest !== undefined) {
      this.#partitions.delete(oldest);
      // Nothing drains this set unless changes are persisted, and clients can create any number of partitions.
      this.#changed.delete(oldest);
    }
  }
}

/** A share from observations and a prior that counts as `weight` observations. */
function shrunk(
  counts: Pick<ClassCounter, 'checked' | 'wrong'> | undefined,
  prior: number,
  weight: number,
): number {
  return (weight * prior + (counts?.wrong ?? 0)) / (weight + (counts?.checked ?? 0));
}

/** Whether a beta-distributed share with this mean and variance is below `max` with 95 % probability. */
function isBelow(max: number, mean: number, variance: number): boolean {
  if (mean >= max) return false;
  const strength = (mean * (1 - mean)) / variance - 1;
  return betaCdf(max, mean * strength, (1 - mean) * strength) >= CONFIDENCE;
}
