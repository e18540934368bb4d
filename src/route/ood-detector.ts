import { DenseMatrix } from '../embed/dense-matrix.js';
import { at } from './factor-network.js';
import type { Features } from './features.js';

/** Steepness of the scaled distance around the usual distance, where it is 0.5 by definition. */
const STEEPNESS = 4;
/** Least distance of a prompt in a language without graded answers, or in no known language. */
const FOREIGN_DISTANCE = 0.7;
/** Characters below which distance means nothing: so short a text is far from all landmarks. */
const MIN_CHARS = 48;
/** Characters that a Chinese, Japanese or Korean one counts as: each is a word or a syllable. */
const CJK_CHARS = 3;
/** UTF-16 code units from the CJK radicals to the end of Hangul. */
const CJK_CODES = { first: 0x2e80, last: 0xd7ff };
/** Characters from which a text in no known language is more than a name, a greeting or a number. */
const MIN_UNKNOWN_CHARS = 12;
/** Sum of code and maths from which a text need not be in any language. */
const MIN_NOTATION = 0.3;

/** A summary of the prompts that a predictor or a head was trained on. */
export interface KnownPrompts {
  /** Unit sentence vectors that represent them, shape [landmarks, embedding]; may be empty. */
  readonly landmarks: Float32Array;
  /** Cosine distance from the nearest landmark that few of them exceed; over 0. Used for texts in no language, such as code. */
  readonly usualDistance: number;
  /** The same for each language, by ISO 639-1 code; without languages that hardly any of them is in. `null` if languages are unknown or do not count. */
  readonly languages: ReadonlyMap<string, number> | null;
}

/** Measures how far a prompt is from the prompts that a predictor or a head was trained on. */
export class OodDetector {
  readonly #landmarks: DenseMatrix;
  readonly #usualDistance: number;
  readonly #languages: KnownPrompts['languages'];

  /** @param dims - of a sentence vector */
  constructor({ landmarks, usualDistance, languages }: KnownPrompts, dims: number) {
    this.#landmarks = new DenseMatrix(landmarks, dims);
    this.#usualDistance = usualDistance;
    this.#languages = languages;
  }

  /**
   * Distance of a prompt from the known prompts.
   *
   * @param vector - its sentence vector, of unit length
   * @returns 0 at a landmark, 0.5 at the usual distance, towards 1 beyond
   */
  distance({ task, language, code, maths }: DescribedText, vector: Float32Array): number {
    const nearest = this.#nearest(vector);
    const usual = this.#languages?.get(language);
    const distance = this.#distanceAt(nearest, usual);
    // A greeting or a short question is far from all others, but not harder for that.
    const isMeaningful = isLongEnough(task) || nearest === 0;
    const far = isMeaningful ? distance : Math.min(0.5, distance);
    if (this.#languages === null) return far;
    const foreign =
      language === 'und'
        ? task.length >= MIN_UNKNOWN_CHARS && code + maths < MIN_NOTATION
        : usual === undefined;
    return foreign ? Math.max(FOREIGN_DISTANCE, far) : far;
  }

  /** As `distance`, for a prompt of which only the vector is known. */
  vectorDistance(vector: Float32Array): number {
    return this.#distanceAt(this.#nearest(vector));
  }

  /** Cosine of the nearest landmark; at least 0. */
  #nearest(vector: Float32Array): number {
    let nearest = 0;
    const cosines = this.#landmarks.times(vector);
    for (let i = cosines.length - 1; i >= 0; i--) nearest = Math.max(nearest, at(cosines, i));
    return nearest;
  }

  #distanceAt(nearest: number, usual = this.#usualDistance): number {
    const relative = ((1 - nearest) / usual) ** STEEPNESS;
    return relative / (1 + relative);
  }
}

type DescribedText = Pick<Features, 'task' | 'language' | 'code' | 'maths'>;

function isLongEnough(text: string): boolean {
  let length = text.length;
  if (length >= MIN_CHARS) return true;
  for (let i = text.length - 1; i >= 0; i--) {
    const code = text.charCodeAt(i);
    if (code >= CJK_CODES.first && code <= CJK_CODES.last) length += CJK_CHARS - 1;
  }
  return length >= MIN_CHARS;
}
