/** Cosines are sorted into so many classes first: those of the first few classes are all that has to be put in order. */
const CLASSES = 128;
const NONE = -1;

/** The largest of many cosines with their indices, largest first; of equal ones the first offered. */
export class NearestFew {
  readonly #values: Float32Array;
  readonly #indices: Int32Array;
  #size = 0;
  /** What was offered, and for each the one that was offered before it of the same class. */
  #offered = 0;
  #offeredValues = new Float32Array(CLASSES);
  #offeredIndices = new Int32Array(CLASSES);
  #before = new Int32Array(CLASSES);
  /** The last offered of each class, and how many they are; the first class is that of the largest. */
  readonly #last = new Int32Array(CLASSES).fill(NONE);
  readonly #counts = new Int32Array(CLASSES);
  /** What is smaller is not among the largest. */
  #least = -Infinity;
  /** How many more are taken in until that is found again. */
  #pause: number;

  /** @param most - how many are kept, at least 1 */
  constructor(most: number) {
    this.#values = new Float32Array(most);
    this.#indices = new Int32Array(most);
    this.#pause = most;
  }

  /** How many there are; 0 until `settle`. */
  get size(): number {
    return this.#size;
  }

  /** @param rank - 0 for the largest, below `size` */
  value(rank: number): number {
    return this.#values[rank] ?? 0;
  }

  /** @param rank - 0 for the largest, below `size` */
  index(rank: number): number {
    return this.#indices[rank] ?? 0;
  }

  clear(): void {
    this.#size = 0;
    this.#offered = 0;
    this.#last.fill(NONE);
    this.#counts.fill(0);
    this.#least = -Infinity;
    this.#pause = this.#values.length;
  }

  /** Takes in all of `values`, each from −1 to 1 but for rounding; the index of the first is `start`. */
  offer(values: Float32Array, start: number): void {
    const { length } = values;
    let to = this.#offered;
    if (to + length > this.#before.length) this.#grow(to + length);
    const [held, indices, before] = [this.#offeredValues, this.#offeredIndices, this.#before];
    const [last, counts] = [this.#last, this.#counts];
    let least = this.#least;
    let pause = this.#pause;
    for (let i = 0; i < length; i++) {
      const value = values[i] ?? 0;
      if (value < least) continue;
      const place = ((1 - value) * (CLASSES / 2)) | 0;
      const own = place < 0 ? 0 : place < CLASSES ? place : CLASSES - 1;
      held[to] = value;
      indices[to] = start + i;
      before[to] = last[own] ?? NONE;
      last[own] = to;
      counts[own] = (counts[own] ?? 0) + 1;
      to += 1;
      pause -= 1;
      if (pause > 0) continue;
      least = this.#leastOfMost();
      pause = 2 * this.#values.length;
    }
    this.#offered = to;
    this.#least = least;
    this.#pause = pause;
  }

  /** Finds the largest of all that was offered since `clear`. */
  settle(): void {
    const most = this.#values.length;
    for (let own = 0; own < CLASSES && this.#size < most; own++) {
      const first = this.#size;
      for (let i = this.#last[own] ?? NONE; i !== NONE; i = this.#before[i] ?? NONE) {
        this.#insert(first, this.#offeredValues[i] ?? 0, this.#offeredIndices[i] ?? 0);
      }
    }
  }

  /** @returns what as many as are kept are not smaller than */
  #leastOfMost(): number {
    const most = this.#values.length;
    let own = 0;
    for (let sum = this.#counts[0] ?? 0; sum < most; sum += this.#counts[own] ?? 0) own += 1;
    // One class to spare: rounding may have put a value into the next better one.
    return 1 - (own + 2) / (CLASSES / 2);
  }

  /** Puts one among those from `first` on, which are in order; it was offered before all of them. */
  #insert(first: number, value: number, index: number): void {
    const values = this.#values;
    const indices = this.#indices;
    let place = this.#size;
    if (place < values.length) this.#size = place + 1;
    else if ((values[place - 1] ?? 0) <= value) place -= 1;
    else return;
    while (place > first) {
      const smaller = values[place - 1] ?? 0;
      if (smaller > value) break;
      values[place] = smaller;
      indices[place] = indices[place - 1] ?? 0;
      place -= 1;
    }
    values[place] = value;
    indices[place] = index;
  }

  #grow(least: number): void {
    const length = 2 * least;
    const grown = <T extends Float32Array | Int32Array>(wide: T, narrow: T): T => {
      wide.set(narrow);
      return wide;
    };
    this.#offeredValues = grown(new Float32Array(length), this.#offeredValues);
    this.#offeredIndices = grown(new Int32Array(length), this.#offeredIndices);
    this.#before = grown(new Int32Array(length), this.#before);
  }
}
