/** Numbers that lie in a row: a typed array. */
interface Row {
  readonly length: number;
}

/**
 * Hands out stretches of large arrays to what needs a few hundred numbers and is made for each request.
 *
 * To get and to give back an array's memory takes longer than to write such a stretch, and the garbage collector has to follow each
 * array. An array lives as long as anybody holds it, so whoever keeps one of many stretches for long should keep a copy.
 */
export class Slab<Numbers extends Row> {
  readonly #make: (length: number) => Numbers;
  readonly #stretch: number;
  readonly #stretches: number;
  #numbers: Numbers;
  #next = 0;

  /**
   * @param make - an array of that many zeros
   * @param stretch - numbers of a stretch
   * @param stretches - of an array
   */
  constructor(make: (length: number) => Numbers, stretch: number, stretches: number) {
    this.#make = make;
    this.#stretch = stretch;
    this.#stretches = stretches;
    this.#numbers = make(0);
  }

  /** The array in which the stretch lies that was taken last. */
  get numbers(): Numbers {
    return this.#numbers;
  }

  /** @returns where in `numbers` a stretch of zeros begins that nobody else has */
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
