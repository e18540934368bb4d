const NOTHING = Buffer.alloc(0);

/** Bytes that come in pieces and are looked at as one while they do: a piece is copied about twice, however many follow it. */
export class GrowingBytes {
  #room: Buffer = NOTHING;
  #bytes = 0;

  /** All that has come so far. What was handed out earlier stays as it was. */
  get all(): Buffer {
    return this.#room.subarray(0, this.#bytes);
  }

  push(piece: Buffer): void {
    const needed = this.#bytes + piece.length;
    if (this.#room.length < needed) {
      const grown = Buffer.allocUnsafe(Math.max(needed * 2, 1024));
      this.#room.copy(grown, 0, 0, this.#bytes);
      this.#room = grown;
    }
    piece.copy(this.#room, this.#bytes);
    this.#bytes = needed;
  }
}
