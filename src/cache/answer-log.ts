import path from 'node:path';
import type { Clock } from '../core/clock.js';
import { AnswerFile } from './answer-file.js';
import type { AnswerChange } from './answer-record.js';
import type { AnswerJournal, AnswerStore } from './answer-store.js';
import { isHeld, type HeldAnswer, type KeptAnswer } from './kept-answer.js';
import type { Learnt, LearntSource } from './learnt.js';

/** Where and how often answers are written down. */
export interface AnswerLogOptions {
  readonly folder: string;
  readonly saveEveryMs: number;
  readonly clock: Clock;
  /** Something is not as it should be; told when that changes, not every time. */
  readonly onTrouble: (trouble: LogTrouble) => void;
}

/** What can be wrong with the file. None of it keeps the cache from working. */
export type LogTrouble =
  | { readonly kind: 'damaged'; readonly records: number }
  | { readonly kind: 'unknown_version' }
  /** The file is not as it was left: another process writes to it, or somebody has removed it. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'unwritable'; readonly error: unknown }
  | { readonly kind: 'writable_again' };

/** A file is written anew when it is so many times longer than what is alive in it, and not short. */
const SLACK = 2;
const SHORT_BYTES = 4 * 1024 * 1024;
/** After a failure the next saving waits twice as long as before it, up to this. */
const LONGEST_REST_MS = 300_000;

/**
 * Has a store's answers outlast the process: a file to which changes are appended.
 *
 * Killed at any moment, at most the changes since the last saving are lost. Every record carries a
 * checksum over all of it, key included, so that what is read is what was written, or is not read.
 * One process a folder.
 */
export class AnswerLog implements AnswerJournal {
  readonly #options: AnswerLogOptions;
  readonly #store: AnswerStore;
  readonly #file: AnswerFile;
  /** What changed since the last saving; `null` for a key that is gone. */
  #pending = new Map<string, HeldAnswer | null>();
  /** What the file had to say, until somebody has learnt it who goes on learning. */
  #learnt: LearntSource = asRead([]);
  /** What was purged may still stand in the file. */
  #isPurgeDue = false;
  /** What is in the file is not to be built upon. */
  #mustRewrite = false;
  #trouble: unknown = null;
  #isTaken = false;
  #failures = 0;
  #saving: Promise<void> = Promise.resolve();
  #forgetTimer: () => void = () => undefined;

  private constructor(options: AnswerLogOptions, store: AnswerStore) {
    this.#options = options;
    this.#store = store;
    this.#file = new AnswerFile(path.join(options.folder, 'answers.log'));
  }

  /**
   * Reads what there is into the store, and notes what changes from then on. Where nothing can be written
   * that is told like a failure to save: the cache goes on in memory.
   */
  static async open(options: AnswerLogOptions, store: AnswerStore): Promise<AnswerLog> {
    const log = new AnswerLog(options, store);
    try {
      await log.#file.makeRoom();
    } catch (error) {
      log.#tell(error);
    }
    await log.#load();
    store.noteIn(log);
    log.#schedule();
    return log;
  }

  /** Where answers are written; an absolute path if the folder is one. */
  get file(): string {
    return this.#file.path;
  }

  /** What was learnt of errors, by whoever judged then. */
  get learnt(): Iterable<Learnt> {
    return this.#learnt.all();
  }

  /** Why nothing can be saved; `null` while it can. */
  get trouble(): unknown {
    return this.#trouble;
  }

  /** From now on this is what is saved of what was learnt. */
  learnFrom(source: LearntSource): void {
    this.#learnt = source;
  }

  kept(answer: KeptAnswer): void {
    // What is elsewhere is kept there.
    if (isHeld(answer)) this.#pending.set(answer.key, answer);
  }

  tagged(answer: KeptAnswer): void {
    this.kept(answer);
  }

  gone(key: string): void {
    this.#pending.set(key, null);
  }

  purged(): void {
    this.#isPurgeDue = true;
  }

  /** Resolves once everything up to now is in the file, and nothing that was purged; rejects if it cannot be written. */
  save(): Promise<void> {
    const saving = this.#saving.then(() => this.#save());
    // One after another; that one fails must not stop the next.
    this.#saving = saving.catch(() => undefined);
    return saving;
  }

  /** Saves for the last time; what cannot be saved is lost, and said to be. */
  async close(): Promise<void> {
    this.#forgetTimer();
    await this.save().catch(() => undefined);
    await this.letGo();
  }

  /** Ends without saving. */
  async letGo(): Promise<void> {
    this.#forgetTimer();
    await this.#saving;
    await this.#file.close();
  }

  #schedule(): void {
    const { clock, saveEveryMs } = this.#options;
    // To write all of it is a lot to try in vain every few seconds.
    const longestMs = Math.max(saveEveryMs, LONGEST_REST_MS);
    const restMs = Math.min(saveEveryMs * 2 ** this.#failures, longestMs);
    this.#forgetTimer = clock.after(restMs, () => {
      // Failures have been told; the next saving tries again.
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
      this.#tell(null);
    } catch (error) {
      // How much of it was written nobody knows, so the file is made anew as soon as that works.
      this.#mustRewrite = true;
      this.#failures += 1;
      this.#tell(error);
      throw error;
    }
  }

  async #wasTouched(): Promise<boolean> {
    if (!(await this.#file.wasTouched())) return false;
    if (!this.#isTaken) this.#options.onTrouble({ kind: 'taken' });
    this.#isTaken = true;
    return true;
  }

  /** Whether there are answers in the file that are not in the store any more. */
  #hasDead(): boolean {
    const unwritten = [...this.#pending.values()].filter((answer) => answer !== null).length;
    return this.#file.answers + unwritten > [...this.#store.values()].filter(isHeld).length;
  }

  /** Makes the file anew of all that is alive. */
  async #rewrite(): Promise<void> {
    const held = [...this.#store.values()].filter(isHeld);
    const alive = new Map(held.map((answer) => [answer.key, answer]));
    // What was learnt comes last: it is of the answers that stand before it.
    await this.#file.replace(changesIn(alive, [...this.#learnt.all()]));
    this.#mustRewrite = false;
  }

  async #load(): Promise<void> {
    const read = await this.#file.read((error) => {
      this.#tell(error);
    });
    if (read === null) {
      this.#mustRewrite = true;
      return;
    }
    const { answers, learnt, damaged, isOurs } = read;
    if (!isOurs) this.#options.onTrouble({ kind: 'unknown_version' });
    if (damaged > 0) this.#options.onTrouble({ kind: 'damaged', records: damaged });
    // What is behind the last record must not come after what is written next.
    this.#mustRewrite = !this.#file.isOpen || !isOurs || damaged > 0;
    for (const answer of answers.values()) this.#store.restore(answer);
    this.#learnt = asRead(learnt);
  }

  #tell(error: unknown): void {
    const [wasTroubled, isTroubled] = [this.#trouble !== null, error !== null];
    this.#trouble = error;
    if (isTroubled === wasTroubled) return;
    this.#options.onTrouble(
      isTroubled ? { kind: 'unwritable', error } : { kind: 'writable_again' },
    );
  }
}

/** Nobody learns: what was read is all there is. */
function asRead(learnt: readonly Learnt[]): LearntSource {
  return { all: () => learnt, changes: () => [] };
}

function* changesIn(
  changes: ReadonlyMap<string, HeldAnswer | null>,
  learnt: readonly Learnt[],
): Generator<AnswerChange> {
  for (const [key, answer] of changes) {
    yield answer === null ? { kind: 'gone', key } : { kind: 'kept', answer };
  }
  for (const one of learnt) yield { kind: 'learnt', learnt: one };
}
