import { GatewayError } from '../core/errors.js';
import { GrowableBuffer } from '../core/growable-buffer.js';

/** A server-sent event as a range of the received bytes; nothing is decoded or copied. */
export interface SseEvent {
  /** The `event:` field; empty when there is none. */
  readonly name: string;
  readonly bytes: Buffer;
  /** The data is `bytes[start, end)`; several `data:` lines are joined by a line feed. */
  readonly start: number;
  readonly end: number;
  /**
   * Where the event's frame starts, if it consists of `data: …` and two line feeds: then
   * `bytes[frameStart, end + 2)` can be forwarded as it is. Otherwise -1.
   */
  readonly frameStart: number;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const DATA = Buffer.from('data');
const EVENT = Buffer.from('event');
const NEWLINE = Buffer.from('\n');
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const FRAME_PREFIX_BYTES = 6; // `data: `

/** More than any answer needs, and less than would exhaust the memory of a small machine. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;

/**
 * Splits a byte stream into server-sent events, whatever the chunking.
 *
 * Lines may end in LF, CRLF or CR. Time is linear in the bytes; only an event that is split over
 * chunks is copied. Comments, `id:`, `retry:` and unknown fields are skipped.
 */
export class SseReader {
  readonly #onEvent: (event: SseEvent) => void;
  readonly #maxEventBytes: number;

  /** The start of an unfinished event. Never reused once an event that points into it was emitted. */
  #held: GrowableBuffer | null = null;

  // All offsets below are relative to the start of the current event.
  #lineAt = 0;
  #searchAt = 0;
  #dataStart = -1;
  #dataEnd = -1;
  #earlierData: GrowableBuffer | null = null;
  #name = '';

  /** The last line ended in a CR; an LF right after it belongs to the same line ending. */
  #afterCr = false;
  #firstLine = true;

  constructor(onEvent: (event: SseEvent) => void, maxEventBytes = MAX_EVENT_BYTES) {
    this.#onEvent = onEvent;
    this.#maxEventBytes = maxEventBytes;
  }

  /**
   * Calls the callback with every event that `chunk` completes, in order.
   *
   * @throws {GatewayError} `upstream_failed` if an event exceeds the size limit
   */
  push(chunk: Buffer): void {
    if (this.#held === null) {
      this.#scan(chunk);
      return;
    }
    this.#held.push(chunk);
    this.#scan(this.#held.all);
  }

  /** The stream is over: an event that lacks only its final blank line still counts. */
  end(): void {
    this.push(Buffer.from('\n\n'));
  }

  #scan(bytes: Buffer): void {
    let eventAt = 0;
    // Each is searched again only past its last position, so a stream without CRs is searched for them only once.
    let lfAt = -1;
    let crAt = -1;
    for (;;) {
      if (this.#afterCr && eventAt + this.#lineAt < bytes.length) {
        eventAt = this.#skipLineFeed(bytes, eventAt);
      }
      const from = eventAt + this.#searchAt;
      if (lfAt < from) lfAt = nextIndex(bytes, LF, from);
      if (crAt < from) crAt = nextIndex(bytes, CR, from);
      const lineEnd = Math.min(lfAt, crAt);
      if (lineEnd === Infinity) break;

      this.#afterCr = lineEnd === crAt;
      if (this.#endLine(bytes, eventAt, lineEnd)) eventAt = lineEnd + 1;
    }
    this.#keepRest(bytes, eventAt);
  }

  /** @returns whether the line was the blank one that ends an event */
  #endLine(bytes: Buffer, eventAt: number, lineEnd: number): boolean {
    let lineAt = eventAt + this.#lineAt;
    if (this.#firstLine) {
      this.#firstLine = false;
      if (bytes.subarray(lineAt, lineAt + BOM.length).equals(BOM)) lineAt += BOM.length;
    }
    if (lineAt < lineEnd) {
      this.#readField(bytes, eventAt, lineAt, lineEnd);
      this.#lineAt = lineEnd + 1 - eventAt;
      this.#searchAt = this.#lineAt;
      return false;
    }
    if (lineEnd - eventAt > this.#maxEventBytes) throw this.#tooLong();
    this.#dispatch(bytes, eventAt, lineEnd);
    return true;
  }

  #skipLineFeed(bytes: Buffer, eventAt: number): number {
    this.#afterCr = false;
    if (bytes[eventAt + this.#lineAt] !== LF) return eventAt;
    if (this.#lineAt === 0) return eventAt + 1;
    this.#lineAt += 1;
    this.#searchAt = this.#lineAt;
    return eventAt;
  }

  #readField(bytes: Buffer, eventAt: number, lineAt: number, lineEnd: number): void {
    if (startsField(bytes, lineAt, lineEnd, DATA)) {
      if (this.#dataStart >= 0) {
        this.#earlierData ??= new GrowableBuffer();
        this.#earlierData.push(bytes.subarray(eventAt + this.#dataStart, eventAt + this.#dataEnd));
        this.#earlierData.push(NEWLINE);
      }
      this.#dataStart = valueAt(bytes, lineAt + DATA.length, lineEnd) - eventAt;
      this.#dataEnd = lineEnd - eventAt;
    } else if (startsField(bytes, lineAt, lineEnd, EVENT)) {
      const start = valueAt(bytes, lineAt + EVENT.length, lineEnd);
      this.#name = bytes.toString('utf8', start, lineEnd);
    }
  }

  #dispatch(bytes: Buffer, eventAt: number, blankAt: number): void {
    const hasData = this.#dataStart >= 0;
    const start = eventAt + this.#dataStart;
    const end = eventAt + this.#dataEnd;
    const earlier = this.#earlierData;
    const name = this.#name;
    this.#lineAt = 0;
    this.#searchAt = 0;
    this.#dataStart = -1;
    this.#earlierData = null;
    this.#name = '';
    if (!hasData) return;

    if (earlier !== null) {
      earlier.push(bytes.subarray(start, end));
      const joined = earlier.all;
      this.#onEvent({ name, bytes: joined, start: 0, end: joined.length, frameStart: -1 });
      return;
    }
    const isPlain =
      start === eventAt + FRAME_PREFIX_BYTES &&
      blankAt === end + 1 &&
      bytes[end] === LF &&
      bytes[blankAt] === LF;
    this.#onEvent({ name, bytes, start, end, frameStart: isPlain ? eventAt : -1 });
  }

  #keepRest(bytes: Buffer, eventAt: number): void {
    const rest = bytes.length - eventAt;
    if (rest > this.#maxEventBytes) throw this.#tooLong();
    this.#searchAt = rest;
    if (this.#held !== null && eventAt === 0) return;
    // Emitted events point into the old buffer, so the rest gets a buffer of its own.
    this.#held = null;
    if (rest === 0) return;
    this.#held = new GrowableBuffer();
    this.#held.push(bytes.subarray(eventAt));
  }

  #tooLong(): GatewayError {
    return new GatewayError(
      'upstream_failed',
      `The provider sent a single event of more than ${this.#maxEventBytes} bytes.`,
    );
  }
}

function nextIndex(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 ? Infinity : at;
}

function startsField(bytes: Buffer, lineAt: number, lineEnd: number, field: Buffer): boolean {
  const nameEnd = lineAt + field.length;
  if (nameEnd > lineEnd) return false;
  if (nameEnd < lineEnd && bytes[nameEnd] !== COLON) return false;
  for (let i = 0; i < field.length; i++) {
    if (bytes[lineAt + i] !== field[i]) return false;
  }
  return true;
}

/** Where a field's value starts: after the colon and one optional space. */
function valueAt(bytes: Buffer, nameEnd: number, lineEnd: number): number {
  if (nameEnd >= lineEnd) return lineEnd;
  return bytes[nameEnd + 1] === SPACE && nameEnd + 1 < lineEnd ? nameEnd + 2 : nameEnd + 1;
}

/**
 * The data of an event on one line: some servers spread JSON over several lines, where line breaks mean nothing.
 *
 * @param json - returned as it is if it is on one line already
 */
export function onOneLine(json: Buffer): Buffer {
  if (!json.includes(LF)) return json;
  return Buffer.from(json.map((byte) => (byte === LF ? SPACE : byte)));
}
