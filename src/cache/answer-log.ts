import path from 'node:path';
import type { Clock } from '../core/clock.js';
import { AnswerFile } from './answer-file.js';
import type { AnswerChange } from './answer-record.js';
import type { AnswerStoreListener, AnswerStore } from './answer-store.js';
import { hasPayload, type LoadedAnswer, type CachedAnswer } from './cached-answer.js';
import type { LearnedRecord, LearnedRecordSource } from './learned-records.js';

/** Where and how often answers are saved. */
export interface AnswerLogOptions {
  readonly folder: string;
  readonly saveEveryMs: number;
  readonly clock: Clock;
  /** Called when the state changes, not on every failure. */
  readonly onProblem: (problem: AnswerLogProblem) => void;
}

/** A problem with the file. The cache works in spite of it. */
export type AnswerLogProblem =
  | { readonly kind: 'damaged'; readonly records: number }
  | { readonly kind: 'unknown_version' }
  /** Another process has written to the file, or somebody has removed it. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'unwritable'; readonly error: unknown }
  | { readonly kind: 'writable_again' };

/** The file is rewritten when it is longer than this many times its live content, plus `SHORT_BYTES`. */
const SLACK = 2;
const SHORT_BYTES = 4 * 1024 * 1024;
/** After each failure in a row the interval doubles, up to this. */
const MAX_INTERVAL_MS = 300_000;

/**
 * Persists a store's answers: an append-only file of changes, which is rewritten now and then.
 *
 * If the process is killed, at most the changes since the last save are lost. Every record has a checksum over
 * all of it, including its key, so nothing is read that was not written. A folder belongs to one process.
 */
export class AnswerLog implements AnswerStoreListener {
  readonly #options: AnswerLogOptions;
  readonly #store: AnswerStore;
  readonly #file: AnswerFile;
  /** Changes since the last save; `null` for a removed key. */
  #pending = new Map<string, LoadedAnswer | null>();
  /** What was read from the file, until a live source replaces it. */
  #learnt: LearnedRecordSource = fixedSource([]);
  /** The file may still contain purged answers. */
  #isPurgeDue = false;
  /** The file must not be appended to. */
  #mustRewrite = false;
  #problem: unknown = null;
  #isForeign = false;
  #failures = 0;
  #saving: Promise<void> = Promise.resolve();
  #cancelTimer: () => void = () => undefined;

  private constructor(options: AnswerLogOptions, store: AnswerStore) {
    this.#options = options;
    this.#store = store;
    this.#file = new AnswerFile(path.join(options.folder, 'answers.log'));
  }

  /**
   * Loads the file into the store, and records changes from then on. If nothing can be written, that is reported
   * like a failure to save, and the cache works in memory.
   */
  static async open(options: AnswerLogOptions, store: AnswerStore): Promise<AnswerLog> {
    const log = new AnswerLog(options, store);
    try {
      await log.#file.prepare();
    } catch (error) {
      log.#report(error);
    }
    await log.#load();
    store.addListener(log);
    log.#schedule();
    return log;
  }

  /** Path of the file; absolute if the folder is. */
  get file(): string {
    return this.#file.path;
  }

  /** Learnt error rates, possibly of another verifier. */
  get learnt(): Iterable<LearnedRecord> {
    return this.#learnt.all();
  }

  /** Why nothing can be saved; `null` if it can. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Sets the source of the learnt error rates that are saved from now on. */
  setLearnedSource(source: LearnedRecordSource): void {
    this.#learnt = source;
  }

  onStored(answer: CachedAnswer): void {
    // An answer without its text was stored by another process, and is saved once it is fetched.
    if (hasPayload(answer)) this.#pending.set(answer.key, answer);
  }

  onTagged(answer: CachedAnswer): void {
    this.onStored(answer);
  }

  onFetched(answer: LoadedAnswer): void {
    this.onStored(answer);
  }

  onRemoved(key: string): void {
    this.#pending.set(key, null);
  }

  onPurged(): void {
    this.#isPurgeDue = true;
  }

  /** Resolves once all changes up to now are in the file, and purged answers are not; rejects if it cannot be written. */
  save(): Promise<void> {
    const saving = this.#saving.then(() => this.#save());
    // Saves run one after another; a failure must not stop the next one.
    this.#saving = saving.catch(() => undefined);
    return saving;
  }

  /** Saves a last time. What cannot be saved is lost, and reported. */
  async close(): Promise<void> {
    this.#cancelTimer();
    await this.save().catch(() => undefined);
    await this.closeWithoutSaving();
  }

  /** Closes without saving. */
  async closeWithoutSaving(): Promise<void> {
    this.#cancelTimer();
    await this.#saving;
    await this.#file.close();
  }

  #schedule(): void {
    const { clock, saveEveryMs } = this.#options;
    // After a failure the whole file is rewritten, which is too much to try every few seconds.
    const maxMs = Math.max(saveEveryMs, MAX_INTERVAL_MS);
    const intervalMs = Math.min(saveEveryMs * 2 ** this.#failures, maxMs);
    this.#cancelTimer = clock.after(intervalMs, () => {
      // Failures have been reported; the next save tries again.
      void this.save().catch(() => undefined);
      this.#schedule();
    });
  }

  async #save(): Promise<void> {
    const learnt = [...this.#learnt.changes()];
    this.#mustRewrite ||= this.#isPurgeDue && this.#hasDead();
    this.#isPurgeDue = false;
    if (this.#pending.size === 0 && learnt.length === 0 && !this.#mustRewrite) return;
    const changes = this.#pending;
    this.#pending = new Map();
    try {
      if (!this.#mustRewrite) this.#mustRewrite = await this.#wasTouched();
      const isLong = this.#file.bytes > SHORT_BYTES + SLACK * this.#store.bytes;
      if (this.#mustRewrite || isLong || !this.#file.isOpen) await this.#rewrite();
      else await this.#file.append(changesIn(changes, learnt));
      this.#failures = 0;
      this.#report(null);
    } catch (error) {
      // It is unknown how much was written, so the file is rewritten as soon as possible.
      this.#mustRewrite = true;
      this.#failures += 1;
      this.#report(error);
      throw error;
    }
  }

  async #wasTouched(): Promise<boolean> {
    if (!(await this.#file.wasModifiedByOthers())) return false;
    if (!this.#isForeign) this.#options.onProblem({ kind: 'taken' });
    this.#isForeign = true;
    return true;
  }

  /** Whether the file contains answers that are no longer in the store. */
  #hasDead(): boolean {
    const unwritten = [...this.#pending.values()].filter((answer) => answer !== null).length;
    return this.#file.answers + unwritten > [...this.#store.values()].filter(hasPayload).length;
  }

  /** Rewrites the file from the store. */
  async #rewrite(): Promise<void> {
    const loaded = [...this.#store.values()].filter(hasPayload);
    const answers = new Map(loaded.map((answer) => [answer.key, answer]));
    // Learnt records come last: they refer to answers that must be read first.
    await this.#file.replace(changesIn(answers, [...this.#learnt.all()]));
    this.#mustRewrite = false;
  }

  async #load(): Promise<void> {
    const read = await this.#file.read((error) => {
      this.#report(error);
    });
    if (read === null) {
      this.#mustRewrite = true;
      return;
    }
    const { answers, learnt, damagedPlaces, isCurrentVersion } = read;
    if (!isCurrentVersion) this.#options.onProblem({ kind: 'unknown_version' });
    if (damagedPlaces > 0) this.#options.onProblem({ kind: 'damaged', records: damagedPlaces });
    // Invalid bytes after the last record must not end up between records.
    this.#mustRewrite = !this.#file.isOpen || !isCurrentVersion || damagedPlaces > 0;
    for (const answer of answers.values()) this.#store.restore(answer);
    this.#learnt = fixedSource(learnt);
  }

  #report(error: unknown): void {
    const [hadProblem, hasProblem] = [this.#problem !== null, error !== null];
    this.#problem = error;
    if (hasProblem === hadProblem) return;
    this.#options.onProblem(
      hasProblem ? { kind: 'unwritable', error } : { kind: 'writable_again' },
    );
  }
}

/** A source that never changes. */
function fixedSource(learnt: readonly LearnedRecord[]): LearnedRecordSource {
  return { all: () => learnt, changes: () => [] };
}

function* changesIn(
  changes: ReadonlyMap<string, LoadedAnswer | null>,
  learnt: readonly LearnedRecord[],
): Generator<AnswerChange> {
  for (const [key, answer] of changes) {
    yield answer === null ? { kind: 'gone', key } : { kind: 'kept', answer };
  }
  for (const one of learnt) yield { kind: 'learnt', learnt: one };
}
