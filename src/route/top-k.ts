/** Cosines are sorted into this many buckets first, so only those of the first few buckets have to be sorted. */
const BUCKETS = 128;
const NONE = -1;

/** Selects the largest of many cosines, with their indices, largest first; of equal ones the first offered. */
export class TopK {
  readonly #values: Float32Array;
  readonly #indices: Int32Array;
  #size = 0;
  /** The offered values, and for each the previous one of its bucket: a linked list. */
  #offered = 0;
  #offeredValues = new Float32Array(BUCKETS);
  #offeredIndices = new Int32Array(BUCKETS);
  #before = new Int32Array(BUCKETS);
  /** Last value and number of values of each bucket; the first bucket has the largest values. */
  readonly #last = new Int32Array(BUCKETS).fill(NONE);
  readonly #counts = new Int32Array(BUCKETS);
  /** A smaller value cannot be among the largest. */
  #least = -Infinity;
  /** Values to be stored before `#least` is updated. */
  #untilUpdate: number;

  /** @param most - how many are selected, at least 1 */
  constructor(most: number) {
    this.#values = new Float32Array(most);
    this.#indices = new Int32Array(most);
    this.#untilUpdate = most;
  }

  /** Number of selected values; 0 before `select`. */
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
    this.#untilUpdate = this.#values.length;
  }

  /** Adds `values`, each −1 to 1 up to rounding; the index of the first is `start`. */
  offer(values: Float32Array, start: number): void {
    const { length } = values;
    let to = this.#offered;
    if (to + length > this.#before.length) this.#grow(to + length);
    const [held, indices, before] = [this.#offeredValues, this.#offeredIndices, this.#before];
    const [last, counts] = [this.#last, this.#counts];
    let least = this.#least;
    let untilUpdate = this.#untilUpdate;
    for (let i = 0; i < length; i++) {
      const value = values[i] ?? 0;
      if (value < least) continue;
      const place = ((1 - value) * (BUCKETS / 2)) | 0;
      const bucket = place < 0 ? 0 : place < BUCKETS ? place : BUCKETS - 1;
      held[to] = value;
      indices[to] = start + i;
      before[to] = last[bucket] ?? NONE;
      last[bucket] = to;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      to += 1;
      untilUpdate -= 1;
      if (untilUpdate > 0) continue;
      least = this.#lowerBound();
      untilUpdate = 2 * this.#values.length;
    }
    this.#offered = to;
    this.#least = least;
    this.#untilUpdate = untilUpdate;
  }

  /** Selects the largest of all values offered since `clear`. */
  select(): void {
    const most = this.#values.length;
    for (let bucket = 0; bucket < BUCKETS && this.#size < most; bucket++) {
      const first = this.#size;
      for (let i = this.#last[bucket] ?? NONE; i !== NONE; i = this.#before[i] ?? NONE) {
        this.#insert(first, this.#offeredValues[i] ?? 0, this.#offeredIndices[i] ?? 0);
      }
    }
  }

  /** @returns a lower bound of the values that can still be selected */
  #lowerBound(): number {
    const most = this.#values.length;
    let bucket = 0;
    for (let sum = this.#counts[0] ?? 0; sum < most; sum += this.#counts[bucket] ?? 0) bucket += 1;
    // One bucket more: rounding may have put a value into the next better one.
    return 1 - (bucket + 2) / (BUCKETS / 2);
  }

  /** Inserts a value into the sorted ones from `first` on; it was offered before all of them. */
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
