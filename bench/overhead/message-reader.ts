/** Receives the parts of messages from a {@link MessageReader}. Byte views are only valid during the call. */
export interface MessageSink {
  /** The start line and headers, without the blank line that ends them. */
  head(head: string): void;
  /** A piece of the body, without chunk framing. */
  body(bytes: Buffer): void;
  /** The message is complete; the next one may follow on the connection. */
  end(): void;
}

type State = 'head' | 'sized' | 'chunk-size' | 'chunk-data' | 'chunk-crlf' | 'trailer';

const HEAD_END = Buffer.from('\r\n\r\n');
const MAX_HEAD_BYTES = 65_536;
const LENGTH = /\r\ncontent-length:[ \t]*(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding:[ \t]*chunked/i;
const BODILESS = /^HTTP\/1\.1 (?:204|304|1\d\d) /;

/**
 * Splits the bytes of an HTTP/1.1 connection into messages, independently of read boundaries.
 *
 * It supports sized and chunked bodies, trailers, and several messages in one read. A response that is
 * delimited by the end of its connection is refused, because a lost connection would count as a complete answer.
 */
export class MessageReader {
  readonly #sink: MessageSink;
  #state: State = 'head';
  #left = 0;
  #held: Buffer | undefined;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  /** Whether it is between messages, so that a closing connection loses nothing. */
  get idle(): boolean {
    return this.#state === 'head' && this.#held === undefined;
  }

  /** Processes the next bytes of the connection; the caller may overwrite them afterwards. */
  push(bytes: Buffer): void {
    const input = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = undefined;
    let at = 0;
    while (at < input.length) {
      const next = this.#step(input, at);
      if (next < 0) {
        this.#hold(input, at);
        return;
      }
      at = next;
    }
  }

  /** Runs one step. @returns the offset of the next one, or -1 if more bytes are needed */
  #step(input: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(input, at);
      case 'sized':
        return this.#readData(input, at);
      case 'chunk-size':
        return this.#readChunkSize(input, at);
      case 'chunk-data':
        return this.#readData(input, at);
      case 'chunk-crlf':
        if (input.length - at < 2) return -1;
        this.#state = 'chunk-size';
        return at + 2;
      case 'trailer':
        return this.#readTrailer(input, at);
    }
  }

  #readHead(input: Buffer, at: number): number {
    const end = input.indexOf(HEAD_END, at);
    if (end < 0) return -1;
    const head = input.toString('latin1', at, end);
    const length = LENGTH.exec(head)?.[1];
    this.#sink.head(head);
    if (length !== undefined) {
      this.#left = Number(length);
      this.#state = 'sized';
    } else if (CHUNKED.test(head)) {
      this.#state = 'chunk-size';
    } else if (head.startsWith('HTTP/') && !BODILESS.test(head)) {
      throw new Error('a response without content-length or chunked framing');
    } else {
      this.#left = 0;
      this.#state = 'sized';
    }
    if (this.#state === 'sized' && this.#left === 0) this.#finish();
    return end + HEAD_END.length;
  }

  #readData(input: Buffer, at: number): number {
    const end = Math.min(input.length, at + this.#left);
    this.#sink.body(at === 0 && end === input.length ? input : input.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0) {
      if (this.#state === 'sized') this.#finish();
      else this.#state = 'chunk-crlf';
    }
    return end;
  }

  #readChunkSize(input: Buffer, at: number): number {
    const end = input.indexOf('\r\n', at);
    if (end < 0) return -1;
    const line = input.toString('latin1', at, end);
    const size = Number.parseInt(line, 16);
    if (!Number.isInteger(size) || size < 0) throw new Error(`not a chunk size: ${line}`);
    this.#left = size;
    this.#state = size === 0 ? 'trailer' : 'chunk-data';
    return end + 2;
  }

  #readTrailer(input: Buffer, at: number): number {
    const end = input.indexOf('\r\n', at);
    if (end < 0) return -1;
    if (end === at) this.#finish();
    return end + 2;
  }

  #finish(): void {
    this.#state = 'head';
    this.#sink.end();
  }

  #hold(input: Buffer, at: number): void {
    if (input.length - at > MAX_HEAD_BYTES)
      throw new Error(`an HTTP head of more than ${MAX_HEAD_BYTES} bytes`);
    // Copied, because all reads of the load generator share one buffer.
    this.#held = Buffer.from(input.subarray(at));
  }
}
