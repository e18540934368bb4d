import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withLockedJournal } from '../../../src/bench/live/journal-lock.js';

/** A pid that no process has. */
const ENDED = '2147483647';

let folder: string;
let out: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'suffice-writer-'));
  out = path.join(folder, 'outcomes.jsonl');
  lock = `${out}.journal.lock`;
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = () => withLockedJournal(out, () => Promise.resolve(existsSync(lock)));

test('a run takes over the lock of a process that has ended, and removes it afterwards', async () => {
  writeFileSync(lock, ENDED);

  await expect(run()).resolves.toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['has created the lock, but not written its pid yet', '', null],
  ['is taking over a stale lock at the same time', ENDED, ''],
])('a run fails at once when another one %s', async (_, held, takeover) => {
  writeFileSync(lock, held);
  if (takeover !== null) writeFileSync(`${lock}.takeover`, takeover);

  await expect(run()).rejects.toThrow(/another run.* is writing .*outcomes\.jsonl/u);
  expect(existsSync(lock)).toBe(true);
});
