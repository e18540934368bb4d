const NOTHING = Buffer.alloc(0);

/** Shorter pieces are copied together: to keep one as it came costs about 200 bytes, however short it is. */
const SHORT_BYTES = 2048;
const MAX_BLOCK_BYTES = 32 * SHORT_BYTES;

/**
 * Bytes that come in pieces and are read only when all of them are there.
 *
 * Long pieces are kept as they come. However short the pieces are, a few times as much memory is
 * taken as there are bytes: whoever sends them byte by byte must not fill the memory with less than he
 * is allowed to send.
 */
export class CollectedBytes {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Where short pieces are copied to, and what of it is not among the pieces yet. */
  #block = NOTHING;
  #from = 0;
  #to = 0;

  /** How many have come. */
  get length(): number {
    return this.#bytes;
  }

  push(piece: Buffer): void {
    // The first is often the only one, which then need not be copied.
    const isKept = this.#bytes === 0 || piece.length >= SHORT_BYTES;
    this.#bytes += piece.length;
    if (!isKept) {
      this.#copy(piece);
      return;
    }
    this.#close();
    this.#pieces.push(piece);
  }

  /** All that has come, in order; nothing is left here. */
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

  /** As `take`, in one piece. */
  takeJoined(): Buffer {
    const whole = this.joined();
    this.take();
    return whole;
  }

  /** All that has come, in one piece; it stays. */
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
      // As much again as has come: most senders of short pieces send few of them.
      const room = Math.min(Math.max(this.#bytes, SHORT_BYTES), MAX_BLOCK_BYTES);
      this.#block = Buffer.allocUnsafe(room);
      this.#from = 0;
      this.#to = 0;
    }
    piece.copy(this.#block, this.#to);
    this.#to += piece.length;
  }

  /** What has been copied together becomes a piece. */
  #close(): void {
    if (this.#to === this.#from) return;
    this.#pieces.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}
