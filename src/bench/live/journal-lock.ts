import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { errorCodeOf } from '../../core/errors.js';
import { DataError } from '../../outcomes/jsonl.js';
import { Journal } from './journal.js';

/**
 * Opens the journal of an outcomes file for `work`, locked against other processes: two runs into one file would pay
 * for every answer twice, each with a budget of its own.
 *
 * @throws {DataError} before anything is spent: another run holds the lock, or the outcomes file exists without a journal
 */
export async function withLockedJournal<T>(
  out: string,
  work: (journal: Journal) => Promise<T>,
): Promise<T> {
  const file = `${out}.journal`;
  assertReplaceable(out, file);
  const lock = `${file}.lock`;
  acquireLock(lock, out);
  try {
    return await work(new Journal(file));
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The file is overwritten at the end, so it must be empty or from an earlier run. */
function assertReplaceable(out: string, journal: string): void {
  const there = statSync(out, { throwIfNoEntry: false });
  if (there === undefined || (there.isFile() && there.size === 0)) return;
  if (there.isDirectory()) throw new DataError(`${out} is a folder: name a file with --out`);
  if (there.isFile() && statSync(journal, { throwIfNoEntry: false }) === undefined) {
    throw new DataError(
      `${out} exists, but not from an earlier run (${journal} is missing): remove it, or name another file with --out`,
    );
  }
}

/** @param lock - contains the process ID of its holder, so that a lock left by a process that has ended can be removed */
function acquireLock(lock: string, out: string): void {
  if (createExclusively(lock)) return;
  assertStale(lock, out);
  // Only one of several processes that find a stale lock may replace it: the others would remove each other's.
  const takeover = `${lock}.takeover`;
  if (!createExclusively(takeover)) throw lockedError(out, takeover);
  try {
    assertStale(lock, out);
    rmSync(lock, { force: true });
    if (!createExclusively(lock)) throw lockedError(out, lock);
  } finally {
    rmSync(takeover, { force: true });
  }
}

/** @returns `false` if the file already exists */
function createExclusively(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @throws {DataError} the process that holds the lock is running, or has not written its ID yet */
function assertStale(lock: string, out: string): void {
  const content = contentOf(lock);
  if (content === '') throw lockedError(out, lock);
  const holder = Number(content);
  if (isRunning(holder)) throw lockedError(out, lock, ` (process ${holder})`);
}

/** `null` if the lock has been released in the meantime. */
function contentOf(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8');
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function lockedError(out: string, lock: string, who = ''): DataError {
  return new DataError(
    `another run${who} is writing ${out}: wait until it has ended, or name another file with --out; if no run is active, remove ${lock}`,
  );
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process cannot be signalled, but is running.
    return errorCodeOf(error) === 'EPERM';
  }
}
