/**
 * Flow control of an upstream's socket: pauses and resumes reading.
 *
 * Both the reader of the answer and the decoder in between may ask for a pause.
 */
export class FlowControl {
  /** The reader has paused. */
  isPaused = false;
  /** undici was told to stop reading and must be resumed. */
  #isHalted = false;
  #isOver = false;
  #resumeSocket: (() => void) | null = null;

  /** Reading is paused. */
  get isStopped(): boolean {
    return this.isPaused || this.#isHalted;
  }

  /** @param resume - resumes reading in undici */
  attach(resume: () => void): void {
    this.#resumeSocket = resume;
  }

  /** Stops reading after the current chunk. */
  stop(): void {
    this.#isHalted = true;
  }

  /** Called after each chunk. @returns whether undici is to read on */
  shouldReadOn(): boolean {
    if (this.isPaused) this.#isHalted = true;
    return !this.#isHalted;
  }

  /** Resumes the socket soon, unless the reader has paused by then. */
  resumeSoon(): void {
    if (!this.#isHalted) return;
    // Not synchronously: undici's parser is shared by all connections and must not be entered
    // from another connection's callback.
    queueMicrotask(() => {
      if (!this.#isHalted || this.isPaused || this.#isOver) return;
      this.#isHalted = false;
      this.#resumeSocket?.();
    });
  }

  /** The socket now serves another request, or is closed. */
  detach(): void {
    this.#isOver = true;
  }
}
