import type { ServedModel, Upstream } from '../core/model.js';

/** Places that have not been asked yet, in the order in which they will be; gone through once. */
export class WaitingPlaces implements IterableIterator<Upstream, unknown> {
  #left: Iterator<Upstream, unknown>;

  constructor(places: Iterable<Upstream>) {
    this.#left = places[Symbol.iterator]();
  }

  /** Whom to ask next is decided only when it has to be. */
  next(): IteratorResult<Upstream, unknown> {
    return this.#left.next();
  }

  [Symbol.iterator](): this {
    return this;
  }

  /**
   * A prompt was too long for a model: those that take more go first, and the same model elsewhere comes last.
   *
   * Attempts are few, and such a prompt is hardly ever taken where no more is.
   *
   * @param served - by `vendor/name`; absent where nothing is known of models
   */
  putRoomiestFirst(
    { modelId }: Upstream,
    { served }: { readonly served?: ReadonlyMap<string, ServedModel> },
  ): void {
    const windowOf = (id: string): number => served?.get(id)?.model.contextWindow ?? 0;
    const tooSmall = windowOf(modelId);
    const rank = (place: Upstream): number => {
      if (place.modelId === modelId) return 2;
      return windowOf(place.modelId) > tooSmall ? 0 : 1;
    };
    const places = [...this];
    this.#left = places.sort((a, b) => rank(a) - rank(b)).values();
  }
}
