const NOTHING = Buffer.alloc(0);

/** A buffer that grows as pieces arrive and can be read as a whole at any time. Each byte is copied about twice, however many follow. */
export class GrowableBuffer {
  #room: Buffer = NOTHING;
  #bytes = 0;

  /** All bytes so far. Views returned earlier stay as they were. */
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
