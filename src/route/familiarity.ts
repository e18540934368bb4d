import { DenseMatrix } from '../embed/dense-matrix.js';
import { at } from './factor-network.js';
import type { Features } from './features.js';

/** How sharply the distance rises around the usual one; at that distance it is 0.5 by definition. */
const FAR_SHARPNESS = 4;
/** How far a prompt counts as that is in a language without graded answers, or in none. */
const FOREIGN = 0.7;
/** Characters below which distance says nothing: with so few words every text lies far from all centres. */
const SHORTEST_TELLING = 48;
/** How many of these a Chinese, Japanese or Korean character counts for: each is a word or a syllable. */
const DENSE_CHARACTER = 3;
/** UTF-16 codes from the CJK radicals to the end of Hangul. */
const DENSE_CODES = { first: 0x2e80, last: 0xd7ff };
/** Characters from which a text in no known language is not just a name, a greeting or a number. */
const SHORTEST_GIBBERISH = 12;
/** Shares of code and maths from which a text need not be in any language. */
const NOTATION = 0.3;

/** What is known of the prompts that something was learnt from. */
export interface KnownPrompts {
  /** Unit sentence vectors that stand for them, shape [landmarks, embedding]; may be empty. */
  readonly landmarks: Float32Array;
  /** Cosine distance from the nearest landmark that few of them exceed; over 0. Holds for texts in no language, such as code. */
  readonly usualDistance: number;
  /** The same for those in each language, by its ISO 639-1 code; absent for languages that hardly any of them is in. `null` where nobody knows their languages. */
  readonly languages: ReadonlyMap<string, number> | null;
}

/** Tells prompts like those that something was learnt from. */
export class Familiarity {
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
   * How far a prompt is from the known ones.
   *
   * @param vector - its sentence vector, of unit length
   * @returns 0 at a landmark, 0.5 at the usual distance, towards 1 beyond
   */
  distance({ task, language, code, maths }: DescribedText, vector: Float32Array): number {
    const nearest = this.#nearest(vector);
    const usual = this.#languages?.get(language);
    const distance = this.#distanceAt(nearest, usual);
    // A greeting or a short question lies far from all others, and is none the harder for it.
    const telling = isTelling(task) || nearest === 0;
    const far = telling ? distance : Math.min(0.5, distance);
    if (this.#languages === null) return far;
    const foreign =
      language === 'und'
        ? task.length >= SHORTEST_GIBBERISH && code + maths < NOTATION
        : usual === undefined;
    return foreign ? Math.max(FOREIGN, far) : far;
  }

  /** As `distance`, for a prompt of which nothing but the vector is known. */
  distanceOf(vector: Float32Array): number {
    return this.#distanceAt(this.#nearest(vector));
  }

  /** Cosine of the nearest landmark; 0 where none has anything in common with a prompt. */
  #nearest(vector: Float32Array): number {
    let nearest = 0;
    const cosines = this.#landmarks.times(vector);
    for (let i = cosines.length - 1; i >= 0; i--) nearest = Math.max(nearest, at(cosines, i));
    return nearest;
  }

  #distanceAt(nearest: number, usual = this.#usualDistance): number {
    const relative = ((1 - nearest) / usual) ** FAR_SHARPNESS;
    return relative / (1 + relative);
  }
}

type DescribedText = Pick<Features, 'task' | 'language' | 'code' | 'maths'>;

function isTelling(text: string): boolean {
  let length = text.length;
  if (length >= SHORTEST_TELLING) return true;
  for (let i = text.length - 1; i >= 0; i--) {
    const code = text.charCodeAt(i);
    if (code >= DENSE_CODES.first && code <= DENSE_CODES.last) length += DENSE_CHARACTER - 1;
  }
  return length >= SHORTEST_TELLING;
}
