import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import type { Clock } from '../core/clock.js';

/** Options of `watchFiles`. */
export interface WatchOptions {
  readonly clock: Clock;
  /** Milliseconds between two polls; a change is reported after one to two intervals. */
  readonly intervalMs?: number;
}

/** A file watcher, active until it is closed. */
export interface FileWatcher {
  /**
   * Replaces the set of watched files; files that were already watched keep their state.
   *
   * @returns when the content of new files is recorded: changes after that are reported
   */
  setFiles(files: readonly string[]): Promise<void>;
  /** Stops watching; `onChange` is not called any more. */
  close(): void;
}

const DEFAULT_INTERVAL_MS = 1000;

/**
 * Calls back when the content of files has changed and is stable again.
 *
 * It polls with `stat`. `fs.watch` watches an inode: after an editor's write-and-rename, or when Kubernetes
 * swaps a symbolic link, it watches a file that is not written any more, and on network and container mounts
 * it reports nothing.
 *
 * A file may be missing at first, disappear and come back. Disappearing is a change; coming back with the
 * same content between two polls is not, nor is a mere `touch`.
 *
 * @param files - without duplicates; changes are relative to their content now, so watch before reading them
 * @param onChange - gets the changed files, in one call if they changed together; must not throw
 */
export function watchFiles(
  files: readonly string[],
  onChange: (changed: readonly string[]) => void,
  { clock, intervalMs = DEFAULT_INTERVAL_MS }: WatchOptions,
): FileWatcher {
  let watched = files.map((file) => new WatchedFile(file));
  let closed = false;
  let cancelTimer = (): void => undefined;
  const poll = async (): Promise<void> => {
    const all = watched;
    const states = await Promise.all(all.map((file) => file.poll()));
    // While any file is still changing the others wait, so that an edit of two files is one change.
    if (states.includes('changed') && !states.includes('changing')) {
      const changed = await Promise.all(all.map((file) => file.settle()));
      const names = all.filter((_file, i) => changed[i] === true).map(({ name }) => name);
      if (!isClosed() && names.length > 0) onChange(names);
    }
    if (!isClosed()) cancelTimer = clock.after(intervalMs, () => void poll());
  };
  const isClosed = (): boolean => closed;
  void poll();
  return {
    setFiles: async (next) => {
      const known = new Map(watched.map((file) => [file.name, file]));
      const followed = next.map((name) => known.get(name) ?? new WatchedFile(name));
      await Promise.all(followed.filter(({ name }) => !known.has(name)).map((file) => file.poll()));
      watched = followed;
    },
    close: () => {
      closed = true;
      cancelTimer();
    },
  };
}

class WatchedFile {
  readonly name: string;
  #stamp: string | null = null;
  /** The stamp of `#contentHash`. */
  #settledStamp: string | null = null;
  #contentHash: string | null = null;

  constructor(name: string) {
    this.name = name;
  }

  /** `changing` if the stamp differs from the last poll's, `changed` if it only differs from the settled one. */
  async poll(): Promise<'unchanged' | 'changing' | 'changed'> {
    const stamp = await stampOf(this.name);
    const isFirst = this.#stamp === null;
    const hasChanged = stamp !== this.#stamp;
    this.#stamp = stamp;
    if (isFirst) {
      this.#settledStamp = stamp;
      this.#contentHash = await contentHashOf(this.name);
      return 'unchanged';
    }
    if (stamp === this.#settledStamp) return 'unchanged';
    return hasChanged ? 'changing' : 'changed';
  }

  /** Reads the content. @returns whether it differs from the content when last settled */
  async settle(): Promise<boolean> {
    if (this.#stamp === this.#settledStamp) return false;
    const hash = await contentHashOf(this.name);
    const changed = hash !== this.#contentHash;
    this.#contentHash = hash;
    this.#settledStamp = this.#stamp;
    return changed;
  }
}

/** A stamp of the file's metadata, which changes whenever the content may have changed. */
async function stampOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return stateOfUnreadable(error);
  }
}

async function contentHashOf(file: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch (error) {
    return stateOfUnreadable(error);
  }
}

/** A missing or unreadable file has its error code as stamp and content hash. */
function stateOfUnreadable(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
