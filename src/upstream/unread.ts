/** Bytes of an answer that wait for their reader: all of a whole answer, or what a stream brought early. */
export class Unread {
  #chunks: Buffer[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** Gives the chunks to their reader; nothing is left here. */
  take(): readonly Buffer[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    return chunks;
  }

  /** The first `maxBytes` in one piece; they stay. */
  joined(maxBytes: number): Buffer {
    const [only] = this.#chunks;
    const isOne = this.#chunks.length === 1 && only !== undefined;
    return (isOne ? only : Buffer.concat(this.#chunks)).subarray(0, maxBytes);
  }
}
