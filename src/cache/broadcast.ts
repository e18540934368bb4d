import type { Clock } from '../core/clock.js';
import type { GatewayError } from '../core/errors.js';
import type { Frame } from '../dialects/answer-forms.js';
import type { TimedFrame } from './kept-answer.js';

/** A client's connection. */
export interface ListenerSink {
  /** @returns `false`: nothing more is wanted until the listener's `drained()` */
  write(bytes: Buffer): boolean;
  end(): void;
  fail(error: GatewayError, lastBytes: Buffer): void;
}

/** One client that hears a stream. */
export interface Listener {
  drained(): void;
  /** The client has gone, and holds nobody up any more. Harmless after the end. */
  leave(): void;
}

interface BroadcastParts {
  readonly clock: Clock;
  /** More is wanted after a `write` that returned `false`. */
  readonly onDrained: () => void;
  readonly framesIn: (bytes: Buffer) => readonly Frame[];
  /** A recording that grows longer is given up; the clients hear the stream all the same. */
  readonly maxBytes: number;
  /** The recording has been given up: whoever comes now would miss the beginning. */
  readonly onOverflow: () => void;
  /** Called once, last. @param recording - `null` if it was given up, or the stream failed */
  readonly onEnd: (recording: readonly TimedFrame[] | null) => void;
}

type Outcome = 'end' | { readonly error: GatewayError; readonly lastBytes: Buffer };

/**
 * One upstream's stream, heard by many clients and recorded on the way.
 *
 * A client that comes late hears it from the beginning. The source is held back only while every client
 * is: a slow reader delays nobody. When the recording is given up, all are as slow as the slowest.
 */
export class Broadcast {
  readonly #parts: BroadcastParts;
  readonly #listeners = new Set<BroadcastListener>();
  /** All frames; after an overflow those that some listener still needs. */
  #frames: TimedFrame[] = [];
  #dropped = 0;
  #bytes = 0;
  #startedMs: number | null = null;
  #isRecording = true;
  #isHeld = false;
  #isOver = false;
  #outcome: Outcome | null = null;

  constructor(parts: BroadcastParts) {
    this.#parts = parts;
  }

  /** Whether the beginning is still there for whoever comes now. */
  get hasBeginning(): boolean {
    return this.#dropped === 0;
  }

  /** Has a client hear the stream, from the beginning if that is still there. */
  listen(sink: ListenerSink, includeUsage: boolean): Listener {
    const listener = new BroadcastListener(this, sink, includeUsage);
    this.#listeners.add(listener);
    listener.flow();
    return listener;
  }

  // --- from the upstream

  /** @returns whether more is wanted now */
  write(bytes: Buffer): boolean {
    const nowMs = this.#parts.clock.now();
    this.#startedMs ??= nowMs;
    const atMs = nowMs - this.#startedMs;
    for (const { bytes: own, usageOnly } of this.#parts.framesIn(bytes)) {
      this.#frames.push({ bytes: own, usageOnly, atMs });
    }
    this.#bytes += bytes.length;
    if (this.#isRecording && this.#bytes > this.#parts.maxBytes) {
      this.#isRecording = false;
      this.#parts.onOverflow();
    }
    for (const listener of this.#listeners) listener.flow();
    this.#forget();
    this.#isHeld = !this.#wantsMore();
    return !this.#isHeld;
  }

  end(): void {
    this.#conclude('end');
  }

  fail(error: GatewayError, lastBytes: Buffer): void {
    this.#conclude({ error, lastBytes });
  }

  // --- for its listeners

  /** Frame number `at`, `null` if it has not come yet. */
  frameAt(at: number): Frame | null {
    return this.#frames[at - this.#dropped] ?? null;
  }

  /** How it ended; `null` while it goes on. */
  get outcome(): Outcome | null {
    return this.#outcome;
  }

  moved(): void {
    this.#forget();
    if (!this.#isHeld || !this.#wantsMore()) return;
    this.#isHeld = false;
    this.#parts.onDrained();
  }

  left(listener: BroadcastListener): void {
    this.#listeners.delete(listener);
    if (!this.#isOver) this.moved();
  }

  #conclude(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#outcome = outcome;
    for (const listener of this.#listeners) listener.flow();
    this.#parts.onEnd(outcome === 'end' && this.#isRecording ? this.#frames : null);
  }

  #wantsMore(): boolean {
    const listeners = [...this.#listeners];
    if (listeners.length === 0) return true;
    return this.#isRecording
      ? listeners.some((listener) => !listener.isBlocked)
      : listeners.every((listener) => !listener.isBlocked);
  }

  /** Lets go of what everybody has heard, once it is not recorded any more. */
  #forget(): void {
    if (this.#isRecording) return;
    const heard = Math.min(...[...this.#listeners].map(({ position }) => position));
    if (!Number.isFinite(heard) || heard <= this.#dropped) return;
    this.#frames = this.#frames.slice(heard - this.#dropped);
    this.#dropped = heard;
  }
}

class BroadcastListener implements Listener {
  readonly #broadcast: Broadcast;
  readonly #sink: ListenerSink;
  readonly #includeUsage: boolean;
  #isOver = false;
  isBlocked = false;
  /** The number of the frame that comes next. */
  position = 0;

  constructor(broadcast: Broadcast, sink: ListenerSink, includeUsage: boolean) {
    this.#broadcast = broadcast;
    this.#sink = sink;
    this.#includeUsage = includeUsage;
  }

  drained(): void {
    this.isBlocked = false;
    this.flow();
    this.#broadcast.moved();
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#broadcast.left(this);
  }

  /** Passes on what there is, as far as the client takes it. */
  flow(): void {
    while (!this.isBlocked && !this.#isOver) {
      const due = this.#takeDue();
      if (due.length === 0) {
        this.#conclude();
        return;
      }
      const [only] = due;
      const bytes = due.length === 1 && only !== undefined ? only : Buffer.concat(due);
      this.isBlocked = !this.#sink.write(bytes);
    }
  }

  #takeDue(): Buffer[] {
    const due: Buffer[] = [];
    for (;;) {
      const frame = this.#broadcast.frameAt(this.position);
      if (frame === null) return due;
      this.position += 1;
      if (this.#includeUsage || !frame.usageOnly) due.push(frame.bytes);
    }
  }

  #conclude(): void {
    const { outcome } = this.#broadcast;
    if (outcome === null) return;
    this.#isOver = true;
    if (outcome === 'end') this.#sink.end();
    else this.#sink.fail(outcome.error, outcome.lastBytes);
  }
}
