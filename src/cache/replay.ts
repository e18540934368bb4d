import type { Clock } from '../core/clock.js';
import type { TimedFrame } from './kept-answer.js';

/** Where a stream goes. */
export interface FrameSink {
  /** @returns `false`: nothing more is wanted until `drained()` */
  write(bytes: Buffer): boolean;
  end(): void;
}

/** How a kept stream is given. */
export interface ReplayOptions {
  readonly clock: Clock;
  /** At the pace the frames once came; otherwise at once. */
  readonly natural: boolean;
  /** The client asked for usage in its stream. */
  readonly includeUsage: boolean;
}

/** A kept stream on its way to one client. */
export class Replay {
  readonly #frames: readonly TimedFrame[];
  readonly #options: ReplayOptions;
  readonly #onEnd: () => void;
  #sink: FrameSink | null = null;
  #next = 0;
  #startedMs = 0;
  #isBlocked = false;
  #isOver = false;
  #forgetTimer: (() => void) | null = null;

  /** @param onEnd - called once, when the client has been given everything */
  constructor(frames: readonly TimedFrame[], options: ReplayOptions, onEnd: () => void) {
    this.#frames = frames.filter(({ usageOnly }) => options.includeUsage || !usageOnly);
    this.#options = options;
    this.#onEnd = onEnd;
  }

  /** Starts the flow; call it once. */
  pipe(sink: FrameSink): void {
    this.#sink = sink;
    this.#startedMs = this.#options.clock.now();
    this.#flow();
  }

  /** The sink can take more again. */
  drained(): void {
    this.#isBlocked = false;
    this.#flow();
  }

  /** Nobody wants the rest. Harmless after the end. */
  abandon(): void {
    this.#isOver = true;
    this.#forgetTimer?.();
    this.#forgetTimer = null;
  }

  #flow(): void {
    const sink = this.#sink;
    if (sink === null || this.#forgetTimer !== null) return;
    while (!this.#isOver && !this.#isBlocked) {
      const due = this.#takeDue();
      if (due.length > 0) {
        // One write for all that is due: a system call for each would cost more than finding it.
        this.#isBlocked = !sink.write(Buffer.concat(due));
        continue;
      }
      const next = this.#frames[this.#next];
      if (next === undefined) {
        this.#isOver = true;
        sink.end();
        this.#onEnd();
      } else {
        this.#waitFor(next);
      }
      return;
    }
  }

  #takeDue(): Buffer[] {
    const { clock, natural } = this.#options;
    const elapsedMs = natural ? clock.now() - this.#startedMs : Infinity;
    const due: Buffer[] = [];
    for (;;) {
      const frame = this.#frames[this.#next];
      if (frame === undefined || frame.atMs > elapsedMs) return due;
      due.push(frame.bytes);
      this.#next += 1;
    }
  }

  #waitFor({ atMs }: TimedFrame): void {
    const { clock } = this.#options;
    this.#forgetTimer = clock.after(Math.max(1, atMs - (clock.now() - this.#startedMs)), () => {
      this.#forgetTimer = null;
      this.#flow();
    });
  }
}
