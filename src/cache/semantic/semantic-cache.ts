import type { Clock } from '../../core/clock.js';
import type { AnswerStore } from '../answer-store.js';
import type { CachedAnswer, Question } from '../cached-answer.js';
import type { QuestionJudge, PreparedQuestion, Verdict } from '../verify/judge.js';
import { ErrorRates, type MatchPrediction, type ErrorEstimate } from './error-rates.js';
import type { CreateGraph } from './index-parts.js';
import { LearnedErrors } from './learned-errors.js';
import { QuestionIndex, type NearQuestion } from './question-index.js';
import { compareAnswers } from './compare-answers.js';
import { isUnitVector } from './unit-vector.js';
import type { CreateVectorStore } from './vector-store.js';

/** What the semantic cache works with. */
export interface SemanticCacheParts {
  readonly judge: QuestionJudge;
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** `null` if `hnswlib-node` is not available. */
  readonly openGraph: CreateGraph | null;
  /** Opens a store of vectors; default: one in this process. */
  readonly openVectors?: CreateVectorStore;
  /** Runs work when the event loop is free. */
  readonly defer: (work: () => void) => void;
}

/** Limits of a look-up. */
export interface SemanticLimits {
  /** Maximum share of wrong answers among those given, 0 to 1. */
  readonly maxError: number;
  /** Milliseconds after which no further question is compared. */
  readonly budgetMs: number;
  /** Maximum age of an answer, in seconds. */
  readonly maxAgeS: number;
}

/** A cached answer to a similar question. */
export interface SemanticMatch {
  readonly answer: CachedAnswer;
  readonly prediction: MatchPrediction;
  readonly verdict: Verdict;
  readonly estimate: ErrorEstimate;
}

/** Counts of semantic look-ups. */
export interface SemanticCounts {
  /** Indexed questions, and the number of their partitions. */
  readonly questions: number;
  readonly partitions: number;
  /** Since the start. */
  readonly lookUps: number;
  /** Look-ups since the start that exceeded their time budget before all candidates were judged. */
  readonly late: number;
}

/** Candidates that are judged; a further one is hardly ever the right one. */
const MAX_CANDIDATES = 4;
/** Characters of an answer that are compared; more would take longer than requests should wait. */
const MAX_COMPARED_CHARS = 4_000;
/** With a predicted error up to this, an answer is taken without judging candidates that are further away. */
const CERTAIN_ERROR = 0.01;
/**
 * Questions below this similarity hardly ever have the same meaning: of the pairs to which a verifier gives 60 % or
 * more, one in a hundred is below it.
 */
const MIN_SIMILARITY = 0.55;
/** A question less similar than the nearest one by more than this is hardly ever the better match. */
const SIMILARITY_SLACK = 0.1;
/** Similar answers that are evicted together with a wrong one; each takes a tenth of a millisecond to judge. */
const MAX_SIMILAR = 64;

/** Finds cached answers to rephrased questions, and learns how often they are wrong. */
export class SemanticCache {
  readonly errorRates = new ErrorRates();
  /** The state of `errorRates` as records to persist. */
  readonly learnedErrors: LearnedErrors;
  readonly #parts: SemanticCacheParts;
  readonly #index: QuestionIndex;
  #lookUps = 0;
  #late = 0;

  /** Indexes new answers of the store at once, and those it has already in the background. */
  constructor(parts: SemanticCacheParts) {
    this.#parts = parts;
    this.#index = new QuestionIndex(parts);
    const { store, judge } = parts;
    this.learnedErrors = new LearnedErrors(this.errorRates, store, judge);
    const keys = Array.from(store.values(), ({ key }) => key);
    this.#index.restore(keys, (key) => store.peek(key));
    store.addListener({
      onStored: (answer) => {
        this.learnedErrors.onStored(answer);
        this.#index.onStored(answer);
      },
      onRemoved: (key) => {
        this.learnedErrors.onRemoved(key);
        this.#index.onRemoved(key);
      },
    });
  }

  get counts(): SemanticCounts {
    const { size: questions, partitions } = this.#index;
    return { questions, partitions, lookUps: this.#lookUps, late: this.#late };
  }

  /**
   * Finds the best answer that may be given, or else the nearest one that may not.
   *
   * @returns `null` if there is no candidate
   */
  find(question: Question, limits: SemanticLimits): SemanticMatch | null {
    const { store } = this.#parts;
    this.#lookUps += 1;
    const candidates = this.#candidates(question, limits);
    const served = candidates.find(({ estimate, answer }) => {
      return estimate.isServable && store.find(answer.key, limits.maxAgeS) !== null;
    });
    // One that has expired, or is too old for this client, can still be learnt from.
    const best = served ?? candidates.map(notServed).at(0);
    if (best !== undefined) this.errorRates.countPrediction(best.prediction);
    return best ?? null;
  }

  /**
   * Learns from a model's answer to a question for which a cached answer was, or would have been, given.
   *
   * @param fresh - text of the model's answer; `null` if it cannot be read
   * @param cached - text of the cached answer; `null` if it cannot be read
   * @returns whether the cached answer was right; `null` if that cannot be determined
   */
  compare(
    { prediction, answer }: SemanticMatch,
    fresh: string | null,
    cached: string | null,
  ): boolean | null {
    if (fresh === null || cached === null) return null;
    const result = compareAnswers(start(fresh), start(cached), (text) => this.#vectorOf(text));
    if (result === 'unclear') return null;
    this.recordResult(prediction, answer.source, result === 'same');
    return result === 'same';
  }

  /** Records whether a cached answer was right. @param source - id of the decision that produced it */
  recordResult(prediction: MatchPrediction, source: string, isRight: boolean): void {
    const isStored = this.#parts.store.peek(prediction.key)?.source === source;
    if (isStored) this.errorRates.recordResult(prediction, isRight);
    else this.errorRates.recordResultOfRemoved(prediction, isRight);
  }

  /**
   * Cached answers that might be given to one of these questions: up to 64 near each that the verifier does not veto.
   *
   * @param except - key of an answer to leave out
   */
  similarAnswers(questions: readonly Question[], except: string): readonly CachedAnswer[] {
    const similar = new Map<string, CachedAnswer>();
    for (const { partition, text } of questions) {
      const prepared = this.#index.read(text);
      if (prepared === null) continue;
      for (const near of this.#index.near(partition, prepared, MAX_SIMILAR)) {
        if (near.similarity < MIN_SIMILARITY) break;
        if (near.key === except || similar.has(near.key)) continue;
        // Whether it would be given now does not matter: the maximum error differs between requests, and changes.
        const match = this.#judged(partition, prepared, near, 0);
        if (match !== null) similar.set(near.key, match.answer);
      }
    }
    return [...similar.values()];
  }

  #vectorOf(text: string): Float32Array | null {
    const { vector } = this.#parts.judge.read(text);
    return isUnitVector(vector, vector.length) ? vector : null;
  }

  /** Stops indexing. */
  close(): void {
    this.#index.close();
  }

  /** The candidates that are not vetoed, the most probable first. */
  #candidates(
    question: Question,
    { maxError, budgetMs }: Omit<SemanticLimits, 'maxAgeS'>,
  ): SemanticMatch[] {
    const { clock } = this.#parts;
    const startedMs = clock.now();
    const prepared = this.#index.read(question.text);
    if (prepared === null) return [];
    const candidates: SemanticMatch[] = [];
    const found = this.#index.near(question.partition, prepared, MAX_CANDIDATES);
    const minSimilarity = Math.max(MIN_SIMILARITY, (found[0]?.similarity ?? 0) - SIMILARITY_SLACK);
    for (const near of found) {
      if (near.similarity < minSimilarity) break;
      if (clock.now() - startedMs > budgetMs) {
        this.#late += 1;
        break;
      }
      const match = this.#judged(question.partition, prepared, near, maxError);
      if (match !== null) candidates.push(match);
      // Candidates that are further away cannot be better than one that is all but certain.
      if (match?.estimate.isServable === true && match.prediction.errorProbability <= CERTAIN_ERROR)
        break;
    }
    return candidates.sort((a, b) => a.prediction.errorProbability - b.prediction.errorProbability);
  }

  /** `null` if it is vetoed, or too improbable. */
  #judged(
    partition: string,
    prepared: PreparedQuestion,
    { key, read }: NearQuestion,
    maxError: number,
  ): SemanticMatch | null {
    const { judge, store } = this.#parts;
    const cached = store.peek(key);
    if (cached === undefined) return null;
    const verdict = judge.judge(prepared, read());
    if (verdict.veto !== null) return null;
    const prediction: MatchPrediction = {
      partition,
      key,
      errorProbability: 1 - verdict.probability,
    };
    const estimate = this.errorRates.estimate(prediction, maxError);
    return estimate === null ? null : { answer: cached, prediction, verdict, estimate };
  }
}

/** The start of an answer is enough to compare it. */
function start(answer: string): string {
  return answer.slice(0, MAX_COMPARED_CHARS);
}

function notServed(match: SemanticMatch): SemanticMatch {
  return { ...match, estimate: { ...match.estimate, isServable: false } };
}
