import type { Clock } from '../core/clock.js';
import type { TimedFrame } from './cached-answer.js';

/** Where a stream goes. */
export interface FrameSink {
  /** @returns `false` if no more must be written until `drained()` */
  write(bytes: Buffer): boolean;
  end(): void;
}

/** How a cached stream is replayed. */
export interface ReplayOptions {
  readonly clock: Clock;
  /** At the original pace; otherwise at once. */
  readonly natural: boolean;
  /** The client asked for usage in its stream. */
  readonly includeUsage: boolean;
}

/** Replays a cached stream to one client. */
export class Replay {
  readonly #frames: readonly TimedFrame[];
  readonly #options: ReplayOptions;
  readonly #onEnd: () => void;
  #sink: FrameSink | null = null;
  #next = 0;
  #startedMs = 0;
  #isBlocked = false;
  #isOver = false;
  #cancelTimer: (() => void) | null = null;

  /** @param onEnd - called once, when everything has been written */
  constructor(frames: readonly TimedFrame[], options: ReplayOptions, onEnd: () => void) {
    this.#frames = frames.filter(({ usageOnly }) => options.includeUsage || !usageOnly);
    this.#options = options;
    this.#onEnd = onEnd;
  }

  /** Starts writing; call it once. */
  pipe(sink: FrameSink): void {
    this.#sink = sink;
    this.#startedMs = this.#options.clock.now();
    this.#flow();
  }

  /** The sink can take more. */
  drained(): void {
    this.#isBlocked = false;
    this.#flow();
  }

  /** Stops. No effect after the end. */
  abandon(): void {
    this.#isOver = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #flow(): void {
    const sink = this.#sink;
    if (sink === null || this.#cancelTimer !== null) return;
    while (!this.#isOver && !this.#isBlocked) {
      const due = this.#takeDue();
      if (due.length > 0) {
        // One write for all due frames: a system call for each would cost more than the look-up.
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
    this.#cancelTimer = clock.after(Math.max(1, atMs - (clock.now() - this.#startedMs)), () => {
      this.#cancelTimer = null;
      this.#flow();
    });
  }
}
