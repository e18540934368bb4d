const NOTHING = Buffer.alloc(0);

/** Shorter pieces are copied together: keeping a piece as its own buffer costs about 200 bytes, however short it is. */
const SHORT_BYTES = 2048;
const MAX_BLOCK_BYTES = 32 * SHORT_BYTES;

/**
 * Collects bytes that arrive in pieces and are read once all of them are there.
 *
 * Long pieces are kept as they are, short ones copied together. Memory stays within a few times the bytes received:
 * a client that sends single bytes must not exhaust memory with fewer bytes than it may send.
 */
export class CollectedBytes {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** The block that short pieces are copied into; `#from` to `#to` is not among the pieces yet. */
  #block = NOTHING;
  #from = 0;
  #to = 0;

  /** Bytes received. */
  get length(): number {
    return this.#bytes;
  }

  push(piece: Buffer): void {
    // The first piece is often the only one and then needs no copy.
    const isKept = this.#bytes === 0 || piece.length >= SHORT_BYTES;
    this.#bytes += piece.length;
    if (!isKept) {
      this.#copy(piece);
      return;
    }
    this.#close();
    this.#pieces.push(piece);
  }

  /** Returns all pieces, in order, and empties the collection. */
  take(): readonly Buffer[] {
    this.#close();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#bytes = 0;
    this.#block = NOTHING;
    this.#from = 0;
    this.#to = 0;
    return pieces;
  }

  /** Like `take`, as one buffer. */
  takeJoined(): Buffer {
    const whole = this.joined();
    this.take();
    return whole;
  }

  /** All bytes as one buffer; the collection keeps them. */
  joined(): Buffer {
    this.#close();
    const [only] = this.#pieces;
    if (this.#pieces.length === 1 && only !== undefined) return only;
    const whole = Buffer.concat(this.#pieces, this.#bytes);
    this.#pieces = [whole];
    return whole;
  }

  #copy(piece: Buffer): void {
    if (this.#to + piece.length > this.#block.length) {
      this.#close();
      // Doubles what has been received: most senders of short pieces send few of them.
      const room = Math.min(Math.max(this.#bytes, SHORT_BYTES), MAX_BLOCK_BYTES);
      this.#block = Buffer.allocUnsafe(room);
      this.#from = 0;
      this.#to = 0;
    }
    piece.copy(this.#block, this.#to);
    this.#to += piece.length;
  }

  /** Turns the bytes copied into the block so far into a piece. */
  #close(): void {
    if (this.#to === this.#from) return;
    this.#pieces.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}
