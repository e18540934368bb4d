import type { ServedModel, Upstream } from '../core/model.js';

/** The places that remain to be tried, in order; can be iterated once. */
export class PlaceQueue implements IterableIterator<Upstream, unknown> {
  #left: Iterator<Upstream, unknown>;

  constructor(places: Iterable<Upstream>) {
    this.#left = places[Symbol.iterator]();
  }

  /** Lazy: the next place is determined only when it is needed. */
  next(): IteratorResult<Upstream, unknown> {
    return this.#left.next();
  }

  [Symbol.iterator](): this {
    return this;
  }

  /**
   * Reorders the places after a prompt was too long for a model: models with a larger context first, other places of the
   * same model last.
   *
   * Attempts are few, and a model with no larger context hardly ever accepts such a prompt.
   *
   * @param served - by `vendor/name`; absent if nothing is known of the models
   */
  preferLargerContext(
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
