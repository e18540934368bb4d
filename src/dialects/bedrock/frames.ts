import { EventStreamCodec } from '@smithy/eventstream-codec';
import { CollectedBytes } from '../../core/collected-bytes.js';
import { GatewayError } from '../../core/errors.js';

/** A frame of AWS's binary event stream, with both checksums verified. */
export interface Frame {
  /** `event`, `exception` or `error`. */
  readonly messageType: string;
  /** The type of the event or exception; empty if the frame has none. */
  readonly name: string;
  /** The message of an `error` frame; exceptions have it in their body. */
  readonly errorMessage: string | null;
  /** Usually JSON. */
  readonly body: Buffer;
}

/** The frame's length, the headers' length, and the checksum of both. */
const PRELUDE_BYTES = 12;
/** Above AWS's limits of 16 MiB of payload and 128 KiB of headers. */
const MAX_FRAME_BYTES = 24 * 1024 * 1024;
/** The prelude and the final checksum. */
const MIN_FRAME_BYTES = PRELUDE_BYTES + 4;

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** Splits a byte stream into frames, however it is chunked; each byte is copied at most twice. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  readonly #unread = new CollectedBytes();
  /** Bytes needed before reading can continue. */
  #neededBytes = PRELUDE_BYTES;

  /** @param onFrame - what it throws is rethrown by `push` */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** A frame has been received in part. */
  get isInside(): boolean {
    return this.#unread.length > 0;
  }

  /** @throws {GatewayError} `upstream_failed` for a wrong checksum or an invalid length */
  push(chunk: Buffer): void {
    this.#unread.push(chunk);
    if (this.#unread.length < this.#neededBytes) return;
    let rest = this.#unread.takeJoined();
    for (;;) {
      this.#neededBytes = rest.length < PRELUDE_BYTES ? PRELUDE_BYTES : frameLength(rest);
      if (rest.length < this.#neededBytes) break;
      const frame = decoded(rest.subarray(0, this.#neededBytes));
      rest = rest.subarray(this.#neededBytes);
      this.#onFrame(frame);
    }
    if (rest.length > 0) this.#unread.push(rest);
  }
}

function frameLength(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0);
  if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) throw damagedFrame();
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
    throw damagedFrame(cause);
  }
}

function damagedFrame(cause?: unknown): GatewayError {
  return new GatewayError(
    'upstream_failed',
    'The provider sent an event stream with a frame that is damaged.',
    { cause },
  );
}
