import { at } from '../../../../src/route/factor-network.js';
import { transpose, type Matrix, type MatrixSpace } from '../../embedder/simd-product.js';
import { Parameters } from '../../predictor/parameters.js';
import type { Random } from '../../random.js';

const DECAY = 1e-3;

/** Sizes of a layer, and the scale of its initial weights (`gain / sqrt(inputs)`). */
interface LayerShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly gain: number;
  /** If false, biases stay 0. */
  readonly hasBiases?: boolean;
}

/** The first rows of a matrix. */
export const firstRows = ({ columns, values }: Matrix, rows: number): Matrix => ({
  rows,
  columns,
  values: values.subarray(0, rows * columns),
});

/** A fully connected layer, computed for many rows at once. */
export class NetworkLayer {
  /** Shape [inputs, outputs]. */
  readonly weights: Parameters;
  readonly biases: Parameters;
  readonly #space: MatrixSpace;
  readonly #matrix: Matrix;
  readonly #gradient: Matrix;
  /** The transposed inputs, one column per row. */
  readonly #turned: Matrix;
  readonly #hasBiases: boolean;

  /** Numbers that a layer needs in a `MatrixSpace`. */
  static floats({ inputs, outputs }: LayerShape, mostRows: number): number {
    return 2 * inputs * outputs + inputs * mostRows;
  }

  /** @param shape - inputs a multiple of 4, outputs of 8 */
  constructor(space: MatrixSpace, shape: LayerShape, mostRows: number, random: Random) {
    const { inputs, outputs, gain, hasBiases = true } = shape;
    const scale = gain / Math.sqrt(inputs);
    this.weights = new Parameters(inputs * outputs, DECAY, () => scale * random.normal());
    this.biases = new Parameters(outputs, DECAY);
    this.#space = space;
    this.#hasBiases = hasBiases;
    this.#matrix = space.matrix(inputs, outputs);
    this.#gradient = space.matrix(inputs, outputs);
    this.#turned = space.matrix(inputs, mostRows);
    this.#matrix.values.set(this.weights.values);
  }

  /** `out = input × weights + biases`. */
  forward(input: Matrix, out: Matrix): void {
    this.#space.multiply(input, this.#matrix, out);
    if (!this.#hasBiases) return;
    const biases = this.biases.values;
    const { rows, columns, values } = out;
    for (let row = 0, i = 0; row < rows; row++) {
      for (let k = 0; k < columns; k++, i++) values[i] = at(values, i) + at(biases, k);
    }
  }

  /**
   * Adds to the gradients.
   *
   * @param slopes - of the outputs
   * @param inputSlopes - overwritten with those of the inputs
   */
  backward(input: Matrix, slopes: Matrix, inputSlopes: Matrix): void {
    const turned = { ...this.#turned, columns: input.rows };
    transpose(input, turned);
    this.#space.multiply(turned, slopes, this.#gradient);
    const { gradient } = this.weights;
    for (let i = 0; i < gradient.length; i++) {
      gradient[i] = at(gradient, i) + at(this.#gradient.values, i);
    }
    if (this.#hasBiases) this.#addBiasSlopes(slopes);
    this.#space.multiplyTransposed(slopes, this.#matrix, inputSlopes);
  }

  #addBiasSlopes(slopes: Matrix): void {
    const { gradient } = this.biases;
    for (let row = 0, i = 0; row < slopes.rows; row++) {
      for (let k = 0; k < slopes.columns; k++, i++) {
        gradient[k] = at(gradient, k) + at(slopes.values, i);
      }
    }
  }

  /** One step down the gradients. @param step - counted from 1 */
  update(step: number, rate: number): void {
    this.weights.update(step, rate);
    this.biases.update(step, rate);
    this.load();
  }

  /** Call this after setting the weights from outside. */
  load(): void {
    this.#matrix.values.set(this.weights.values);
  }
}

/** ReLU, in place. */
export function rectify({ values }: Matrix): void {
  for (let i = 0; i < values.length; i++) if (at(values, i) < 0) values[i] = 0;
}

/** Gradient of the ReLU: sets gradients of inactive outputs to 0. */
export function rectifySlopes(outputs: Matrix, slopes: Matrix): void {
  const [y, d] = [outputs.values, slopes.values];
  for (let i = 0; i < d.length; i++) if (at(y, i) <= 0) d[i] = 0;
}
