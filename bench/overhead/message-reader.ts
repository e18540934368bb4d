/** What a {@link MessageReader} finds, in order. Byte views are only valid during the call. */
export interface MessageSink {
  /** The start line and headers, without the blank line that ends them. */
  head(head: string): void;
  /** A piece of the body, freed of chunk framing. */
  body(bytes: Buffer): void;
  /** The message is whole; the connection may carry the next one. */
  end(): void;
}

type State = 'head' | 'sized' | 'chunk-size' | 'chunk-data' | 'chunk-crlf' | 'trailer';

const HEAD_END = Buffer.from('\r\n\r\n');
const MAX_HEAD_BYTES = 65_536;
const LENGTH = /\r\ncontent-length:[ \t]*(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding:[ \t]*chunked/i;
const BODILESS = /^HTTP\/1\.1 (?:204|304|1\d\d) /;

/**
 * Splits one HTTP/1.1 connection into messages, whatever the boundaries of the reads.
 *
 * It knows what a gateway on loopback needs: sized and chunked bodies, trailers, several messages
 * in one read. A response that ends with its connection is refused, because a bench on keep-alive
 * connections would take a lost connection for a whole answer.
 */
export class MessageReader {
  readonly #sink: MessageSink;
  #state: State = 'head';
  #left = 0;
  #held: Buffer | undefined;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  /** True between messages: a connection that closes now loses nothing. */
  get idle(): boolean {
    return this.#state === 'head' && this.#held === undefined;
  }

  /** Takes the next bytes of the connection, which the caller may overwrite afterwards. */
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

  /** Where the next step starts, or -1 when this one needs more bytes. */
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
    if (input.length - at > MAX_HEAD_BYTES) throw new Error('an HTTP head without an end');
    // A copy: the reads of a load generator share one buffer.
    this.#held = Buffer.from(input.subarray(at));
  }
}
