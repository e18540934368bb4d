import type { QuestionJudge, ReadQuestion } from '../verify/judge.js';
import { isUnit } from './unit-vector.js';

/** A longer text is rather a document than a question, and would take too long to compare. */
const MOST_CHARS = 1_000;
/**
 * Questions held ready from when they are asked until their answer is kept. More would outlive a collection of
 * garbage, and what does has to be moved while requests wait: reading one again costs less.
 */
const MOST_HELD = 64;

/** Reads questions, and holds those ready that were asked last. */
export class ReadQuestions {
  readonly dims: number;
  readonly #judge: QuestionJudge;
  /**
   * A ring in place of a map: what a map holds at times outlives it, as the tables it outgrows point to the
   * next, and a dead one among what is old keeps all that come after it.
   */
  readonly #held: ReadQuestion[] = [];
  #next = 0;

  constructor(judge: QuestionJudge) {
    this.#judge = judge;
    this.dims = judge.read('a').vector.length;
  }

  /** @returns `null` for what cannot be compared: too long, or without a letter or digit */
  read(text: string): ReadQuestion | null {
    if (text.length > MOST_CHARS) return null;
    const held = this.#find(text);
    if (held !== undefined) return held;
    const question = this.#judge.read(text);
    if (!isUnit(question.vector, this.dims)) return null;
    this.#held[this.#next] = question;
    this.#next = (this.#next + 1) % MOST_HELD;
    return question;
  }

  /** What is held of a question that is kept for long; `null` where that is its text alone. */
  note(question: ReadQuestion): string | null {
    return this.#judge.notes?.note(question) ?? null;
  }

  /** A noted question, ready. */
  open(text: string, note: string | null): ReadQuestion {
    const held = this.#find(text);
    if (held !== undefined) return held;
    const { notes } = this.#judge;
    return note === null || notes === undefined ? this.#judge.read(text) : notes.open(text, note);
  }

  #find(text: string): ReadQuestion | undefined {
    return this.#held.find((question) => question.text === text);
  }
}
