import { at } from '../../../src/route/factor-network.js';

const MOMENTUM = 0.9;
const SCALE_MEMORY = 0.99;
const TINY = 1e-8;

/** An array of weights with its gradient, trained by Adam with decoupled weight decay (AdamW; Loshchilov and Hutter, 2019). */
export class Parameters {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  readonly #decay: number;
  readonly #mean: Float32Array;
  readonly #square: Float32Array;
  /** What decay pulls towards. */
  readonly #centre: Float32Array;

  /** @param fill - the value to start from, called once per weight */
  constructor(length: number, decay: number, fill: () => number = () => 0) {
    this.values = Float32Array.from({ length }, fill);
    this.gradient = new Float32Array(length);
    this.#decay = decay;
    this.#mean = new Float32Array(length);
    this.#square = new Float32Array(length);
    this.#centre = new Float32Array(length);
  }

  /** Weights that start at `centre` and decay towards it instead of 0. */
  static around(centre: Float32Array, decay: number): Parameters {
    const parameters = new Parameters(centre.length, decay);
    parameters.values.set(centre);
    parameters.#centre.set(centre);
    return parameters;
  }

  /**
   * Takes one step down the gradient and clears it.
   *
   * @param step - counted from 1
   */
  update(step: number, rate: number): void {
    const meanScale = 1 / (1 - MOMENTUM ** step);
    const squareScale = 1 / (1 - SCALE_MEMORY ** step);
    const { values, gradient } = this;
    const mean = this.#mean;
    const square = this.#square;
    for (let i = 0; i < values.length; i++) {
      const g = at(gradient, i);
      const m = MOMENTUM * at(mean, i) + (1 - MOMENTUM) * g;
      const s = SCALE_MEMORY * at(square, i) + (1 - SCALE_MEMORY) * g * g;
      mean[i] = m;
      square[i] = s;
      const move = (m * meanScale) / (Math.sqrt(s * squareScale) + TINY);
      values[i] =
        at(values, i) - rate * (move + this.#decay * (at(values, i) - at(this.#centre, i)));
    }
    gradient.fill(0);
  }
}

/** Adds to one element. */
export function add(values: Float32Array, index: number, by: number): void {
  values[index] = at(values, index) + by;
}

/** Adds `scale * vector` to as many elements of `matrix` from `offset` on. */
export function addScaled(
  matrix: Float32Array,
  offset: number,
  vector: Float32Array,
  scale: number,
): void {
  const length = vector.length;
  const whole = length - (length % 4);
  for (let i = 0; i < whole; i += 4) {
    add(matrix, offset + i, scale * at(vector, i));
    add(matrix, offset + i + 1, scale * at(vector, i + 1));
    add(matrix, offset + i + 2, scale * at(vector, i + 2));
    add(matrix, offset + i + 3, scale * at(vector, i + 3));
  }
  for (let i = whole; i < length; i++) add(matrix, offset + i, scale * at(vector, i));
}
