import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withLockedJournal } from '../../../src/bench/live/journal-lock.js';

/** No process has such a number. */
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

test('a run takes the place of one that has ended, and leaves nothing behind', async () => {
  writeFileSync(lock, ENDED);

  await expect(run()).resolves.toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['has just begun, and not said yet who it is', '', null],
  ['takes the place of one that has ended at the same moment', ENDED, ''],
])('a run waits for no other that %s', async (_, held, takeover) => {
  writeFileSync(lock, held);
  if (takeover !== null) writeFileSync(`${lock}.takeover`, takeover);

  await expect(run()).rejects.toThrow(/another run.* is writing .*outcomes\.jsonl/u);
  expect(existsSync(lock)).toBe(true);
});
