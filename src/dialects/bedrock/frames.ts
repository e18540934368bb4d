import { EventStreamCodec } from '@smithy/eventstream-codec';
import { CollectedBytes } from '../../core/collected-bytes.js';
import { GatewayError } from '../../core/errors.js';

/** One frame of AWS's binary event stream, both of its sums checked. */
export interface Frame {
  /** `event`, `exception` or `error`. */
  readonly messageType: string;
  /** What happened, or which exception it is; empty where the frame does not say. */
  readonly name: string;
  /** What an `error` frame says of itself; exceptions say it in their body. */
  readonly errorMessage: string | null;
  /** Mostly JSON. */
  readonly body: Buffer;
}

/** The length of the frame, the length of its headers, and the sum of both. */
const PRELUDE_BYTES = 12;
/** AWS sends no longer ones: 16 MiB of payload and 128 KiB of headers, with room to spare. */
const MAX_FRAME_BYTES = 24 * 1024 * 1024;
/** Prelude and the sum at the end. */
const MIN_FRAME_BYTES = PRELUDE_BYTES + 4;

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** Cuts a stream of bytes into frames, whatever the chunking; each byte is copied at most twice. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  readonly #unread = new CollectedBytes();
  /** Bytes that have to be there before anything more can be told. */
  #wanted = PRELUDE_BYTES;

  /** @param onFrame - what it throws ends the reading and is thrown on */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** Some of a frame has come, and not all of it. */
  get isInside(): boolean {
    return this.#unread.length > 0;
  }

  /** @throws {GatewayError} `upstream_failed` for a sum that is wrong or a length that cannot be */
  push(chunk: Buffer): void {
    this.#unread.push(chunk);
    if (this.#unread.length < this.#wanted) return;
    let rest = this.#unread.takeJoined();
    for (;;) {
      this.#wanted = rest.length < PRELUDE_BYTES ? PRELUDE_BYTES : frameLength(rest);
      if (rest.length < this.#wanted) break;
      const frame = decoded(rest.subarray(0, this.#wanted));
      rest = rest.subarray(this.#wanted);
      this.#onFrame(frame);
    }
    if (rest.length > 0) this.#unread.push(rest);
  }
}

function frameLength(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0);
  if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) throw broken();
  return length;
}

function decoded(bytes: Buffer): Frame {
  const { headers, body } = decode(bytes);
  const text = (name: string): string | null => {
    const value = headers[name]?.value;
    return typeof value === 'string' ? value : null;
  };
  return {
    messageType: text(':message-type') ?? 'event',
    name: text(':event-type') ?? text(':exception-type') ?? text(':error-code') ?? '',
    errorMessage: text(':error-message'),
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  };
}

function decode(bytes: Buffer): ReturnType<EventStreamCodec['decode']> {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    throw broken(cause);
  }
}

function broken(cause?: unknown): GatewayError {
  return new GatewayError(
    'upstream_failed',
    'The provider sent an event stream with a frame that is damaged.',
    { cause },
  );
}
