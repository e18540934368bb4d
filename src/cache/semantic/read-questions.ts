import type { NotedQuestion, QuestionJudge, ReadQuestion } from '../verify/judge.js';
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
  readonly #held = new Map<string, ReadQuestion>();

  constructor(judge: QuestionJudge) {
    this.#judge = judge;
    this.dims = judge.read('a').vector.length;
  }

  /** @returns `null` for what cannot be compared: too long, or without a letter or digit */
  read(text: string): ReadQuestion | null {
    if (text.length > MOST_CHARS) return null;
    const question = this.#held.get(text) ?? this.#judge.read(text);
    if (!isUnit(question.vector, this.dims)) return null;
    this.#hold(question);
    return question;
  }

  /** What is left of a question that is kept for long, and how to have it ready again. */
  note(question: ReadQuestion): NotedQuestion {
    const { text } = question;
    return this.#judge.note?.(question) ?? { open: () => this.#judge.read(text) };
  }

  /** A noted question, ready. */
  open(text: string, noted: NotedQuestion): ReadQuestion {
    return this.#held.get(text) ?? noted.open();
  }

  #hold(question: ReadQuestion): void {
    // Taken out first, so that what was read last stands last.
    this.#held.delete(question.text);
    this.#held.set(question.text, question);
    const oldest = this.#held.keys().next().value;
    if (this.#held.size > MOST_HELD && oldest !== undefined) this.#held.delete(oldest);
  }
}
