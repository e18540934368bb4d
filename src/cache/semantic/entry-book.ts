import type { SeenClaim } from '../learnt.js';

interface Sighting {
  readonly claimed: number;
  readonly isRight: boolean;
}

/** Observations that what is expected of its like is worth for a single kept answer. */
const LIKES_WORTH = 10;
/** Of the latest sightings of an answer. */
const MOST_SIGHTINGS = 64;
const MOST_ENTRIES = 65_536;

/** What was seen of single kept answers when they were, or would have been, given to other questions. */
export class EntryBook {
  readonly #entries = new Map<string, Sighting[]>();
  readonly #changed = new Set<string>();

  /**
   * Expected share of wrong answers of one kept answer.
   *
   * An answer that was wrong where the judge was less sure says nothing of where it is sure.
   *
   * @param claimed - only sightings count of which the judge claimed no more than this
   * @param like - expected share of its like
   */
  error(key: string, claimed: number, like: number): number {
    const sightings = this.#entries.get(key)?.filter((sighting) => sighting.claimed <= claimed);
    if (sightings === undefined) return like;
    const wrong = sightings.filter(({ isRight }) => !isRight).length;
    return (LIKES_WORTH * like + wrong) / (LIKES_WORTH + sightings.length);
  }

  /** It was found wrong at least once where the judge was as sure, or surer. */
  wasWrong(key: string, claimed: number): boolean {
    const sightings = this.#entries.get(key) ?? [];
    return sightings.some((sighting) => !sighting.isRight && sighting.claimed <= claimed);
  }

  /** @param claimed - probability of being wrong, as the judge claimed, 0 to 1 */
  saw(key: string, claimed: number, isRight: boolean): void {
    this.#put(key, [...(this.#entries.get(key) ?? []), { claimed, isRight }]);
    this.#changed.add(key);
  }

  forget(key: string): void {
    this.#entries.delete(key);
    this.#changed.delete(key);
  }

  /** What was seen of every answer. */
  *seen(keys: Iterable<string> = this.#entries.keys()): Generator<[string, readonly SeenClaim[]]> {
    for (const key of keys) {
      const sightings = this.#entries.get(key);
      if (sightings === undefined) continue;
      yield [key, sightings.map(({ claimed, isRight }) => [claimed, isRight] as const)];
    }
  }

  /** The answers of which something was seen since the last call. */
  takeChanged(): readonly string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** What was seen of an answer before. */
  restore(key: string, seen: readonly SeenClaim[]): void {
    const sightings = seen.map(([claimed, isRight]) => ({ claimed, isRight }));
    this.#put(key, sightings);
  }

  #put(key: string, sightings: readonly Sighting[]): void {
    this.#entries.delete(key);
    this.#entries.set(key, sightings.slice(-MOST_SIGHTINGS));
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > MOST_ENTRIES && oldest !== undefined) this.forget(oldest);
  }
}
