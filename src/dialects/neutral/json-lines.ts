import { CollectedBytes } from '../../core/collected-bytes.js';
import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { keepExact } from '../exact-json.js';
import type { JsonObject } from '../json.js';

/** Longer lines are no pieces of an answer. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Reads JSON objects that stand on lines of their own, whatever the chunking; empty lines are skipped. */
export class JsonLines {
  readonly #onObject: (object: JsonObject) => void;
  readonly #maxBytes: number;
  /** What has come of a line that has not ended. */
  readonly #line = new CollectedBytes();
  #isClosed = false;

  constructor(onObject: (object: JsonObject) => void, maxBytes = MAX_LINE_BYTES) {
    this.#onObject = onObject;
    this.#maxBytes = maxBytes;
  }

  /** @throws {GatewayError} `upstream_failed` for a line that is no JSON object or has no end */
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
   * Reads a last line that no line break ends.
   *
   * @returns `false` where that is only part of an object
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

  /** Nothing more is read, of what has been pushed either. */
  close(): void {
    this.#isClosed = true;
  }

  #add(piece: Buffer): void {
    if (piece.length === 0) return;
    if (this.#line.length + piece.length > this.#maxBytes) {
      throw new GatewayError('upstream_failed', 'The provider sent a line without an end.');
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
