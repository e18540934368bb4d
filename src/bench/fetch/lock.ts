import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { DataError } from '../../outcomes/jsonl.js';

const lockSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/u));

/** Hashes of what was fetched before, by address, so that a change of it is noticed. */
export class FetchLock {
  readonly #file: string;
  readonly #hashes: Map<string, string>;

  private constructor(file: string, hashes: Map<string, string>) {
    this.#file = file;
    this.#hashes = hashes;
  }

  /** @throws {DataError} a lock file that cannot be read as one; none at all is an empty one */
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
      throw new DataError(`${file}: not a record of hashes; remove it to begin anew`);
    }
    return new FetchLock(file, new Map(Object.entries(parsed.data)));
  }

  /** The hash that an address had; `null` if it was never fetched. */
  hashOf(address: string): string | null {
    return this.#hashes.get(address) ?? null;
  }

  /** Keeps a hash, on disk at once. */
  async keep(address: string, sha256: string): Promise<void> {
    this.#hashes.set(address, sha256);
    const entries = [...this.#hashes].sort(([a], [b]) => (a < b ? -1 : 1));
    await writeFile(this.#file, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is no record of hashes either: the schema says so in one sentence for both.
    return null;
  }
}
