import fs from 'node:fs';
import type { Clock } from '../core/clock.js';
import { errorCodeOf } from '../core/errors.js';
import type { ByteOutput } from './buffered-lines.js';

/** The calls of `node:fs` that write to a file descriptor. */
export type FileWrites = Pick<typeof fs, 'writeSync'> & {
  write(
    fd: number,
    bytes: Buffer,
    offset: number,
    length: number,
    position: null,
    done: (error: Error | null, written: number) => void,
  ): void;
};

/** Bytes buffered while nothing can be written; lines beyond that are dropped. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;
/** Retry delay while a pipe is full: its reader needs a moment. */
const FULL_PIPE_RETRY_MS = 100;
/** Retry delay after other errors: a full disk, a closed terminal. */
const FAILED_RETRY_MS = 1_000;
/** How often, and at which interval, an exiting process retries a full pipe. */
const FLUSH_TRIES = 50;
const FLUSH_RETRY_MS = 20;

const LINE_END = 0x0a;

/**
 * Writes to a file descriptor in the background, in order, and never fails: the gateway must not stop
 * because its log cannot be written.
 *
 * After an error it retries until it succeeds. Meanwhile up to 16 MiB are buffered; further lines are
 * dropped, and a log line says how many once writing works again. After `EPIPE` (the reader is gone)
 * everything is dropped.
 */
export class BackgroundOutput implements ByteOutput {
  readonly #fd: number;
  readonly #clock: Pick<Clock, 'after' | 'wallMs'>;
  readonly #files: FileWrites;
  /** The first is the one being written or retried. */
  #waiting: Buffer[] = [];
  #bytes = 0;
  #droppedLines = 0;
  /** `waiting`: for the next retry. */
  #state: 'idle' | 'writing' | 'waiting' | 'closed' = 'idle';

  constructor(fd: number, clock: Pick<Clock, 'after' | 'wallMs'>, files: FileWrites = fs) {
    this.#fd = fd;
    this.#clock = clock;
    this.#files = files;
  }

  write(bytes: Buffer): void {
    if (this.#state === 'closed') return;
    if (this.#bytes + bytes.length > MAX_BUFFERED_BYTES) {
      this.#droppedLines += linesIn(bytes);
      return;
    }
    this.#push(bytes);
    if (this.#state === 'idle') this.#writeNext();
  }

  /**
   * Writes everything buffered before it returns, as far as possible: it waits up to a second for a full
   * pipe, and not at all after other errors. A write in progress is left alone.
   */
  flushSync(): void {
    const underWay = this.#state === 'writing' ? 1 : 0;
    const rest = Buffer.concat(this.#waiting.slice(underWay));
    const written = this.#writtenSync(rest);
    this.#waiting.length = underWay;
    this.#bytes -= rest.length;
    if (written < rest.length) this.#push(rest.subarray(written));
  }

  #push(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
  }

  readonly #writeNext = (): void => {
    if (this.#waiting.length === 0) this.#reportDropped();
    const [next] = this.#waiting;
    this.#state = next === undefined ? 'idle' : 'writing';
    if (next !== undefined) {
      this.#files.write(this.#fd, next, 0, next.length, null, this.#onWritten);
    }
  };

  readonly #onWritten = (error: Error | null, written: number): void => {
    if (error !== null) {
      this.#onError(errorCodeOf(error));
      return;
    }
    const [first] = this.#waiting;
    this.#bytes -= written;
    // A disk that fills up may write only a part.
    if (first !== undefined && written < first.length) this.#waiting[0] = first.subarray(written);
    else this.#waiting.shift();
    this.#writeNext();
  };

  #onError(code: string): void {
    if (code === 'EPIPE') {
      this.#state = 'closed';
      this.#waiting = [];
      this.#bytes = 0;
      return;
    }
    this.#state = 'waiting';
    const retryMs = isBusy(code) ? FULL_PIPE_RETRY_MS : FAILED_RETRY_MS;
    this.#clock.after(retryMs, this.#writeNext);
  }

  #reportDropped(): void {
    const lines = this.#droppedLines;
    if (lines === 0) return;
    this.#droppedLines = 0;
    const time = new Date(this.#clock.wallMs()).toISOString();
    const msg = 'log lines were dropped because they could not be written';
    this.#push(Buffer.from(`${JSON.stringify({ level: 'warn', time, lines, msg })}\n`));
  }

  #writtenSync(bytes: Buffer): number {
    let written = 0;
    let tries = 0;
    while (written < bytes.length) {
      try {
        written += this.#files.writeSync(this.#fd, bytes.subarray(written));
      } catch (error) {
        tries += 1;
        if (!isBusy(errorCodeOf(error)) || tries === FLUSH_TRIES) break;
        pause(FLUSH_RETRY_MS);
      }
    }
    return written;
  }
}

function isBusy(code: string): boolean {
  return code === 'EAGAIN' || code === 'EBUSY';
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) lines += 1;
  return lines;
}

/** Blocks the process. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
