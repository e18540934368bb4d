import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { codeOf } from '../../core/errors.js';
import { DataError } from '../../outcomes/jsonl.js';
import { Journal } from './journal.js';

/**
 * Does something with the journal of an outcomes file, which is no other process's meanwhile: two runs into one
 * file would pay for every answer twice, and keep a budget each.
 *
 * @throws {DataError} before anything is spent: another run is at it, or the file is there and of no earlier run
 */
export async function withJournal<T>(
  out: string,
  work: (journal: Journal) => Promise<T>,
): Promise<T> {
  const file = `${out}.journal`;
  refuseForeign(out, file);
  const lock = `${file}.lock`;
  take(lock, out);
  try {
    return await work(new Journal(file));
  } finally {
    rmSync(lock, { force: true });
  }
}

/** What somebody else wrote would be replaced at the end, and a folder cannot be. */
function refuseForeign(out: string, journal: string): void {
  const there = statSync(out, { throwIfNoEntry: false });
  if (there === undefined || (there.isFile() && there.size === 0)) return;
  if (there.isDirectory()) throw new DataError(`${out} is a folder: name a file with --out`);
  if (there.isFile() && statSync(journal, { throwIfNoEntry: false }) === undefined) {
    throw new DataError(
      `${out} is there already, and not of an earlier run (${journal} is missing): remove it, or name another file with --out`,
    );
  }
}

/** @param lock - the number of the process that holds it is in there, so that none is kept by one that has ended */
function take(lock: string, out: string): void {
  if (hasWritten(lock)) return;
  refuseHeld(lock, out);
  // Of several that find it kept by one that has ended, one takes its place: the others would remove each other's.
  const takeover = `${lock}.takeover`;
  if (!hasWritten(takeover)) throw held(out, takeover);
  try {
    refuseHeld(lock, out);
    rmSync(lock, { force: true });
    if (!hasWritten(lock)) throw held(out, lock);
  } finally {
    rmSync(takeover, { force: true });
  }
}

/** @returns whether there was no such file */
function hasWritten(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @throws {DataError} the process that holds the lock is running, or has not said yet which it is */
function refuseHeld(lock: string, out: string): void {
  const said = contentOf(lock);
  if (said === '') throw held(out, lock);
  const holder = Number(said);
  if (isRunning(holder)) throw held(out, lock, ` (process ${holder})`);
}

/** `null` where the lock has been given back meanwhile. */
function contentOf(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function held(out: string, lock: string, who = ''): DataError {
  return new DataError(
    `another run${who} is writing ${out}: wait until it has ended, or name another file with --out; if there is none, remove ${lock}`,
  );
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process cannot be signalled, but runs.
    return codeOf(error) === 'EPERM';
  }
}
