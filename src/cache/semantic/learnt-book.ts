import { createHash } from 'node:crypto';
import type { AnswerStore } from '../answer-store.js';
import type { KeptAnswer } from '../kept-answer.js';
import type { Learnt, LearntSightings, LearntSource } from '../learnt.js';
import type { QuestionJudge } from '../verify/judge.js';
import type { ErrorBook } from './error-book.js';

/** Pairs that each kind of evidence and of objection has a say in, so that any other judge shows itself. */
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
 * What a judge is: what it says it was trained as, and what it says of some pairs.
 *
 * What was learnt of one judge's claims is nothing worth for another's. Its tables alone do not make it:
 * what it reads in a question, and what it objects to, is code.
 */
function revisionOf(judge: QuestionJudge): string {
  const hash = createHash('sha256').update(judge.revision);
  for (const [asked, kept] of PROBES) {
    const { probability, veto } = judge.judge(judge.read(asked), judge.read(kept));
    // Four digits: the last ones may depend on the processor.
    hash.update(`\n${probability.toFixed(4)} ${veto ?? ''}`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** What an `ErrorBook` knows, in a form that outlasts the process, of one judge. */
export class LearntBook implements LearntSource {
  readonly #book: ErrorBook;
  readonly #store: AnswerStore;
  readonly #asked: QuestionJudge;
  #known: string | null = null;
  /** What was seen of answers that are not here yet. */
  readonly #waiting = new Map<string, LearntSightings>();

  constructor(book: ErrorBook, store: AnswerStore, judge: QuestionJudge) {
    this.#book = book;
    this.#store = store;
    this.#asked = judge;
  }

  /** Worked out only where anything outlasts the process. */
  get #judge(): string {
    this.#known ??= revisionOf(this.#asked);
    return this.#known;
  }

  /**
   * Has the book know what was learnt before.
   *
   * @returns how much of it was of another judge, and is left out
   */
  restore(learnt: Iterable<Learnt>): number {
    let foreign = 0;
    for (const one of learnt) {
      if (one.judge !== this.#judge) foreign += 1;
      else if (one.kind === 'classes') this.#book.restoreCounts(one.partition, one.counts);
      else this.#waiting.set(one.key, one);
    }
    for (const { key } of this.#waiting.values()) {
      const answer = this.#store.peek(key);
      if (answer !== undefined) this.kept(answer);
    }
    return foreign;
  }

  /** An answer is there: what was seen of this very one is known again, what was seen of another is void. */
  kept({ key, source }: Pick<KeptAnswer, 'key' | 'source'>): void {
    const before = this.#waiting.get(key);
    this.gone(key);
    if (before?.source === source) this.#book.restoreSeen(key, before.seen);
  }

  gone(key: string): void {
    this.#waiting.delete(key);
    this.#book.forget(key);
  }

  *all(): Generator<Learnt> {
    this.#book.takeChanged();
    yield* this.#classes();
    yield* this.#sightings();
    yield* this.#waiting.values();
  }

  *changes(): Generator<Learnt> {
    const { partitions, keys } = this.#book.takeChanged();
    if (partitions.length > 0) yield* this.#classes(partitions);
    yield* this.#sightings(keys);
  }

  *#classes(partitions?: readonly string[]): Generator<Learnt> {
    for (const [partition, counts] of this.#book.counted(partitions)) {
      yield { kind: 'classes', judge: this.#judge, partition, counts };
    }
  }

  *#sightings(keys?: readonly string[]): Generator<Learnt> {
    for (const [key, seen] of this.#book.seen(keys)) {
      const source = this.#store.peek(key)?.source;
      if (source !== undefined) yield { kind: 'sightings', judge: this.#judge, key, source, seen };
    }
  }
}
