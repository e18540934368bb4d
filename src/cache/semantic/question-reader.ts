import type { QuestionJudge, PreparedQuestion } from '../verify/judge.js';
import { isUnitVector } from './unit-vector.js';

/** Longer texts are not compared: that would take too long. */
const MAX_CHARS = 1_000;
/**
 * Prepared questions that are cached, from look-up until their answer is stored. More of them would survive garbage
 * collections, and moving them while requests wait costs more than reading one again.
 */
const MAX_CACHED = 64;

/** Prepares questions for comparison, and caches the latest. */
export class QuestionReader {
  readonly dims: number;
  readonly #judge: QuestionJudge;
  /**
   * A ring, not a map: the outgrown hash tables of a map point to their successors, so that a dead table in the old
   * generation would keep all later ones alive.
   */
  readonly #cached: PreparedQuestion[] = [];
  #next = 0;

  constructor(judge: QuestionJudge) {
    this.#judge = judge;
    this.dims = judge.read('a').vector.length;
  }

  /** @returns `null` if the text cannot be compared: too long, or without a letter or digit */
  read(text: string): PreparedQuestion | null {
    if (text.length > MAX_CHARS) return null;
    const cached = this.#find(text);
    if (cached !== undefined) return cached;
    const question = this.#judge.read(text);
    if (!isUnitVector(question.vector, this.dims)) return null;
    this.#cached[this.#next] = question;
    this.#next = (this.#next + 1) % MAX_CACHED;
    return question;
  }

  /** What to store with a question to prepare it faster later; `null` for its text alone. */
  note(question: PreparedQuestion): string | null {
    return this.#judge.codec?.encode(question) ?? null;
  }

  /** Prepares a stored question from its text and note. */
  open(text: string, note: string | null): PreparedQuestion {
    const cached = this.#find(text);
    if (cached !== undefined) return cached;
    const { codec } = this.#judge;
    return note === null || codec === undefined ? this.#judge.read(text) : codec.decode(text, note);
  }

  #find(text: string): PreparedQuestion | undefined {
    return this.#cached.find((question) => question.text === text);
  }
}
