import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../core/clock.js';
import { readAnswers } from './answer-log-reader.js';
import { encodeChange, FILE_HEADER, type AnswerChange } from './answer-record.js';
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

const WRITE_BYTES = 1024 * 1024;
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
  readonly file: string;
  readonly #options: AnswerLogOptions;
  readonly #store: AnswerStore;
  /** What changed since the last saving; `null` for a key that is gone. */
  #pending = new Map<string, HeldAnswer | null>();
  /** What the file had to say, until somebody has learnt it who goes on learning. */
  #learnt: LearntSource = asRead([]);
  #handle: FileHandle | null = null;
  #bytes = 0;
  /** Answers that were written to the file, dead or alive; not known of one that was only read. */
  #written = Infinity;
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
    this.file = path.join(options.folder, 'answers.log');
  }

  /**
   * Reads what there is into the store, and notes what changes from then on. Where nothing can be written
   * that is told like a failure to save: the cache goes on in memory.
   */
  static async open(options: AnswerLogOptions, store: AnswerStore): Promise<AnswerLog> {
    const log = new AnswerLog(options, store);
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      await rm(log.#beside, { force: true });
    } catch (error) {
      log.#tell(error);
    }
    await log.#load();
    store.noteIn(log);
    log.#schedule();
    return log;
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
    await this.#handle?.close();
    this.#handle = null;
  }

  get #beside(): string {
    return `${this.file}.tmp`;
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
      const isLong = this.#bytes > SHORT_BYTES + SLACK * this.#store.bytes;
      if (this.#mustRewrite || isLong || this.#handle === null) await this.#rewrite();
      else await this.#append(this.#handle, changesIn(changes, learnt));
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

  /** Whether others have written to the file, or removed it: what is appended then would be lost, or would damage it. */
  async #wasTouched(): Promise<boolean> {
    if (this.#handle === null) return false;
    const [own, there] = [await this.#handle.stat(), await ifThere(stat(this.file))];
    if (there?.ino === own.ino && there.size === this.#bytes) return false;
    if (!this.#isTaken) this.#options.onTrouble({ kind: 'taken' });
    this.#isTaken = true;
    return true;
  }

  /** Whether there are answers in the file that are not in the store any more. */
  #hasDead(): boolean {
    const unwritten = [...this.#pending.values()].filter((answer) => answer !== null).length;
    return this.#written + unwritten > [...this.#store.values()].filter(isHeld).length;
  }

  /** Writes all that is alive into a new file, and puts that in the place of the old one. */
  async #rewrite(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    const handle = await open(this.#beside, 'w', 0o600);
    try {
      [this.#bytes, this.#written] = [0, 0];
      await handle.write(FILE_HEADER, 0, FILE_HEADER.length, 0);
      this.#bytes = FILE_HEADER.length;
      const held = [...this.#store.values()].filter(isHeld);
      const alive = new Map(held.map((answer) => [answer.key, answer]));
      // What was learnt comes last: it is of the answers that stand before it.
      await this.#append(handle, changesIn(alive, [...this.#learnt.all()]));
      await rename(this.#beside, this.file);
    } catch (error) {
      await handle.close();
      // On a full disk it would take the room that is waited for.
      await rm(this.#beside, { force: true }).catch(() => undefined);
      throw error;
    }
    const previous = this.#handle;
    this.#handle = handle;
    this.#mustRewrite = false;
    await previous?.close();
  }

  async #append(handle: FileHandle, changes: Iterable<AnswerChange>): Promise<void> {
    let batch: Buffer[] = [];
    let batchBytes = 0;
    const write = async (): Promise<void> => {
      const bytes = Buffer.concat(batch);
      batch = [];
      batchBytes = 0;
      let written = 0;
      while (written < bytes.length) {
        const left = bytes.length - written;
        const { bytesWritten } = await handle.write(bytes, written, left, this.#bytes);
        written += bytesWritten;
        this.#bytes += bytesWritten;
      }
    };
    for (const change of changes) {
      const record = encodeChange(change);
      if (change.kind === 'kept') this.#written += 1;
      batch.push(record);
      batchBytes += record.length;
      // In pieces, so that requests are served in between.
      if (batchBytes >= WRITE_BYTES) await write();
    }
    await write();
    await handle.datasync();
  }

  async #load(): Promise<void> {
    const own = await openIfThere(this.file, 'r+').catch((error: unknown) => {
      this.#tell(error);
      return null;
    });
    // What can be read only is still worth reading.
    const handle = own ?? (await openIfThere(this.file, 'r').catch(() => null));
    if (handle === null) {
      this.#mustRewrite = true;
      return;
    }
    const read = await readAnswers(handle).catch((error: unknown) => {
      this.#tell(error);
      return null;
    });
    if (read === null) {
      // A folder in its place, or a disk that fails: what is kept from now on may find room yet.
      this.#mustRewrite = true;
      await handle.close();
      return;
    }
    this.#handle = own;
    const { answers, learnt, damaged, end, isOurs } = read;
    this.#bytes = end;
    if (!isOurs) this.#options.onTrouble({ kind: 'unknown_version' });
    if (damaged > 0) this.#options.onTrouble({ kind: 'damaged', records: damaged });
    // What is behind the last record must not come after what is written next.
    this.#mustRewrite = own === null || !isOurs || damaged > 0;
    if (own === null) await handle.close();
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

function openIfThere(file: string, flags: 'r' | 'r+'): Promise<FileHandle | null> {
  return ifThere(open(file, flags));
}

/** `null` where there is no such file. */
async function ifThere<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
