import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';

/** How long a client may leave bytes unread, and what happens then. */
export interface StallLimit {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly stallMs: number;
  /** Called before a client is cut off. */
  readonly onStall: () => void;
}

/** Cuts off a client that reads nothing for too long while bytes are pending, since they occupy memory. */
export class StallWatch {
  readonly #res: ServerResponse;
  readonly #pace: StallLimit;
  /** Most clients never stall, so the 'close' listener is added only when bytes first wait. */
  #hasWaited = false;
  #cancelTimer: (() => void) | null = null;

  constructor(res: ServerResponse, pace: StallLimit) {
    this.#res = res;
    this.#pace = pace;
  }

  /** Bytes are pending: starts the timer unless it runs already. */
  wait(): void {
    // A pipelined answer waits for the one before it, not for the client.
    if (this.#res.socket === null) return;
    if (!this.#hasWaited) {
      this.#hasWaited = true;
      this.#res.once('close', () => {
        this.progressed();
      });
    }
    this.#cancelTimer ??= this.#pace.clock.after(this.#pace.stallMs, () => {
      this.#pace.onStall();
      this.#res.destroy();
    });
  }

  /** The client has read, or nothing is pending any more. */
  progressed(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** The answer has been ended: from then on Node reports no progress, only the end. */
  ended(): void {
    if (this.#res.writableLength > 0) this.wait();
  }
}

/**
 * Bytes per write. Socket buffers would take more, but Node does not report progress within a single write, and a client
 * that reads this much within its time is not stalled.
 */
const SLICE_BYTES = 128 * 1024;

/** Ends a reply with a body of any length, watching for stalls. */
export function endWith(res: ServerResponse, body: Buffer, pace: StallLimit): void {
  if (body.length > SLICE_BYTES) {
    endInSlices(res, body, new StallWatch(res, pace));
    return;
  }
  res.end(body);
  new StallWatch(res, pace).ended();
}

function endInSlices(res: ServerResponse, body: Buffer, watch: StallWatch): void {
  let sent = 0;
  const writeMore = (): void => {
    watch.progressed();
    while (sent + SLICE_BYTES < body.length) {
      const slice = body.subarray(sent, sent + SLICE_BYTES);
      sent += SLICE_BYTES;
      if (res.write(slice)) continue;
      watch.wait();
      return;
    }
    res.end(body.subarray(sent));
    watch.ended();
  };
  res.on('drain', writeMore);
  writeMore();
}
