import { CollectedBytes } from '../../core/collected-bytes.js';
import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { keepExact } from '../exact-json.js';
import type { JsonObject } from '../json.js';

/** Longer lines are rejected. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Reads newline-delimited JSON objects, however the bytes are chunked; empty lines are skipped. */
export class JsonLineReader {
  readonly #onObject: (object: JsonObject) => void;
  readonly #maxBytes: number;
  /** The received part of an unfinished line. */
  readonly #line = new CollectedBytes();
  #isClosed = false;

  constructor(onObject: (object: JsonObject) => void, maxBytes = MAX_LINE_BYTES) {
    this.#onObject = onObject;
    this.#maxBytes = maxBytes;
  }

  /** @throws {GatewayError} `upstream_failed` for a line that is not a JSON object or is too long */
  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#add(chunk.subarray(from, at));
      this.#take();
      from = at + 1;
    }
    this.#add(chunk.subarray(from));
  }

  /**
   * Reads a last line without a line break.
   *
   * @returns `false` if it is only part of an object
   */
  end(): boolean {
    try {
      this.#take();
      return true;
    } catch (error) {
      if (error instanceof GatewayError && error.cause instanceof SyntaxError) return false;
      throw error;
    }
  }

  /** Ignores any further input, including what was pushed but not read yet. */
  close(): void {
    this.#isClosed = true;
  }

  #add(piece: Buffer): void {
    if (piece.length === 0) return;
    if (this.#line.length + piece.length > this.#maxBytes) {
      throw new GatewayError('upstream_failed', 'The provider sent a line of excessive length.');
    }
    this.#line.push(piece);
  }

  #take(): void {
    const line = this.#line.takeJoined();
    if (this.#isClosed || line.every((byte) => byte <= 0x20)) return;
    const object = parseAnswerObject(line);
    keepExact(object, line);
    this.#onObject(object);
  }
}
