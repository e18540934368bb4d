import { createHash } from 'node:crypto';
import type { AnswerStore } from '../answer-store.js';
import type { CachedAnswer } from '../cached-answer.js';
import type {
  LearnedRecord,
  LearnedObservations,
  LearnedRecordSource,
} from '../learned-records.js';
import type { QuestionJudge } from '../verify/judge.js';
import type { ErrorRates } from './error-rates.js';

/** Pairs that exercise every kind of feature and veto, so that any change of the verifier changes some result. */
const PROBES: readonly (readonly [string, string])[] = [
  ['What is this?', 'What is that?'],
  ['How do I sort a list in Python?', 'How can I sort a Python list, please?'],
  ['How do I sort a list in Python?', 'How do I sort a list in Java?'],
  ['Explain what a heap is', 'What is a heap?'],
  ['Why is the sky blue?', 'Why is the sky red?'],
  ['Is it safe to eat raw eggs?', 'Is it not safe to eat raw eggs?'],
  ['Convert 10 km to miles', 'Convert 12 km to miles'],
  ['Convert 10 km to miles', 'Convert ten kilometres to miles'],
  ['Who wrote Faust?', 'When was Faust written?'],
  ['Does the dog bite the man?', 'Does the man bite the dog?'],
  ['What does `a.map(f)` return?', 'What does `a.filter(f)` return?'],
  ['What is the weather today?', "What's the weather like today?"],
  ['Translate good morning into French', 'Translate good evening into French'],
  ['Best way to learn chess quickly', 'How to learn chess fast'],
  ['Was ist ein Haufen?', 'What is a heap?'],
  ['What is the capital of Austria?', 'What is the capital city of Austria?'],
  ['Translate to French: You are coming', 'Translate to French: You are coming?'],
];

/**
 * Identifies a verifier by the revision of its training, and by its results for the probes.
 *
 * Error rates of one verifier say nothing about another. Its revision alone is not enough: the features that it reads
 * and its vetoes are code.
 */
function revisionOf(judge: QuestionJudge): string {
  const hash = createHash('sha256').update(judge.revision);
  for (const [question, cached] of PROBES) {
    const { probability, veto } = judge.judge(judge.read(question), judge.read(cached));
    // Four digits: further ones may depend on the processor.
    hash.update(`\n${probability.toFixed(4)} ${veto ?? ''}`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The state of `ErrorRates` as records to persist, which belong to one verifier. */
export class LearnedErrors implements LearnedRecordSource {
  readonly #book: ErrorRates;
  readonly #store: AnswerStore;
  readonly #verifier: QuestionJudge;
  #revisionMemo: string | null = null;
  /** Records of answers that are not in the store yet. */
  readonly #pending = new Map<string, LearnedObservations>();

  constructor(book: ErrorRates, store: AnswerStore, judge: QuestionJudge) {
    this.#book = book;
    this.#store = store;
    this.#verifier = judge;
  }

  /** Computed on first use: it is only needed if records are persisted. */
  get #revision(): string {
    this.#revisionMemo ??= revisionOf(this.#verifier);
    return this.#revisionMemo;
  }

  /**
   * Restores records.
   *
   * @returns how many were ignored because they belong to another verifier
   */
  restore(learnt: Iterable<LearnedRecord>): number {
    let foreign = 0;
    for (const one of learnt) {
      if (one.judge !== this.#revision) foreign += 1;
      else if (one.kind === 'classes') this.#book.restoreCounts(one.partition, one.counts);
      else this.#pending.set(one.key, one);
    }
    for (const { key } of this.#pending.values()) {
      const answer = this.#store.peek(key);
      if (answer !== undefined) this.onStored(answer);
    }
    return foreign;
  }

  /** An answer was stored: restores the results of this answer, and drops those of the one that it replaces. */
  onStored({ key, source }: Pick<CachedAnswer, 'key' | 'source'>): void {
    const before = this.#pending.get(key);
    this.onRemoved(key);
    if (before?.source === source) this.#book.restoreObservations(key, before.seen);
  }

  onRemoved(key: string): void {
    this.#pending.delete(key);
    this.#book.forget(key);
  }

  *all(): Generator<LearnedRecord> {
    this.#book.takeChanged();
    yield* this.#classes();
    yield* this.#sightings();
    yield* this.#pending.values();
  }

  *changes(): Generator<LearnedRecord> {
    const { partitions, keys } = this.#book.takeChanged();
    if (partitions.length > 0) yield* this.#classes(partitions);
    yield* this.#sightings(keys);
  }

  *#classes(partitions?: readonly string[]): Generator<LearnedRecord> {
    for (const [partition, counts] of this.#book.classCounts(partitions)) {
      yield { kind: 'classes', judge: this.#revision, partition, counts };
    }
  }

  *#sightings(keys?: readonly string[]): Generator<LearnedRecord> {
    for (const [key, seen] of this.#book.seen(keys)) {
      const source = this.#store.peek(key)?.source;
      if (source !== undefined)
        yield { kind: 'sightings', judge: this.#revision, key, source, seen };
    }
  }
}
