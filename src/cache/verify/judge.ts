import type { Veto } from './veto.js';

/** A question made ready to be compared; opaque to all but the judge that made it. */
export interface ReadQuestion {
  readonly text: string;
  /** Unit length, of the embedder the judge was trained with. */
  readonly vector: Float32Array;
}

/** Notes of what was read of questions: little enough to be held for long. */
export interface QuestionNotes {
  note: (question: ReadQuestion) => string;
  /** The question of a note, as if it had been read again, in a fraction of the time. */
  open: (text: string, note: string) => ReadQuestion;
}

/** What is thought of giving the answer to one question to another. */
export interface Verdict {
  /** Cosine of the two vectors, -1 to 1. */
  readonly similarity: number;
  /** That the kept answer is right for the question asked, 0 to 1; vetoes left aside. */
  readonly probability: number;
  /** What makes the questions different whatever else is alike; `null` for nothing. */
  readonly veto: Veto | null;
}

/** Decides whether the answer to one question may be given to another. */
export interface QuestionJudge {
  /** Tells one training of it from another. */
  readonly revision: string;
  /** @param vector - of `text`, where it is known already; copied from nothing, kept as it is. */
  read: (text: string, vector?: Float32Array) => ReadQuestion;
  /** Left out where reading a question takes no time that is worth saving. */
  readonly notes?: QuestionNotes;
  judge: (asked: ReadQuestion, kept: ReadQuestion) => Verdict;
}
