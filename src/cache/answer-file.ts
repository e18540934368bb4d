import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { readAnswers, type AnswerFileContent } from './answer-log-reader.js';
import { encodeChange, FILE_HEADER, type AnswerChange } from './answer-record.js';

const WRITE_BYTES = 1024 * 1024;

/** A file of changes to answers: read once, then appended to or rewritten. Calls must not overlap. */
export class AnswerFile {
  readonly path: string;
  #handle: FileHandle | null = null;
  #bytes = 0;
  /** Unknown for a file that was only read. */
  #answers = Infinity;

  constructor(file: string) {
    this.path = file;
  }

  /** Length up to which it was written or read. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of answers written to it, including removed ones; `Infinity` if unknown. */
  get answers(): number {
    return this.#answers;
  }

  /** Whether it can be appended to. */
  get isOpen(): boolean {
    return this.#handle !== null;
  }

  /** Creates its folder, and removes a temporary file that a killed process has left. */
  async prepare(): Promise<void> {
    await this.#makeFolder();
    await rm(this.#temporaryPath, { force: true });
  }

  /**
   * Reads the file. It stays open if it can be written to.
   *
   * @param onFailed - called with the reason if it cannot be read or written
   * @returns `null` if there is none, or it cannot be read
   */
  async read(onFailed: (error: unknown) => void): Promise<AnswerFileContent | null> {
    const failed = (error: unknown): null => {
      onFailed(error);
      return null;
    };
    const writable = await openIfPresent(this.path, 'r+').catch(failed);
    // A read-only file is still worth reading.
    const handle = writable ?? (await openIfPresent(this.path, 'r').catch(() => null));
    if (handle === null) return null;
    const read = await readAnswers(handle).catch(failed);
    // Otherwise there is a folder in its place, or the disk fails: a later rewrite may still succeed.
    if (read !== null) {
      this.#handle = writable;
      this.#bytes = read.end;
    }
    if (this.#handle === null) await handle.close();
    return read;
  }

  /** Whether others have written to it or removed it: appending would then damage it, or be lost. */
  async wasModifiedByOthers(): Promise<boolean> {
    if (this.#handle === null) return false;
    const [own, current] = [await this.#handle.stat(), await nullIfMissing(stat(this.path))];
    return current?.ino !== own.ino || current.size !== this.#bytes;
  }

  /** Resolves once the changes are on disk; if it rejects, some of them may be. */
  async append(changes: Iterable<AnswerChange>): Promise<void> {
    if (this.#handle === null) throw new Error(`${this.path} is not open`);
    await this.#write(this.#handle, changes);
  }

  /** Writes a new file and renames it over the old one; if it rejects, the old one stays. */
  async replace(changes: Iterable<AnswerChange>): Promise<void> {
    await this.#makeFolder();
    const handle = await open(this.#temporaryPath, 'w', 0o600);
    try {
      [this.#bytes, this.#answers] = [0, 0];
      await handle.write(FILE_HEADER, 0, FILE_HEADER.length, 0);
      this.#bytes = FILE_HEADER.length;
      await this.#write(handle, changes);
      await rename(this.#temporaryPath, this.path);
    } catch (error) {
      await handle.close();
      // On a full disk it would take the space that the next attempt needs.
      await rm(this.#temporaryPath, { force: true }).catch(() => undefined);
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

  get #temporaryPath(): string {
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
      // In batches, so that requests are served in between.
      if (batchBytes >= WRITE_BYTES) await write();
    }
    await write();
    await handle.datasync();
  }
}

function openIfPresent(file: string, flags: 'r' | 'r+'): Promise<FileHandle | null> {
  return nullIfMissing(open(file, flags));
}

/** `null` if there is no such file. */
async function nullIfMissing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
