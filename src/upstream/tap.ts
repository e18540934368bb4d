/**
 * Flow control of an upstream's socket: pauses and resumes reading.
 *
 * Both the reader of the answer and the decoder in between may ask for a pause.
 */
export class Tap {
  /** The reader has paused. */
  isShut = false;
  /** undici was told to stop reading and must be resumed. */
  #isHalted = false;
  #isOver = false;
  #resumeSocket: (() => void) | null = null;

  /** Reading is paused. */
  get isHolding(): boolean {
    return this.isShut || this.#isHalted;
  }

  /** @param resume - resumes reading in undici */
  connect(resume: () => void): void {
    this.#resumeSocket = resume;
  }

  /** Stops reading after the current chunk. */
  halt(): void {
    this.#isHalted = true;
  }

  /** Called after each chunk. @returns whether undici is to read on */
  runsOn(): boolean {
    if (this.isShut) this.#isHalted = true;
    return !this.#isHalted;
  }

  /** Resumes the socket soon, unless the reader has paused by then. */
  flow(): void {
    if (!this.#isHalted) return;
    // Not synchronously: undici's parser is shared by all connections and must not be entered
    // from another connection's callback.
    queueMicrotask(() => {
      if (!this.#isHalted || this.isShut || this.#isOver) return;
      this.#isHalted = false;
      this.#resumeSocket?.();
    });
  }

  /** The socket now serves another request, or is closed. */
  disconnect(): void {
    this.#isOver = true;
  }
}
