import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { readAnswers, type AnswersRead } from './answer-log-reader.js';
import { encodeChange, FILE_HEADER, type AnswerChange } from './answer-record.js';

const WRITE_BYTES = 1024 * 1024;

/** A file of changes to answers: read once, then appended to or made anew. One call after another. */
export class AnswerFile {
  readonly path: string;
  #handle: FileHandle | null = null;
  #bytes = 0;
  /** Not known of a file that was only read. */
  #answers = Infinity;

  constructor(file: string) {
    this.path = file;
  }

  /** Up to where it was written or read. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Answers that were written to it, dead or alive; infinite where nobody knows. */
  get answers(): number {
    return this.#answers;
  }

  /** It can be appended to. */
  get isOpen(): boolean {
    return this.#handle !== null;
  }

  /** Makes its folder, and removes what a killed process has left beside it. */
  async makeRoom(): Promise<void> {
    await this.#makeFolder();
    await rm(this.#beside, { force: true });
  }

  /**
   * What it holds; it is open from then on if it can be written to.
   *
   * @param onFailed - told why it cannot be written to, or not be read
   * @returns `null` where there is none, or it cannot be read
   */
  async read(onFailed: (error: unknown) => void): Promise<AnswersRead | null> {
    const failed = (error: unknown): null => {
      onFailed(error);
      return null;
    };
    const own = await openIfThere(this.path, 'r+').catch(failed);
    // What can be read only is still worth reading.
    const handle = own ?? (await openIfThere(this.path, 'r').catch(() => null));
    if (handle === null) return null;
    const read = await readAnswers(handle).catch(failed);
    // Else a folder in its place, or a disk that fails: what is kept from now on may find room yet.
    if (read !== null) {
      this.#handle = own;
      this.#bytes = read.end;
    }
    if (this.#handle === null) await handle.close();
    return read;
  }

  /** Whether others have written to it, or removed it: what is appended then would be lost, or would damage it. */
  async wasTouched(): Promise<boolean> {
    if (this.#handle === null) return false;
    const [own, there] = [await this.#handle.stat(), await ifThere(stat(this.path))];
    return there?.ino !== own.ino || there.size !== this.#bytes;
  }

  /** Resolves once the changes are on the disk; where it rejects, some of them may be. */
  async append(changes: Iterable<AnswerChange>): Promise<void> {
    if (this.#handle === null) throw new Error(`${this.path} is not open`);
    await this.#write(this.#handle, changes);
  }

  /** Writes a new file, and puts that in the place of the old one; where it rejects, the old one stays. */
  async replace(changes: Iterable<AnswerChange>): Promise<void> {
    await this.#makeFolder();
    const handle = await open(this.#beside, 'w', 0o600);
    try {
      [this.#bytes, this.#answers] = [0, 0];
      await handle.write(FILE_HEADER, 0, FILE_HEADER.length, 0);
      this.#bytes = FILE_HEADER.length;
      await this.#write(handle, changes);
      await rename(this.#beside, this.path);
    } catch (error) {
      await handle.close();
      // On a full disk it would take the room that is waited for.
      await rm(this.#beside, { force: true }).catch(() => undefined);
      throw error;
    }
    const previous = this.#handle;
    this.#handle = handle;
    await previous?.close();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  get #beside(): string {
    return `${this.path}.tmp`;
  }

  async #makeFolder(): Promise<void> {
    await mkdir(path.dirname(this.path), { recursive: true, mode: 0o700 });
  }

  async #write(handle: FileHandle, changes: Iterable<AnswerChange>): Promise<void> {
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
      if (change.kind === 'kept') this.#answers += 1;
      batch.push(record);
      batchBytes += record.length;
      // In pieces, so that requests are served in between.
      if (batchBytes >= WRITE_BYTES) await write();
    }
    await write();
    await handle.datasync();
  }
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
