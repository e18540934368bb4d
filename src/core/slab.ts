/** A typed array. */
interface Row {
  readonly length: number;
}

/**
 * A slab allocator: hands out stretches of large typed arrays to objects that need a few hundred numbers per request.
 *
 * Allocating and freeing an array takes longer than filling such a stretch, and the garbage collector has to track each array.
 * An array lives as long as anybody holds a stretch of it, so copy what is kept for long.
 */
export class Slab<Numbers extends Row> {
  readonly #make: (length: number) => Numbers;
  readonly #stretch: number;
  readonly #stretches: number;
  #numbers: Numbers;
  #next = 0;

  /**
   * @param make - makes an array of that many zeros
   * @param stretch - numbers per stretch
   * @param stretches - stretches per array
   */
  constructor(make: (length: number) => Numbers, stretch: number, stretches: number) {
    this.#make = make;
    this.#stretch = stretch;
    this.#stretches = stretches;
    this.#numbers = make(0);
  }

  /** The array that holds the stretch taken last. */
  get numbers(): Numbers {
    return this.#numbers;
  }

  /** Takes a stretch of zeros. @returns its offset in `numbers` */
  take(): number {
    if (this.#next + this.#stretch > this.#numbers.length) {
      this.#numbers = this.#make(this.#stretches * this.#stretch);
      this.#next = 0;
    }
    const from = this.#next;
    this.#next += this.#stretch;
    return from;
  }
}
