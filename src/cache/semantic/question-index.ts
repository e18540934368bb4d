import { ShardedMap } from '../../core/sharded-map.js';
import type { AnswerJournal } from '../answer-store.js';
import type { KeptAnswer, Question } from '../kept-answer.js';
import type { QuestionJudge, ReadQuestion } from '../verify/judge.js';
import { INDEX_SIZES, type IndexParts, type OpenGraph } from './index-parts.js';
import { ReadQuestions } from './read-questions.js';
import { VectorIndex } from './vector-index.js';
import type { OpenVectors, Vectors } from './vectors.js';

/** What the index of questions works with. */
export interface QuestionIndexParts {
  readonly judge: QuestionJudge;
  /** `null` where there are none: all questions of a partition are looked through. */
  readonly openGraph: OpenGraph | null;
  /** Runs work when no request waits for it. */
  readonly defer: (work: () => void) => void;
  /** Where vectors are kept; left out: in this process. */
  readonly openVectors?: OpenVectors | undefined;
}

/** A kept answer whose question is near the one that was asked. */
export interface NearQuestion {
  /** Of the kept answer. */
  readonly key: string;
  /** Of the vectors, -1 to 1. */
  readonly similarity: number;
  /** The question, ready to be compared. */
  read: () => ReadQuestion;
}

interface Entry {
  readonly key: string;
  readonly id: number;
  readonly question: Question;
  /** Of the question, for when it is compared. */
  readonly note: string | null;
}

/**
 * Answers taken in at once after a start: no more than are moved into a graph meanwhile, or what has to be looked
 * through would grow.
 */
const RESTORED_AT_ONCE = 2;

/**
 * Which kept answers have a question near another one, told apart by partition.
 *
 * Nothing of one partition is ever compared with anything of another: each has vectors of its own.
 * What the store keeps and loses it has to be told; it holds no answers.
 */
export class QuestionIndex implements AnswerJournal {
  readonly #parts: IndexParts;
  readonly #openVectors: OpenVectors;
  readonly #read: ReadQuestions;
  readonly #entries = new ShardedMap<string, Entry>();
  readonly #keys = new ShardedMap<number, Entry>();
  readonly #partitions = new Map<string, Vectors>();
  #nextId = 1;
  #isClosed = false;

  constructor({ judge, openGraph, defer, openVectors }: QuestionIndexParts) {
    this.#read = new ReadQuestions(judge);
    this.#parts = { dims: this.#read.dims, openGraph, defer, sizes: INDEX_SIZES };
    this.#openVectors = openVectors ?? (() => new VectorIndex(this.#parts));
  }

  /** Questions that can be found. */
  get size(): number {
    return this.#entries.size;
  }

  get partitions(): number {
    return this.#partitions.size;
  }

  /** A question ready to be compared; `null` for one that cannot be: too long, or without a word. */
  read(text: string): ReadQuestion | null {
    return this.#read.read(text);
  }

  /** An answer is kept, in place of the key's earlier one. */
  kept({ key, question }: KeptAnswer): void {
    this.gone(key);
    const read = question === null ? null : this.read(question.text);
    if (question === null || read === null) return;
    const entry = { key, id: this.#nextId, question, note: this.#read.note(read) };
    this.#nextId += 1;
    let vectors = this.#partitions.get(question.partition);
    if (vectors === undefined) {
      vectors = this.#openVectors(this.#parts.dims);
      this.#partitions.set(question.partition, vectors);
    }
    vectors.add(entry.id, read.vector);
    this.#entries.set(key, entry);
    this.#keys.set(entry.id, entry);
  }

  /** The answer of a key is gone; harmless if it was never here. */
  gone(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const { id, question } = entry;
    this.#entries.delete(key);
    this.#keys.delete(id);
    const vectors = this.#partitions.get(question.partition);
    vectors?.remove(id);
    if (vectors?.size === 0) this.#partitions.delete(question.partition);
  }

  /**
   * Takes in what is kept already, a little at a time, whenever nothing else is to be done.
   *
   * @param answers - keys of kept answers
   * @param find - the answer of a key, if it is still kept
   * @param from - the first that is not yet taken in
   */
  restore(
    answers: readonly string[],
    find: (key: string) => KeptAnswer | undefined,
    from = 0,
  ): void {
    if (from >= answers.length) return;
    this.#parts.defer(() => {
      if (this.#isClosed) return;
      for (const key of answers.slice(from, from + RESTORED_AT_ONCE)) {
        const answer = this.#entries.has(key) ? undefined : find(key);
        if (answer !== undefined) this.kept(answer);
      }
      this.restore(answers, find, from + RESTORED_AT_ONCE);
    });
  }

  /** The nearest questions of a partition, the most similar first. */
  near(partition: string, asked: ReadQuestion, most: number): readonly NearQuestion[] {
    const found = this.#partitions.get(partition)?.nearest(asked.vector, most) ?? [];
    return found.flatMap(({ id, similarity }) => {
      const entry = this.#keys.get(id);
      if (entry === undefined) return [];
      const { key, question, note } = entry;
      return [{ key, similarity, read: () => this.#read.open(question.text, note) }];
    });
  }

  /** Nothing is taken in or moved any more. */
  close(): void {
    this.#isClosed = true;
    for (const vectors of this.#partitions.values()) vectors.close();
  }
}
