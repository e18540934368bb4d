import type { Clock } from '../core/clock.js';
import type { GatewayError } from '../core/errors.js';
import type { Frame } from '../dialects/cache-codec.js';
import type { TimedFrame } from './cached-answer.js';

/** A client's connection. */
export interface ListenerSink {
  /** @returns `false` if no more must be written until the listener's `drained()` */
  write(bytes: Buffer): boolean;
  end(): void;
  fail(error: GatewayError, lastBytes: Buffer): void;
}

/** One client that listens to a stream. */
export interface Listener {
  drained(): void;
  /** The client has disconnected, and no longer counts for backpressure. No effect after the end. */
  leave(): void;
}

interface BroadcastParts {
  readonly clock: Clock;
  /** Called when more can be written after a `write` that returned `false`. */
  readonly onDrained: () => void;
  readonly framesIn: (bytes: Buffer) => readonly Frame[];
  /** A longer recording is discarded; the clients still get the stream. */
  readonly maxBytes: number;
  /** The recording was discarded: clients that come now would miss the beginning. */
  readonly onOverflow: () => void;
  /** Called once, last. @param recording - `null` if it was discarded, or the stream failed */
  readonly onEnd: (recording: readonly TimedFrame[] | null) => void;
}

type Outcome = 'end' | { readonly error: GatewayError; readonly lastBytes: Buffer };

/**
 * One upstream stream, sent to many clients and recorded on the way.
 *
 * A client that comes late gets it from the beginning. The source is paused only while every client is blocked: a slow
 * reader delays nobody. Once the recording is discarded, all are as slow as the slowest.
 */
export class Broadcast {
  readonly #parts: BroadcastParts;
  readonly #listeners = new Set<BroadcastListener>();
  /** All frames; after an overflow, those that some listener still needs. */
  #frames: TimedFrame[] = [];
  #dropped = 0;
  #bytes = 0;
  #startedMs: number | null = null;
  #isRecording = true;
  #isPaused = false;
  #isOver = false;
  #outcome: Outcome | null = null;

  constructor(parts: BroadcastParts) {
    this.#parts = parts;
  }

  /** Whether a client that comes now can still get the beginning. */
  get hasBeginning(): boolean {
    return this.#dropped === 0;
  }

  /** Sends the stream to a client, from the beginning if that is still there. */
  listen(sink: ListenerSink, includeUsage: boolean): Listener {
    const listener = new BroadcastListener(this, sink, includeUsage);
    this.#listeners.add(listener);
    listener.pump();
    return listener;
  }

  // --- called by the upstream

  /** @returns whether more may be written now */
  write(bytes: Buffer): boolean {
    const nowMs = this.#parts.clock.now();
    this.#startedMs ??= nowMs;
    const atMs = nowMs - this.#startedMs;
    for (const { bytes: frameBytes, usageOnly } of this.#parts.framesIn(bytes)) {
      this.#frames.push({ bytes: frameBytes, usageOnly, atMs });
    }
    this.#bytes += bytes.length;
    if (this.#isRecording && this.#bytes > this.#parts.maxBytes) {
      this.#isRecording = false;
      this.#parts.onOverflow();
    }
    for (const listener of this.#listeners) listener.pump();
    this.#trim();
    this.#isPaused = !this.#wantsMore();
    return !this.#isPaused;
  }

  end(): void {
    this.#conclude('end');
  }

  fail(error: GatewayError, lastBytes: Buffer): void {
    this.#conclude({ error, lastBytes });
  }

  // --- called by its listeners

  /** Frame number `at`; `null` if it has not arrived yet. */
  frameAt(at: number): Frame | null {
    return this.#frames[at - this.#dropped] ?? null;
  }

  /** How it ended; `null` while it runs. */
  get outcome(): Outcome | null {
    return this.#outcome;
  }

  /** A listener has made progress. */
  onListenerProgress(): void {
    this.#trim();
    if (!this.#isPaused || !this.#wantsMore()) return;
    this.#isPaused = false;
    this.#parts.onDrained();
  }

  removeListener(listener: BroadcastListener): void {
    this.#listeners.delete(listener);
    if (!this.#isOver) this.onListenerProgress();
  }

  #conclude(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#outcome = outcome;
    for (const listener of this.#listeners) listener.pump();
    this.#parts.onEnd(outcome === 'end' && this.#isRecording ? this.#frames : null);
  }

  #wantsMore(): boolean {
    const listeners = [...this.#listeners];
    if (listeners.length === 0) return true;
    return this.#isRecording
      ? listeners.some((listener) => !listener.isBlocked)
      : listeners.every((listener) => !listener.isBlocked);
  }

  /** Drops the frames that all listeners have read, once the stream is no longer recorded. */
  #trim(): void {
    if (this.#isRecording) return;
    const read = Math.min(...[...this.#listeners].map(({ position }) => position));
    if (!Number.isFinite(read) || read <= this.#dropped) return;
    this.#frames = this.#frames.slice(read - this.#dropped);
    this.#dropped = read;
  }
}

class BroadcastListener implements Listener {
  readonly #broadcast: Broadcast;
  readonly #sink: ListenerSink;
  readonly #includeUsage: boolean;
  #isOver = false;
  isBlocked = false;
  /** Number of the next frame. */
  position = 0;

  constructor(broadcast: Broadcast, sink: ListenerSink, includeUsage: boolean) {
    this.#broadcast = broadcast;
    this.#sink = sink;
    this.#includeUsage = includeUsage;
  }

  drained(): void {
    this.isBlocked = false;
    this.pump();
    this.#broadcast.onListenerProgress();
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#broadcast.removeListener(this);
  }

  /** Writes the available frames until the client blocks. */
  pump(): void {
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
