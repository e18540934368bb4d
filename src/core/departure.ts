/**
 * Tells those who work for a client that it has gone. An `AbortSignal` is one, too.
 *
 * Listeners are called in no particular order, once.
 */
export interface GoneSignal {
  readonly aborted: boolean;
  addEventListener(
    type: 'abort',
    listener: (() => void) | { handleEvent(): void },
    options?: { readonly once?: boolean },
  ): void;
  removeEventListener(type: 'abort', listener: (() => void) | { handleEvent(): void }): void;
}

type Listener = Parameters<GoneSignal['removeEventListener']>[1];

/**
 * One client's going away.
 *
 * It does what `AbortController` and its signal do for us, which took about a tenth of the time
 * that a request costs the gateway.
 */
export class Departure implements GoneSignal {
  #aborted = false;
  /** Mostly one: the attempt under way. */
  #listeners: Listener[] = [];

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: Listener): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    this.#listeners = this.#listeners.filter((known) => known !== listener);
  }

  /** The client has gone. Calling it again does nothing. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) {
      if (typeof listener === 'function') listener();
      else listener.handleEvent();
    }
  }
}
