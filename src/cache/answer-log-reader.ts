import type { FileHandle } from 'node:fs/promises';
import { decodeChange, FILE_HEADER, type AnswerChange } from './answer-record.js';
import type { LoadedAnswer } from './cached-answer.js';
import type { LearnedRecord, LearnedClassCounts, LearnedObservations } from './learned-records.js';

const READ_BYTES = 4 * 1024 * 1024;

/** Content of a file of answers. */
export interface AnswerFileContent extends RecordsContent {
  /** Whether the file has this format version. */
  readonly isCurrentVersion: boolean;
}

interface RecordsContent {
  /** By key. */
  readonly answers: ReadonlyMap<string, LoadedAnswer>;
  /** Learnt error rates; those of single answers only for answers in the file. */
  readonly learnt: readonly LearnedRecord[];
  /** Number of damaged places. */
  readonly damagedPlaces: number;
  /** Offset at which the last valid record ends. */
  readonly end: number;
}

/**
 * Reads a file to its end, whatever is in it.
 *
 * Only records with a valid checksum are used. A damaged record in the middle may have been the removal of an
 * earlier answer, so all earlier answers are dropped; at the end of the file it is what a killed process leaves.
 */
export async function readAnswers(handle: FileHandle): Promise<AnswerFileContent> {
  const header = Buffer.alloc(FILE_HEADER.length);
  const { bytesRead } = await handle.read(header, 0, header.length, 0);
  const isCurrentVersion = bytesRead === header.length && header.equals(FILE_HEADER);
  if (!isCurrentVersion)
    return { answers: new Map(), learnt: [], damagedPlaces: 0, end: 0, isCurrentVersion };
  const reading = new Reading();
  let pending: Buffer = Buffer.alloc(0);
  let pendingAt = header.length;
  for (;;) {
    const chunk = Buffer.alloc(READ_BYTES);
    const from = pendingAt + pending.length;
    const { bytesRead: chunkBytes } = await handle.read(chunk, 0, READ_BYTES, from);
    pending = Buffer.concat([pending, chunk.subarray(0, chunkBytes)]);
    const used = reading.take(pending, pendingAt, chunkBytes === 0);
    pending = pending.subarray(used);
    pendingAt += used;
    if (chunkBytes === 0) return { ...reading.result, isCurrentVersion };
  }
}

class Reading {
  readonly #answers = new Map<string, LoadedAnswer>();
  readonly #classes = new Map<string | null, LearnedClassCounts>();
  readonly #sightings = new Map<string, LearnedObservations>();
  #damaged = 0;
  #isDamaged = false;
  #end = FILE_HEADER.length;

  get result(): RecordsContent {
    const learnt = [...this.#classes.values(), ...this.#sightings.values()];
    return { answers: this.#answers, learnt, damagedPlaces: this.#damaged, end: this.#end };
  }

  /**
   * Reads all complete records.
   *
   * @param at - offset of the first byte in the file
   * @param isLast - the file ends after these bytes
   * @returns number of bytes consumed
   */
  take(bytes: Buffer, at: number, isLast: boolean): number {
    let used = 0;
    while (used < bytes.length) {
      const found = decodeChange(bytes, used);
      if (found.kind === 'cut' && !isLast) return used;
      if (found.kind === 'change') {
        this.#change(found.change);
        this.#end = at + found.end;
      } else {
        if (!this.#isDamaged) this.#damaged += 1;
        this.#isDamaged = true;
      }
      // A record that seems cut at the end may have a damaged length, with valid records after it.
      used = found.kind === 'cut' ? used + 1 : found.end;
    }
    return used;
  }

  #change(change: AnswerChange): void {
    // Only answers are dropped: a damaged record cannot have undone the counts per class.
    if (this.#isDamaged) this.#forgetAnswers();
    this.#isDamaged = false;
    switch (change.kind) {
      case 'gone':
        this.#answers.delete(change.key);
        this.#sightings.delete(change.key);
        return;
      case 'kept':
        this.#kept(change.answer);
        return;
      case 'learnt':
        this.#learnt(change.learnt);
    }
  }

  #kept(answer: LoadedAnswer): void {
    const seen = this.#sightings.get(answer.key);
    if (seen?.source !== answer.source) this.#sightings.delete(answer.key);
    this.#answers.set(answer.key, answer);
  }

  #learnt(learnt: LearnedRecord): void {
    if (learnt.kind === 'classes') this.#classes.set(learnt.partition, learnt);
    else this.#sightings.set(learnt.key, learnt);
  }

  #forgetAnswers(): void {
    this.#answers.clear();
    this.#sightings.clear();
  }
}
