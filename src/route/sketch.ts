import { Slab } from '../core/slab.js';
import { FEATURE_NAMES } from './dense-features.js';
import type { Predictor } from './predictor.js';

const MAX_BYTE = 127;
/** Steps per unit of a dense feature, which is between 0 and 2. */
const DENSE_STEPS = MAX_BYTE / 2;

/** The numbers of a prompt that a predictor reads. */
export interface SketchedPrompt {
  readonly vector: Float32Array;
  /** `Features.dense`. */
  readonly dense: Float32Array;
}

/** A quantised prompt that is kept to learn from feedback on its answer. */
export class PromptSketch {
  /** `Predictor.revision` without what was learnt here: vectors of two predictors cannot be compared. */
  readonly predictor: string;
  /** `Features.text`; `null` unless the operator enabled `keep_text`. */
  readonly text: string | null;
  /** Length of the sentence vector; the other numbers are dense features. */
  readonly vectorLength: number;
  readonly #numbers: Int8Array;
  readonly #from: number;
  readonly #length: number;

  /** @param space - from `slabFor`, for prompts of the same shape */
  constructor(
    { predictor, text }: Pick<PromptSketch, 'predictor' | 'text'>,
    { vector, dense }: SketchedPrompt,
    space = PromptSketch.slabFor({ vector, dense }),
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
   * The memory that sketches of prompts of this shape are written into.
   *
   * @param sketches - per allocation
   */
  static slabFor({ vector, dense }: SketchedPrompt, sketches = 1): Slab<Int8Array> {
    return new Slab((length) => new Int8Array(length), vector.length + dense.length, sketches);
  }

  /** The sentence vector, then the dense features, a byte each; a copy. */
  get numbers(): Int8Array {
    return this.#numbers.slice(this.#from, this.#from + this.#length);
  }
}

/**
 * Quantises a vector and dense features to bytes. The error is at most 1/254 of the largest number for the
 * vector, whose length is lost, and 1/127 for a feature.
 */
export function packNumbers(vector: Float32Array, dense: Float32Array): Int8Array {
  const numbers = new Int8Array(vector.length + dense.length);
  packInto(numbers, 0, { vector, dense });
  return numbers;
}

function packInto(numbers: Int8Array, from: number, { vector, dense }: SketchedPrompt): void {
  // By index and without `Math.round`: iterators and rounding would take four fifths of the time.
  let largest = 1e-9;
  for (let i = vector.length - 1; i >= 0; i--) {
    const size = Math.abs(vector[i] ?? 0);
    if (size > largest) largest = size;
  }
  const steps = MAX_BYTE / largest;
  for (let i = 0; i < vector.length; i++) {
    numbers[from + i] = Math.floor((vector[i] ?? 0) * steps + 0.5);
  }
  const end = from + vector.length;
  for (let i = 0; i < dense.length; i++) {
    numbers[end + i] = Math.min(MAX_BYTE, Math.round((dense[i] ?? 0) * DENSE_STEPS));
  }
}

/**
 * Whether a kept sketch fits a predictor. Vectors of another predictor mean something else, and a line that is damaged or
 * written by hand may have the wrong number of numbers.
 */
export function fitsPredictor(
  { revision, vectorLength }: Pick<Predictor, 'revision' | 'vectorLength'>,
  kept: Pick<PromptSketch, 'predictor' | 'vectorLength' | 'numbers'>,
): boolean {
  return (
    kept.predictor === revision &&
    kept.vectorLength === vectorLength &&
    kept.numbers.length === vectorLength + FEATURE_NAMES.length
  );
}

/** The vector, scaled to unit length, and the dense features. */
export function unpackNumbers(numbers: Int8Array, vectorLength: number): SketchedPrompt {
  const vector = Float32Array.from(numbers.subarray(0, vectorLength));
  const square = vector.reduce((sum, value) => sum + value * value, 0);
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
  return {
    vector: vector.map((value) => value * scale),
    dense: Float32Array.from(numbers.subarray(vectorLength), (value) => value / DENSE_STEPS),
  };
}
