import type { Veto } from './veto.js';

/** A question prepared for comparison; opaque to everyone but the judge that made it. */
export interface PreparedQuestion {
  readonly text: string;
  /** Unit length, from the embedder that the judge was trained with. */
  readonly vector: Float32Array;
}

/** Compact strings for questions that have been read, small enough to be held in memory for every cached question. */
export interface QuestionCodec {
  encode: (question: PreparedQuestion) => string;
  /** Restores a question from its note: the same result as reading the text again, in a fraction of the time. */
  decode: (text: string, note: string) => PreparedQuestion;
}

/** The assessment of giving the cached answer to one question to another question. */
export interface Verdict {
  /** Cosine of the two vectors, -1 to 1. */
  readonly similarity: number;
  /** Probability that the cached answer is right for the question asked, 0 to 1, regardless of vetoes. */
  readonly probability: number;
  /** The rule that forbids giving the answer, however similar the questions are; `null` for none. */
  readonly veto: Veto | null;
}

/** Judges whether the answer to one question may be given to another. */
export interface QuestionJudge {
  /** Identifies the trained version. */
  readonly revision: string;
  /** @param vector - of `text`, if already known; kept without a copy */
  read: (text: string, vector?: Float32Array) => PreparedQuestion;
  /** Absent if reading a question is too quick to be worth saving. */
  readonly codec?: QuestionCodec;
  judge: (question: PreparedQuestion, cached: PreparedQuestion) => Verdict;
}
