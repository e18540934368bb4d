import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { DataError } from '../../outcomes/jsonl.js';

const lockSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/u));

/** Hashes of files fetched earlier, by address, so that a changed file is noticed. */
export class FetchLock {
  readonly #file: string;
  readonly #hashes: Map<string, string>;

  private constructor(file: string, hashes: Map<string, string>) {
    this.#file = file;
    this.#hashes = hashes;
  }

  /** Opens a lock file; a missing one is empty. @throws {DataError} the file is not a lock file */
  static async open(file: string): Promise<FetchLock> {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new FetchLock(file, new Map());
      throw error;
    }
    const parsed = lockSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new DataError(`${file}: not a record of hashes; remove it to start over`);
    }
    return new FetchLock(file, new Map(Object.entries(parsed.data)));
  }

  /** The recorded hash of an address; `null` if it was never fetched. */
  hashOf(address: string): string | null {
    return this.#hashes.get(address) ?? null;
  }

  /** Records a hash and writes it to disk at once. */
  async record(address: string, sha256: string): Promise<void> {
    this.#hashes.set(address, sha256);
    const entries = [...this.#hashes].sort(([a], [b]) => (a < b ? -1 : 1));
    await writeFile(this.#file, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema rejects `null`, so invalid JSON gets the same message as a wrong structure.
    return null;
  }
}
