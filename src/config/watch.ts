import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import type { Clock } from '../core/clock.js';

/** How `watchFiles` looks. */
export interface WatchOptions {
  readonly clock: Clock;
  /** Milliseconds between two looks; a change is told after one to two of them. */
  readonly intervalMs?: number;
}

/** A watch that runs until it is closed. */
export interface Watch {
  /**
   * Watches these files from now on: others are let go, and those that were watched go on as they were.
   *
   * @returns when the content of new ones is noted: whoever reads them after that misses no change
   */
  follow(files: readonly string[]): Promise<void>;
  /** No call comes after this one. */
  close(): void;
}

const DEFAULT_INTERVAL_MS = 1000;

/**
 * Calls back when the content of files has changed and come to rest.
 *
 * It asks the file system at intervals. `fs.watch` follows the file that a name had at first:
 * after an editor's "write beside, then rename" or the symbolic link that Kubernetes swaps it
 * watches a file nobody will write to again, and on network and container mounts it says nothing
 * at all. A few `stat` calls a second cost less than explaining that.
 *
 * A file may be absent at first, vanish and come back. Vanishing is a change; vanishing and
 * coming back with the same content between two looks is none, nor is a mere `touch`.
 *
 * @param files - without repeats; what counts as unchanged is their content now, so watch before reading them
 * @param onChange - gets the files that changed, together when they changed together; must not throw
 */
export function watchFiles(
  files: readonly string[],
  onChange: (changed: readonly string[]) => void,
  { clock, intervalMs = DEFAULT_INTERVAL_MS }: WatchOptions,
): Watch {
  let watched = files.map((file) => new WatchedFile(file));
  let closed = false;
  let forget = (): void => undefined;
  const look = async (): Promise<void> => {
    const all = watched;
    const looks = await Promise.all(all.map((file) => file.look()));
    // While one file still moves the others wait, so that an edit of two files is one change.
    if (looks.includes('at rest') && !looks.includes('moving')) {
      const changed = await Promise.all(all.map((file) => file.settle()));
      const names = all.filter((_file, i) => changed[i] === true).map(({ name }) => name);
      if (!isClosed() && names.length > 0) onChange(names);
    }
    if (!isClosed()) forget = clock.after(intervalMs, () => void look());
  };
  const isClosed = (): boolean => closed;
  void look();
  return {
    follow: async (next) => {
      const known = new Map(watched.map((file) => [file.name, file]));
      const followed = next.map((name) => known.get(name) ?? new WatchedFile(name));
      await Promise.all(followed.filter(({ name }) => !known.has(name)).map((file) => file.look()));
      watched = followed;
    },
    close: () => {
      closed = true;
      forget();
    },
  };
}

class WatchedFile {
  readonly name: string;
  #stamp: string | null = null;
  /** The stamp whose content is known. */
  #settledStamp: string | null = null;
  #content: string | null = null;

  constructor(name: string) {
    this.name = name;
  }

  /** Whether the file has changed since it was last settled, and since the last look. */
  async look(): Promise<'unchanged' | 'moving' | 'at rest'> {
    const stamp = await stampOf(this.name);
    const isFirst = this.#stamp === null;
    const moved = stamp !== this.#stamp;
    this.#stamp = stamp;
    if (isFirst) {
      this.#settledStamp = stamp;
      this.#content = await contentOf(this.name);
      return 'unchanged';
    }
    if (stamp === this.#settledStamp) return 'unchanged';
    return moved ? 'moving' : 'at rest';
  }

  /** @returns whether the content differs from what it was when last settled */
  async settle(): Promise<boolean> {
    if (this.#stamp === this.#settledStamp) return false;
    const content = await contentOf(this.name);
    const changed = content !== this.#content;
    this.#content = content;
    this.#settledStamp = this.#stamp;
    return changed;
  }
}

/** Changes whenever the content may have: another file under the name, a write, a new size. */
async function stampOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return absence(error);
  }
}

async function contentOf(file: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch (error) {
    return absence(error);
  }
}

/** A file that is not there, or not to be read, is in a state like any other. */
function absence(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
