/**
 * Stops an upstream's socket while nothing more of its answer is wanted, and lets it go on.
 *
 * Two may want it to stop: the reader of the answer, and whatever unpacks it on the way.
 */
export class Tap {
  /** The reader wants nothing for now. */
  isShut = false;
  /** undici was told to stop reading and has to be told to go on. */
  #isHalted = false;
  #isOver = false;
  #resumeSocket: (() => void) | null = null;

  /** Nothing is read for now. */
  get isHolding(): boolean {
    return this.isShut || this.#isHalted;
  }

  /** @param resume - has undici read on */
  connect(resume: () => void): void {
    this.#resumeSocket = resume;
  }

  /** Stops the socket with the chunk under way. */
  halt(): void {
    this.#isHalted = true;
  }

  /** After a chunk. @returns whether undici is to read on */
  runsOn(): boolean {
    if (this.isShut) this.#isHalted = true;
    return !this.#isHalted;
  }

  /** Lets the socket go on soon, unless the tap is shut by then. */
  flow(): void {
    if (!this.#isHalted) return;
    // Not at once: undici's parser is one for all connections and must not be entered from
    // another connection's callback.
    queueMicrotask(() => {
      if (!this.#isHalted || this.isShut || this.#isOver) return;
      this.#isHalted = false;
      this.#resumeSocket?.();
    });
  }

  /** The socket is another request's from now on, or gone. */
  disconnect(): void {
    this.#isOver = true;
  }
}
