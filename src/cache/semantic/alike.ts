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

/** What it works with. */
export interface AlikeParts {
  readonly judge: QuestionJudge;
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** `null` where there are none. */
  readonly openGraph: OpenGraph | null;
  /** Where vectors are kept; left out: in this process. */
  readonly openVectors?: OpenVectors;
  /** Runs work when no request waits for it. */
  readonly defer: (work: () => void) => void;
}

/** What is put up with. */
export interface AlikeLimits {
  /** Share of given answers that may be wrong, 0 to 1. */
  readonly maxError: number;
  /** Milliseconds that may be spent on looking. */
  readonly budgetMs: number;
  /** Seconds a kept answer may be old. */
  readonly maxAgeS: number;
}

/** A kept answer to a question that is alike. */
export interface Alike {
  readonly kept: KeptAnswer;
  readonly claim: Claim;
  readonly verdict: Verdict;
  readonly outlook: Outlook;
}

/** How looking for alike questions went, since the start. */
export interface AlikeCounts {
  /** Questions that can be found, and the partitions that they are in. */
  readonly questions: number;
  readonly partitions: number;
  readonly lookUps: number;
  /** Look-ups that were over their budget before all candidates were judged. */
  readonly late: number;
}

/** Candidates that are judged; a further one is hardly ever the right one. */
const MOST_CANDIDATES = 4;
/** Of an answer; more of it would take longer to compare than requests should wait. */
const MOST_COMPARED_CHARS = 4_000;
/** Claimed to be wrong so rarely, an answer is taken without looking at others, which are further away. */
const CERTAIN = 0.01;
/**
 * What is further apart is hardly ever the same question: of the pairs that a verifier takes for it with 60 %
 * or more, one in a hundred is.
 */
const LEAST_SIMILARITY = 0.55;
/** What is further away than the nearest by more than this is hardly ever the better answer. */
const SIMILARITY_SLACK = 0.1;
/** Answers that are forgotten together with one that was wrong; a tenth of a millisecond each to judge. */
const MOST_KIN = 64;

/** Finds kept answers to questions that mean the same in other words, and learns how often that is wrong. */
export class AlikeAnswers {
  readonly book = new ErrorBook();
  /** What the book knows, in the form in which it outlasts the process. */
  readonly learnt: LearntBook;
  readonly #parts: AlikeParts;
  readonly #index: QuestionIndex;
  #lookUps = 0;
  #late = 0;

  /** What the store has and gets is found from now on, what it had a little later. */
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
   * Looks for an answer that may be given, or else for the one that comes nearest to it.
   *
   * @returns `null` if there is nothing that anybody would take for the same question
   */
  seek(question: Question, limits: AlikeLimits): Alike | null {
    const { store } = this.#parts;
    this.#lookUps += 1;
    const candidates = this.#candidates(question, limits);
    const given = candidates.find(({ outlook, kept }) => {
      return outlook.serves && store.find(kept.key, limits.maxAgeS) !== null;
    });
    // What expired or is too old for this client may still teach something.
    const best = given ?? candidates.map(notServed).at(0);
    if (best !== undefined) this.book.came(best.claim);
    return best ?? null;
  }

  /**
   * Learns from what a model said now that a kept answer would have been given, or was.
   *
   * @param now - the texts of the two answers; `null` for one that cannot be read
   * @returns whether the kept answer was right; `null` where that cannot be told
   */
  compare({ claim, kept }: Alike, now: string | null, then: string | null): boolean | null {
    if (now === null || then === null) return null;
    const found = likeness(cut(now), cut(then), (text) => this.#vectorOf(text));
    if (found === 'unclear') return null;
    this.saw(claim, kept.source, found === 'same');
    return found === 'same';
  }

  /** It was found out whether a kept answer would have done. @param source - the decision whose answer it is */
  saw(claim: Claim, source: string, isRight: boolean): void {
    const isThere = this.#parts.store.peek(claim.key)?.source === source;
    if (isThere) this.book.saw(claim, isRight);
    else this.book.sawGone(claim, isRight);
  }

  /**
   * Kept answers that might ever be given to one of these questions, near or not so near.
   *
   * @param but - the key of one that does not count
   */
  kinOf(questions: readonly Question[], but: string): readonly KeptAnswer[] {
    const kin = new Map<string, KeptAnswer>();
    for (const { partition, text } of questions) {
      const asked = this.#index.read(text);
      if (asked === null) continue;
      for (const near of this.#index.near(partition, asked, MOST_KIN)) {
        if (near.similarity < LEAST_SIMILARITY) break;
        if (near.key === but || kin.has(near.key)) continue;
        // Whether it would be given today does not matter: what is put up with differs, and changes.
        const alike = this.#judged(partition, asked, near, 0);
        if (alike !== null) kin.set(near.key, alike.kept);
      }
    }
    return [...kin.values()];
  }

  #vectorOf(text: string): Float32Array | null {
    const { vector } = this.#parts.judge.read(text);
    return isUnit(vector, vector.length) ? vector : null;
  }

  /** Nothing is taken in any more. */
  close(): void {
    this.#index.close();
  }

  /** The most probable first; none that is vetoed. */
  #candidates(question: Question, { maxError, budgetMs }: Omit<AlikeLimits, 'maxAgeS'>): Alike[] {
    const { clock } = this.#parts;
    const startedMs = clock.now();
    const asked = this.#index.read(question.text);
    if (asked === null) return [];
    const candidates: Alike[] = [];
    const found = this.#index.near(question.partition, asked, MOST_CANDIDATES);
    const least = Math.max(LEAST_SIMILARITY, (found[0]?.similarity ?? 0) - SIMILARITY_SLACK);
    for (const near of found) {
      if (near.similarity < least) break;
      if (clock.now() - startedMs > budgetMs) {
        this.#late += 1;
        break;
      }
      const alike = this.#judged(question.partition, asked, near, maxError);
      if (alike !== null) candidates.push(alike);
      // Nothing further away can be a better answer than one that is as good as certain.
      if (alike?.outlook.serves === true && alike.claim.wrong <= CERTAIN) break;
    }
    return candidates.sort((a, b) => a.claim.wrong - b.claim.wrong);
  }

  /** `null` for what is vetoed, or that nobody would believe. */
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
    const claim = { partition, key, wrong: 1 - verdict.probability };
    const outlook = this.book.outlook(claim, maxError);
    return outlook === null ? null : { kept, claim, verdict, outlook };
  }
}

/** What an answer begins with says what it says. */
function cut(answer: string): string {
  return answer.slice(0, MOST_COMPARED_CHARS);
}

function notServed(alike: Alike): Alike {
  return { ...alike, outlook: { ...alike.outlook, serves: false } };
}
