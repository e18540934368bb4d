import type { FileHandle } from 'node:fs/promises';
import { decodeChange, FILE_HEADER, type AnswerChange } from './answer-record.js';
import type { HeldAnswer } from './kept-answer.js';
import type { Learnt, LearntClasses, LearntSightings } from './learnt.js';

const READ_BYTES = 4 * 1024 * 1024;

/** What a file of answers holds. */
export interface AnswersRead {
  /** By key. */
  readonly answers: ReadonlyMap<string, HeldAnswer>;
  /** What was learnt, of answers that are there only. */
  readonly learnt: readonly Learnt[];
  /** Places at which something stands that was not written so. */
  readonly damaged: number;
  /** Where the last record ends. */
  readonly end: number;
  /** The file is one of this version. */
  readonly isOurs: boolean;
}

/**
 * Reads a file to its end, whatever is in it.
 *
 * Nothing is returned that was not written as it stands. Where something in the middle is damaged, it
 * may have said that an earlier answer is gone, so that none of the earlier ones is returned; at the
 * end of a file it is what a killed process leaves.
 */
export async function readAnswers(handle: FileHandle): Promise<AnswersRead> {
  const header = Buffer.alloc(FILE_HEADER.length);
  const { bytesRead } = await handle.read(header, 0, header.length, 0);
  const isOurs = bytesRead === header.length && header.equals(FILE_HEADER);
  if (!isOurs) return { answers: new Map(), learnt: [], damaged: 0, end: 0, isOurs };
  const reading = new Reading();
  let held: Buffer = Buffer.alloc(0);
  let heldAt = header.length;
  for (;;) {
    const chunk = Buffer.alloc(READ_BYTES);
    const from = heldAt + held.length;
    const { bytesRead: count } = await handle.read(chunk, 0, READ_BYTES, from);
    held = Buffer.concat([held, chunk.subarray(0, count)]);
    const used = reading.take(held, heldAt, count === 0);
    held = held.subarray(used);
    heldAt += used;
    if (count === 0) return { ...reading.result, isOurs };
  }
}

class Reading {
  readonly #answers = new Map<string, HeldAnswer>();
  readonly #classes = new Map<string | null, LearntClasses>();
  readonly #sightings = new Map<string, LearntSightings>();
  #damaged = 0;
  #isDamaged = false;
  #end = FILE_HEADER.length;

  get result(): Omit<AnswersRead, 'isOurs'> {
    const learnt = [...this.#classes.values(), ...this.#sightings.values()];
    return { answers: this.#answers, learnt, damaged: this.#damaged, end: this.#end };
  }

  /**
   * Takes in all records that are complete.
   *
   * @param at - place in the file of the first byte
   * @param isLast - nothing comes after these bytes
   * @returns how many bytes are done with
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
      // Behind what is cut at the end there may be more, if it was its length that was damaged.
      used = found.kind === 'cut' ? used + 1 : found.end;
    }
    return used;
  }

  #change(change: AnswerChange): void {
    // Counts of all that came are not undone by what is not known to have come after them.
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

  #kept(answer: HeldAnswer): void {
    const seen = this.#sightings.get(answer.key);
    if (seen?.source !== answer.source) this.#sightings.delete(answer.key);
    this.#answers.set(answer.key, answer);
  }

  #learnt(learnt: Learnt): void {
    if (learnt.kind === 'classes') this.#classes.set(learnt.partition, learnt);
    else this.#sightings.set(learnt.key, learnt);
  }

  #forgetAnswers(): void {
    this.#answers.clear();
    this.#sightings.clear();
  }
}
