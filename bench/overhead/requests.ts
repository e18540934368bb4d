import { SLOT } from './protocol.js';

const ZERO = 48;

/** The requests of a job in turn, as bytes to send, each with a unique number. */
export class Requests {
  readonly #ready: readonly { readonly bytes: Buffer; readonly slot: number }[];
  #next = 0;
  #number = 0;

  /** @param headers - without Content-Type and Content-Length, which are added for each body */
  constructor(
    path: string,
    headers: Readonly<Record<string, string>>,
    bodies: readonly string[],
    port: number,
  ) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const start = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n${lines.join('')}`;
    this.#ready = bodies.map((body) => {
      const bytes = Buffer.from(
        `${start}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      return { bytes, slot: bytes.indexOf(SLOT) };
    });
  }

  /**
   * The next request. Its bytes are overwritten after one cycle through all bodies, so there must be
   * more bodies than connections.
   */
  next(): Buffer {
    const ready = this.#ready[this.#next];
    if (ready === undefined) throw new Error('a job without bodies');
    this.#next = (this.#next + 1) % this.#ready.length;
    let rest = ++this.#number;
    if (ready.slot >= 0) {
      for (let digit = SLOT.length - 1; digit >= 0; digit--) {
        ready.bytes[ready.slot + digit] = ZERO + (rest % 10);
        rest = Math.floor(rest / 10);
      }
    }
    return ready.bytes;
  }
}
