import { Slab } from '../core/slab.js';
import { FEATURE_NAMES } from './dense-features.js';
import type { Predictor } from './predictor.js';

const MOST = 127;
/** Steps of a dense feature, which lies between 0 and 2. */
const DENSE_STEPS = MOST / 2;

/** What a prompt came to, as it is read. */
export interface ReadPrompt {
  readonly vector: Float32Array;
  /** `Features.dense`. */
  readonly dense: Float32Array;
}

/** What is kept of a prompt so that feedback on its answer can be learnt from. */
export class PromptSketch {
  /** `Predictor.revision` without what was learnt here: vectors of two predictors do not compare. */
  readonly predictor: string;
  /** The demand's text; `null` unless the operator has it kept. */
  readonly text: string | null;
  /** Numbers of the sentence vector; the rest are dense features. */
  readonly vectorLength: number;
  readonly #numbers: Int8Array;
  readonly #from: number;
  readonly #length: number;

  /** @param space - made by `spaceFor` like prompts */
  constructor(
    { predictor, text }: Pick<PromptSketch, 'predictor' | 'text'>,
    { vector, dense }: ReadPrompt,
    space = PromptSketch.spaceFor({ vector, dense }),
  ) {
    this.predictor = predictor;
    this.text = text;
    this.vectorLength = vector.length;
    this.#from = space.take();
    this.#numbers = space.numbers;
    this.#length = vector.length + dense.length;
    packInto(this.#numbers, this.#from, { vector, dense });
  }

  /**
   * What sketches of prompts are written into whose numbers are as many.
   *
   * @param sketches - that are given memory at once
   */
  static spaceFor({ vector, dense }: ReadPrompt, sketches = 1): Slab<Int8Array> {
    return new Slab((length) => new Int8Array(length), vector.length + dense.length, sketches);
  }

  /** The sentence vector, then the dense features, a byte each; a copy. */
  get numbers(): Int8Array {
    return this.#numbers.slice(this.#from, this.#from + this.#length);
  }
}

/**
 * Packs a vector and dense features into bytes. A number of the vector is off by 1/254 of the largest at
 * most, its length is lost; a feature by 1/127.
 */
export function packNumbers(vector: Float32Array, dense: Float32Array): Int8Array {
  const numbers = new Int8Array(vector.length + dense.length);
  packInto(numbers, 0, { vector, dense });
  return numbers;
}

function packInto(numbers: Int8Array, from: number, { vector, dense }: ReadPrompt): void {
  // By index and without `Math.round`: iterators and rounding take four fifths of the time otherwise.
  let largest = 1e-9;
  for (let i = vector.length - 1; i >= 0; i--) {
    const size = Math.abs(vector[i] ?? 0);
    if (size > largest) largest = size;
  }
  const steps = MOST / largest;
  for (let i = 0; i < vector.length; i++) {
    numbers[from + i] = Math.floor((vector[i] ?? 0) * steps + 0.5);
  }
  const behind = from + vector.length;
  for (let i = 0; i < dense.length; i++) {
    numbers[behind + i] = Math.min(MOST, Math.round((dense[i] ?? 0) * DENSE_STEPS));
  }
}

/**
 * Whether numbers that were kept are what a predictor makes of a prompt: of another one's they say nothing, and a line that
 * was damaged or written by hand may claim what its numbers do not bear out.
 */
export function isSketchBy(
  { revision, vectorLength }: Pick<Predictor, 'revision' | 'vectorLength'>,
  kept: Pick<PromptSketch, 'predictor' | 'vectorLength' | 'numbers'>,
): boolean {
  return (
    kept.predictor === revision &&
    kept.vectorLength === vectorLength &&
    kept.numbers.length === vectorLength + FEATURE_NAMES.length
  );
}

/** The vector, of unit length again, and the dense features. */
export function unpackNumbers(numbers: Int8Array, vectorLength: number): ReadPrompt {
  const vector = Float32Array.from(numbers.subarray(0, vectorLength));
  const square = vector.reduce((sum, value) => sum + value * value, 0);
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
  return {
    vector: vector.map((value) => value * scale),
    dense: Float32Array.from(numbers.subarray(vectorLength), (value) => value / DENSE_STEPS),
  };
}
