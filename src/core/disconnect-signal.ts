/**
 * An abort signal: tells whoever works for a client that it has disconnected. Every `AbortSignal` is one.
 *
 * Listeners are called in no particular order, once.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(
    type: 'abort',
    listener: (() => void) | { handleEvent(): void },
    options?: { readonly once?: boolean },
  ): void;
  removeEventListener(type: 'abort', listener: (() => void) | { handleEvent(): void }): void;
}

type Listener = Parameters<AbortSignalLike['removeEventListener']>[1];

/**
 * The abort signal of one client's connection, with its own `abort`.
 *
 * Replaces an `AbortController` and its signal, which took about a tenth of the time that a request costs the gateway.
 */
export class DisconnectSignal implements AbortSignalLike {
  #aborted = false;
  /** Usually one: the attempt in progress. */
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

  /** The client has disconnected. Calling it again does nothing. */
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
