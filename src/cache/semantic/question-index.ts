import { ShardedMap } from '../../core/sharded-map.js';
import type { AnswerStoreListener } from '../answer-store.js';
import type { CachedAnswer, Question } from '../cached-answer.js';
import type { QuestionJudge, PreparedQuestion } from '../verify/judge.js';
import { INDEX_SIZES, type IndexParts, type CreateGraph } from './index-parts.js';
import { QuestionReader } from './question-reader.js';
import { VectorIndex } from './vector-index.js';
import type { CreateVectorStore, VectorStore } from './vector-store.js';

/** What the index of questions works with. */
export interface QuestionIndexParts {
  readonly judge: QuestionJudge;
  /** `null` if graphs are not available: every search is exhaustive. */
  readonly openGraph: CreateGraph | null;
  /** Runs work when the event loop is free. */
  readonly defer: (work: () => void) => void;
  /** Opens a store of vectors; default: one in this process. */
  readonly openVectors?: CreateVectorStore | undefined;
}

/** A cached answer whose question is similar to the one that was asked. */
export interface NearQuestion {
  /** Key of the cached answer. */
  readonly key: string;
  /** Cosine of the vectors, -1 to 1. */
  readonly similarity: number;
  /** The question, prepared for comparison. */
  read: () => PreparedQuestion;
}

interface Entry {
  readonly key: string;
  readonly id: number;
  readonly question: Question;
  /** What is stored to prepare the question faster. */
  readonly note: string | null;
}

/**
 * Answers indexed per turn after a start: no more than are moved to a graph in the same time, so that the list for
 * exhaustive search does not grow.
 */
const RESTORED_PER_TURN = 2;

/**
 * Finds the cached answers with the questions most similar to another one, by partition.
 *
 * Each partition has its own vectors; questions of different partitions are never compared. The index has to be
 * notified of changes to the store, and holds no answers.
 */
export class QuestionIndex implements AnswerStoreListener {
  readonly #parts: IndexParts;
  readonly #openVectors: CreateVectorStore;
  readonly #reader: QuestionReader;
  readonly #entries = new ShardedMap<string, Entry>();
  readonly #entriesById = new ShardedMap<number, Entry>();
  readonly #partitions = new Map<string, VectorStore>();
  #nextId = 1;
  #isClosed = false;

  constructor({ judge, openGraph, defer, openVectors }: QuestionIndexParts) {
    this.#reader = new QuestionReader(judge);
    this.#parts = { dims: this.#reader.dims, openGraph, defer, sizes: INDEX_SIZES };
    this.#openVectors = openVectors ?? (() => new VectorIndex(this.#parts));
  }

  /** Number of indexed questions. */
  get size(): number {
    return this.#entries.size;
  }

  get partitions(): number {
    return this.#partitions.size;
  }

  /** Prepares a question for comparison; `null` if it cannot be compared: too long, or without a word. */
  read(text: string): PreparedQuestion | null {
    return this.#reader.read(text);
  }

  /** Indexes an answer, in place of the key's earlier one. */
  onStored({ key, question }: CachedAnswer): void {
    this.onRemoved(key);
    const read = question === null ? null : this.read(question.text);
    if (question === null || read === null) return;
    const entry = { key, id: this.#nextId, question, note: this.#reader.note(read) };
    this.#nextId += 1;
    let vectors = this.#partitions.get(question.partition);
    if (vectors === undefined) {
      vectors = this.#openVectors(this.#parts.dims);
      this.#partitions.set(question.partition, vectors);
    }
    vectors.add(entry.id, read.vector);
    this.#entries.set(key, entry);
    this.#entriesById.set(entry.id, entry);
  }

  /** Removes the answer of a key; no effect if it is not indexed. */
  onRemoved(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const { id, question } = entry;
    this.#entries.delete(key);
    this.#entriesById.delete(id);
    const vectors = this.#partitions.get(question.partition);
    vectors?.remove(id);
    if (vectors?.size === 0) this.#partitions.delete(question.partition);
  }

  /**
   * Indexes stored answers in the background, a few at a time.
   *
   * @param answers - keys of stored answers
   * @param find - returns the answer of a key, if it is still stored
   * @param from - position of the next one
   */
  restore(
    answers: readonly string[],
    find: (key: string) => CachedAnswer | undefined,
    from = 0,
  ): void {
    if (from >= answers.length) return;
    this.#parts.defer(() => {
      if (this.#isClosed) return;
      for (const key of answers.slice(from, from + RESTORED_PER_TURN)) {
        const answer = this.#entries.has(key) ? undefined : find(key);
        if (answer !== undefined) this.onStored(answer);
      }
      this.restore(answers, find, from + RESTORED_PER_TURN);
    });
  }

  /** The most similar questions of a partition, up to `most`, the most similar first. */
  near(partition: string, prepared: PreparedQuestion, most: number): readonly NearQuestion[] {
    const found = this.#partitions.get(partition)?.nearest(prepared.vector, most) ?? [];
    return found.flatMap(({ id, similarity }) => {
      const entry = this.#entriesById.get(id);
      if (entry === undefined) return [];
      const { key, question, note } = entry;
      return [{ key, similarity, read: () => this.#reader.open(question.text, note) }];
    });
  }

  /** Stops background work. */
  close(): void {
    this.#isClosed = true;
    for (const vectors of this.#partitions.values()) vectors.close();
  }
}
