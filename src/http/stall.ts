import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';

/** How long a client may leave bytes unread. */
export interface Pace {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly stallMs: number;
  /** Called before a client is cut off. */
  readonly onStall: () => void;
}

/** Cuts a client off that reads nothing for too long although bytes wait for it: they are in our memory. */
export class StallWatch {
  readonly #res: ServerResponse;
  readonly #pace: Pace;
  /** Most clients never let anything wait. */
  #hasWaited = false;
  #forget: (() => void) | null = null;

  constructor(res: ServerResponse, pace: Pace) {
    this.#res = res;
    this.#pace = pace;
  }

  /** Bytes wait for the client; its time goes on if they did before. */
  wait(): void {
    // Behind another answer on the same connection it is not the client that is waited for.
    if (this.#res.socket === null) return;
    if (!this.#hasWaited) {
      this.#hasWaited = true;
      this.#res.once('close', () => {
        this.moved();
      });
    }
    this.#forget ??= this.#pace.clock.after(this.#pace.stallMs, () => {
      this.#pace.onStall();
      this.#res.destroy();
    });
  }

  /** The client has read, or nothing waits for it any more. */
  moved(): void {
    this.#forget?.();
    this.#forget = null;
  }

  /** The answer has been ended: Node tells of no progress after that, only of the last byte. */
  ended(): void {
    if (this.#res.writableLength > 0) this.wait();
  }
}

/**
 * What is given to the socket at once: its buffers take more in one go, but of how much of a single write has been read
 * Node says nothing. A client that reads this much in the time it has is not stalled.
 */
const SLICE_BYTES = 128 * 1024;

/** Ends a reply with a body that may be longer than the socket takes at once. */
export function endWith(res: ServerResponse, body: Buffer, pace: Pace): void {
  if (body.length > SLICE_BYTES) {
    endInSlices(res, body, new StallWatch(res, pace));
    return;
  }
  res.end(body);
  new StallWatch(res, pace).ended();
}

function endInSlices(res: ServerResponse, body: Buffer, watch: StallWatch): void {
  let sent = 0;
  const goOn = (): void => {
    watch.moved();
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
  res.on('drain', goOn);
  goOn();
}
