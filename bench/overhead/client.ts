import { connect, type Socket } from 'node:net';
import { MARKER, TOKEN } from './answer-marker.js';
import { MessageReader } from './message-reader.js';

/** One answered (or failed) request. Times are in milliseconds of `performance.now()`. */
export interface Outcome {
  readonly dueMs: number;
  readonly firstTokenMs: number;
  readonly endMs: number;
  readonly events: number;
  /** Why the answer does not count; undefined if it does. */
  readonly fault: string | undefined;
}

const FIRST = Buffer.from(TOKEN);
const NEEDLE = Buffer.from(MARKER);
const DONE = 'data: [DONE]';
// All connections of the process share one read buffer, so that reads allocate nothing.
const READ_BYTES = 262_144;

/** The read buffer for `Client`s. */
export function readBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(READ_BYTES);
}

/** A keep-alive connection to a gateway with at most one request in flight, whose answer it checks. */
export class Client {
  readonly #port: number;
  readonly #stream: boolean;
  readonly #buffer: Buffer;
  readonly #done: (client: Client, outcome: Outcome) => void;
  #socket: Socket;
  #reader: MessageReader;
  #busy = false;
  #dueMs = 0;
  #firstTokenMs = 0;
  #ok = false;
  #last = false;
  #pieces: Buffer[] = [];
  #whole = false;

  /**
   * @param buffer - from `readBuffer()`, shared by all clients of the process
   * @param done - called after every request, including failed ones; may send the next one at once
   */
  constructor(
    port: number,
    stream: boolean,
    buffer: Buffer,
    done: (client: Client, outcome: Outcome) => void,
  ) {
    this.#port = port;
    this.#stream = stream;
    this.#buffer = buffer;
    this.#done = done;
    this.#reader = new MessageReader(this);
    this.#socket = this.#connect();
  }

  get busy(): boolean {
    return this.#busy;
  }

  send(bytes: Buffer, dueMs: number): void {
    if (this.#last) {
      this.#last = false;
      this.#reconnect();
    }
    this.#busy = true;
    this.#dueMs = dueMs;
    this.#socket.write(bytes);
  }

  close(): void {
    this.#busy = false;
    this.#socket.destroy();
  }

  head(head: string): void {
    this.#ok = head.startsWith('HTTP/1.1 200');
    this.#last = /\r\nconnection: *close/i.test(head);
    this.#firstTokenMs = 0;
    this.#whole = false;
    this.#pieces = [];
  }

  body(bytes: Buffer): void {
    if (this.#stream) {
      this.#pieces.push(Buffer.from(bytes));
      if (this.#firstTokenMs === 0 && this.#sawText(bytes)) {
        this.#firstTokenMs = performance.now();
      }
    } else if (this.#pieces.length === 0 && bytes.includes(NEEDLE)) {
      this.#whole = true;
    } else {
      this.#pieces.push(Buffer.from(bytes));
    }
  }

  end(): void {
    const endMs = performance.now();
    const body = this.#whole ? '' : Buffer.concat(this.#pieces).toString('latin1');
    const events = this.#stream ? `\n${body}`.split('\ndata:').length - 1 : 0;
    this.#finish(endMs, events, this.#fault(body));
  }

  /** A token may be split over two reads; a comment or a role before it is not text. */
  #sawText(bytes: Buffer): boolean {
    return this.#pieces.length === 1
      ? bytes.includes(FIRST)
      : Buffer.concat(this.#pieces).includes(FIRST);
  }

  #fault(body: string): string | undefined {
    if (!this.#ok) return `not a 200: ${body.slice(0, 200)}`;
    if (!this.#whole && !body.includes(MARKER)) return `no marker in: ${body.slice(0, 200)}`;
    if (this.#stream && !body.includes(DONE)) return 'a stream without [DONE]';
    return undefined;
  }

  #finish(endMs: number, events: number, fault: string | undefined): void {
    if (!this.#busy) return;
    this.#busy = false;
    this.#done(this, {
      dueMs: this.#dueMs,
      firstTokenMs: this.#firstTokenMs,
      endMs,
      events,
      fault,
    });
  }

  #connect(): Socket {
    const socket = connect({
      port: this.#port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: this.#buffer,
        callback: (length, buffer) => {
          this.#read(socket, Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    socket.on('error', (error) => {
      this.#lose(socket, error.message);
    });
    socket.on('close', () => {
      this.#lose(socket, 'connection closed');
    });
    return socket;
  }

  #read(socket: Socket, bytes: Buffer): void {
    try {
      this.#reader.push(bytes);
    } catch (error) {
      this.#lose(socket, error instanceof Error ? error.message : String(error));
    }
  }

  #lose(socket: Socket, reason: string): void {
    if (socket !== this.#socket) return;
    socket.destroy();
    if (this.#busy) {
      this.#reconnect();
      this.#finish(performance.now(), 0, reason);
    } else {
      // The gateway may close an idle connection; the next request opens a new one.
      this.#last = true;
    }
  }

  #reconnect(): void {
    this.#socket.destroy();
    this.#reader = new MessageReader(this);
    this.#socket = this.#connect();
  }
}
