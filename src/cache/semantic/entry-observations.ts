import type { ObservedPrediction } from '../learned-records.js';

interface Observation {
  readonly claimed: number;
  readonly isRight: boolean;
}

/** Weight of the prior of a single answer, as a number of observations. */
const PRIOR_WEIGHT = 10;
/** The latest observations of an answer are kept. */
const MAX_OBSERVATIONS = 64;
const MAX_ENTRIES = 65_536;

/** Results of single cached answers when they were, or would have been, semantic hits. */
export class EntryObservations {
  readonly #entries = new Map<string, Observation[]>();
  readonly #changed = new Set<string>();

  /**
   * Expected error rate of one cached answer.
   *
   * An error at a low confidence of the verifier is no evidence about predictions with a higher confidence.
   *
   * @param claimed - only observations with a predicted error up to this count
   * @param prior - expected error rate of answers of the same class
   */
  errorRate(key: string, claimed: number, prior: number): number {
    const observations = this.#entries.get(key)?.filter((one) => one.claimed <= claimed);
    if (observations === undefined) return prior;
    const wrong = observations.filter(({ isRight }) => !isRight).length;
    return (PRIOR_WEIGHT * prior + wrong) / (PRIOR_WEIGHT + observations.length);
  }

  /** Whether it was found wrong at least once in a prediction with the same or a higher confidence. */
  wasWrong(key: string, claimed: number): boolean {
    const observations = this.#entries.get(key) ?? [];
    return observations.some((one) => !one.isRight && one.claimed <= claimed);
  }

  /** @param claimed - predicted probability of being wrong, 0 to 1 */
  add(key: string, claimed: number, isRight: boolean): void {
    this.#put(key, [...(this.#entries.get(key) ?? []), { claimed, isRight }]);
    this.#changed.add(key);
  }

  forget(key: string): void {
    this.#entries.delete(key);
    this.#changed.delete(key);
  }

  /** The observations by key. */
  *observations(
    keys: Iterable<string> = this.#entries.keys(),
  ): Generator<[string, readonly ObservedPrediction[]]> {
    for (const key of keys) {
      const observations = this.#entries.get(key);
      if (observations === undefined) continue;
      yield [key, observations.map(({ claimed, isRight }) => [claimed, isRight] as const)];
    }
  }

  /** Keys of the answers with new observations since the last call. */
  takeChanged(): readonly string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** Restores the observations of an answer. */
  restore(key: string, seen: readonly ObservedPrediction[]): void {
    const observations = seen.map(([claimed, isRight]) => ({ claimed, isRight }));
    this.#put(key, observations);
  }

  #put(key: string, observations: readonly Observation[]): void {
    this.#entries.delete(key);
    this.#entries.set(key, observations.slice(-MAX_OBSERVATIONS));
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > MAX_ENTRIES && oldest !== undefined) this.forget(oldest);
  }
}
