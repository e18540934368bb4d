import type { Clock } from '../../core/clock.js';
import type { AnswerStore } from '../answer-store.js';
import type { KeptAnswer, Question } from '../kept-answer.js';
import type { QuestionJudge, ReadQuestion, Verdict } from '../verify/judge.js';
import { ErrorBook, type Claim, type Outlook } from './error-book.js';
import type { OpenGraph } from './index-parts.js';
import { LearntBook } from './learnt-book.js';
import { QuestionIndex, type NearQuestion } from './question-index.js';
import { likeness } from './same-answer.js';
import { isUnit } from './unit-vector.js';
import type { OpenVectors } from './vectors.js';

/** What the semantic cache works with. */
export interface AlikeParts {
  readonly judge: QuestionJudge;
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** `null` if `hnswlib-node` is not available. */
  readonly openGraph: OpenGraph | null;
  /** Opens a store of vectors; default: one in this process. */
  readonly openVectors?: OpenVectors;
  /** Runs work when the event loop is free. */
  readonly defer: (work: () => void) => void;
}

/** Limits of a look-up. */
export interface AlikeLimits {
  /** Maximum share of wrong answers among those given, 0 to 1. */
  readonly maxError: number;
  /** Milliseconds after which no further question is compared. */
  readonly budgetMs: number;
  /** Maximum age of an answer, in seconds. */
  readonly maxAgeS: number;
}

/** A cached answer to a similar question. */
export interface Alike {
  readonly kept: KeptAnswer;
  readonly claim: Claim;
  readonly verdict: Verdict;
  readonly outlook: Outlook;
}

/** Counts of semantic look-ups. */
export interface AlikeCounts {
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
export class AlikeAnswers {
  readonly book = new ErrorBook();
  /** The state of `book` as records to persist. */
  readonly learnt: LearntBook;
  readonly #parts: AlikeParts;
  readonly #index: QuestionIndex;
  #lookUps = 0;
  #late = 0;

  /** Indexes new answers of the store at once, and those it has already in the background. */
  constructor(parts: AlikeParts) {
    this.#parts = parts;
    this.#index = new QuestionIndex(parts);
    const { store, judge } = parts;
    this.learnt = new LearntBook(this.book, store, judge);
    const keys = Array.from(store.values(), ({ key }) => key);
    this.#index.restore(keys, (key) => store.peek(key));
    store.noteIn({
      kept: (answer) => {
        this.learnt.kept(answer);
        this.#index.kept(answer);
      },
      gone: (key) => {
        this.learnt.gone(key);
        this.#index.gone(key);
      },
    });
  }

  get counts(): AlikeCounts {
    const { size: questions, partitions } = this.#index;
    return { questions, partitions, lookUps: this.#lookUps, late: this.#late };
  }

  /**
   * Finds the best answer that may be given, or else the nearest one that may not.
   *
   * @returns `null` if there is no candidate
   */
  seek(question: Question, limits: AlikeLimits): Alike | null {
    const { store } = this.#parts;
    this.#lookUps += 1;
    const candidates = this.#candidates(question, limits);
    const served = candidates.find(({ outlook: estimate, kept }) => {
      return estimate.serves && store.find(kept.key, limits.maxAgeS) !== null;
    });
    // One that has expired, or is too old for this client, can still be learnt from.
    const best = served ?? candidates.map(notServed).at(0);
    if (best !== undefined) this.book.came(best.claim);
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
    { claim: prediction, kept }: Alike,
    fresh: string | null,
    cached: string | null,
  ): boolean | null {
    if (fresh === null || cached === null) return null;
    const result = likeness(start(fresh), start(cached), (text) => this.#vectorOf(text));
    if (result === 'unclear') return null;
    this.saw(prediction, kept.source, result === 'same');
    return result === 'same';
  }

  /** Records whether a cached answer was right. @param source - id of the decision that produced it */
  saw(prediction: Claim, source: string, isRight: boolean): void {
    const isStored = this.#parts.store.peek(prediction.key)?.source === source;
    if (isStored) this.book.saw(prediction, isRight);
    else this.book.sawGone(prediction, isRight);
  }

  /**
   * Cached answers that might be given to one of these questions: up to 64 near each that the verifier does not veto.
   *
   * @param except - key of an answer to leave out
   */
  kinOf(questions: readonly Question[], except: string): readonly KeptAnswer[] {
    const similar = new Map<string, KeptAnswer>();
    for (const { partition, text } of questions) {
      const asked = this.#index.read(text);
      if (asked === null) continue;
      for (const near of this.#index.near(partition, asked, MAX_SIMILAR)) {
        if (near.similarity < MIN_SIMILARITY) break;
        if (near.key === except || similar.has(near.key)) continue;
        // Whether it would be given now does not matter: the maximum error differs between requests, and changes.
        const match = this.#judged(partition, asked, near, 0);
        if (match !== null) similar.set(near.key, match.kept);
      }
    }
    return [...similar.values()];
  }

  #vectorOf(text: string): Float32Array | null {
    const { vector } = this.#parts.judge.read(text);
    return isUnit(vector, vector.length) ? vector : null;
  }

  /** Stops indexing. */
  close(): void {
    this.#index.close();
  }

  /** The candidates that are not vetoed, the most probable first. */
  #candidates(question: Question, { maxError, budgetMs }: Omit<AlikeLimits, 'maxAgeS'>): Alike[] {
    const { clock } = this.#parts;
    const startedMs = clock.now();
    const asked = this.#index.read(question.text);
    if (asked === null) return [];
    const candidates: Alike[] = [];
    const found = this.#index.near(question.partition, asked, MAX_CANDIDATES);
    const minSimilarity = Math.max(MIN_SIMILARITY, (found[0]?.similarity ?? 0) - SIMILARITY_SLACK);
    for (const near of found) {
      if (near.similarity < minSimilarity) break;
      if (clock.now() - startedMs > budgetMs) {
        this.#late += 1;
        break;
      }
      const match = this.#judged(question.partition, asked, near, maxError);
      if (match !== null) candidates.push(match);
      // Candidates that are further away cannot be better than one that is all but certain.
      if (match?.outlook.serves === true && match.claim.wrong <= CERTAIN_ERROR) break;
    }
    return candidates.sort((a, b) => a.claim.wrong - b.claim.wrong);
  }

  /** `null` if it is vetoed, or too improbable. */
  #judged(
    partition: string,
    asked: ReadQuestion,
    { key, read }: NearQuestion,
    maxError: number,
  ): Alike | null {
    const { judge, store } = this.#parts;
    const kept = store.peek(key);
    if (kept === undefined) return null;
    const verdict = judge.judge(asked, read());
    if (verdict.veto !== null) return null;
    const prediction: Claim = { partition, key, wrong: 1 - verdict.probability };
    const estimate = this.book.outlook(prediction, maxError);
    return estimate === null ? null : { kept, claim: prediction, verdict, outlook: estimate };
  }
}

/** The start of an answer is enough to compare it. */
function start(answer: string): string {
  return answer.slice(0, MAX_COMPARED_CHARS);
}

function notServed(match: Alike): Alike {
  return { ...match, outlook: { ...match.outlook, serves: false } };
}
