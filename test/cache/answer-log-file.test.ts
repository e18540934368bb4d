import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AnswerLog, type AnswerLogProblem } from '../../src/cache/answer-log.js';
import { AnswerStore } from '../../src/cache/answer-store.js';
import { FakeClock } from '../support/fake-clock.js';
import { keptAnswer } from './kept.js';

let folder: string;
let clock: FakeClock;
let problems: AnswerLogProblem[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-answers-'));
  clock = new FakeClock();
  problems = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const fileIn = () => path.join(folder, 'answers.log');

async function opened(): Promise<{ store: AnswerStore; log: AnswerLog }> {
  const store = new AnswerStore(10_000_000, clock);
  const onProblem = (problem: AnswerLogProblem) => problems.push(problem);
  const log = await AnswerLog.open({ folder, saveEveryMs: 30_000, clock, onProblem }, store);
  return { store, log };
}

const answer = (key: string) =>
  keptAnswer(key, { storedAtMs: clock.wallMs(), expiresAtMs: clock.wallMs() + 3_600_000 });

const keysIn = (store: AnswerStore) => [...store.values()].map(({ key }) => key).sort();

test('reports once that another process writes to its file, and corrupts no record', async () => {
  const [one, other] = [await opened(), await opened()];
  one.store.put(answer('a'));
  await one.log.save();
  other.store.put(answer('b'));
  await other.log.save();

  one.store.put(answer('c'));
  await one.log.save();
  other.store.put(answer('d'));
  await other.log.save();
  await one.log.closeWithoutSaving();
  await other.log.closeWithoutSaving();
  const told = problems.map(({ kind }) => kind);
  const again = await opened();

  expect(told).toEqual(['taken', 'taken']);
  expect(keysIn(again.store)).toEqual(['b', 'd']);
  expect(problems.length).toBe(told.length);
  await again.log.close();
});

test('rewrites its file after it was removed, and reports it', async () => {
  const { store, log } = await opened();
  store.put(answer('a'));
  await log.save();
  await rm(fileIn());
  store.put(answer('b'));
  await log.save();
  await log.close();

  const again = await opened();

  expect(problems).toEqual([{ kind: 'taken' }]);
  expect(keysIn(again.store)).toEqual(['a', 'b']);
  await again.log.close();
});

test('starts with an empty store and reports the reason when its file cannot be read', async () => {
  await mkdir(fileIn());

  const { store, log } = await opened();
  store.put(answer('a'));

  await expect(log.save()).rejects.toThrow();
  expect(problems.map(({ kind }) => kind)).toEqual(['unwritable']);
  await log.close();
});

test('leaves no text of purged answers in the file when others were fetched since', async () => {
  const { store, log } = await opened();
  const { payload, ...head } = answer('fetched');
  store.put(answer('purged'));
  await log.save();
  store.addShared({ ...head, payload: { form: 'elsewhere', bytes: 9 } });
  store.fillPayload({ ...head, payload });

  store.purge({ id: 'dec_purged' });
  await log.save();
  const saved = await readFile(fileIn(), 'utf8');
  await log.close();
  const again = await opened();

  expect(saved).not.toContain('the answer to purged');
  expect(keysIn(again.store)).toEqual(['fetched']);
  await again.log.close();
});

test('only its owner can read the folder and the file', async () => {
  folder = path.join(folder, 'answers');
  const { store, log } = await opened();
  store.put(answer('a'));

  await log.close();

  const modes = await Promise.all([folder, fileIn()].map(async (at) => (await stat(at)).mode));
  expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o600]);
});

test('writes saves that are requested at the same time one after another', async () => {
  const { store, log } = await opened();
  const saves: Promise<void>[] = [];
  for (const key of ['a', 'b', 'c', 'd']) {
    store.put(answer(key));
    saves.push(log.save());
  }
  await Promise.all(saves);
  store.put(answer('e'));
  const late = [log.save()];
  store.put(answer('f'));
  await Promise.all([...late, log.save()]);
  await log.closeWithoutSaving();

  const again = await opened();

  expect(keysIn(again.store)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(problems).toEqual([]);
  await again.log.close();
});

test('does not restore an answer that was dropped, or removed to make room', async () => {
  const first = await opened();
  const keys = ['dropped', 'discarded', 'stays'];
  for (const key of keys) first.store.put(answer(key));
  await first.log.save();
  const { ino } = await stat(fileIn());
  first.store.drop([answer('dropped')]);
  first.store.discard('discarded');
  await first.log.save();
  await first.log.closeWithoutSaving();

  const { store, log } = await opened();

  // The file was appended to, so the removals are read from it.
  expect((await stat(fileIn())).ino).toBe(ino);
  expect(keysIn(store)).toEqual(['stays']);
  await log.close();
});

type Write = (
  this: FileHandle,
  bytes: Buffer,
  at: number,
  length: number,
  position: number,
) => Promise<unknown>;

/** Makes the next write fail after half of its bytes. */
async function breakNextWrite(): Promise<void> {
  const handle = await open(fileIn());
  const prototype = Object.getPrototypeOf(handle) as { write: Write };
  const { write } = prototype;
  prototype.write = async function (bytes, at, length, position) {
    prototype.write = write;
    await write.call(this, bytes, at, length >> 1, position);
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  };
  await handle.close();
}

test('loses nothing when it could append only a part of the changes', async () => {
  const { store, log } = await opened();
  for (const key of ['a', 'removed']) store.put(answer(key));
  await log.save();
  store.put(answer('b'));
  store.drop([answer('removed')]);
  await breakNextWrite();
  await expect(log.save()).rejects.toThrow('no space');
  store.put(answer('c'));
  await log.close();

  const again = await opened();

  expect(keysIn(again.store)).toEqual(['a', 'b', 'c']);
  expect(problems.map(({ kind }) => kind)).toEqual(['unwritable', 'writable_again']);
  await again.log.close();
});

test('finds the records after one whose length is damaged', async () => {
  const first = await opened();
  for (const key of ['a', 'b', 'c']) {
    first.store.put(answer(key));
    await first.log.save();
  }
  await first.log.close();
  const bytes = await readFile(fileIn());
  const lengthAt = bytes.indexOf('SfcR', bytes.indexOf('the answer to a')) + 4;
  bytes.writeUInt32BE(bytes.readUInt32BE(lengthAt) + 1_000_000, lengthAt);
  await writeFile(fileIn(), bytes);

  const { store, log } = await opened();

  expect(keysIn(store)).toEqual(['c']);
  expect(problems).toEqual([{ kind: 'damaged', records: 1 }]);
  await log.close();
});

test('replaces a file that another process has appended to by its own answers, and reports it', async () => {
  const first = await opened();
  first.store.put(answer('a'));
  await first.log.close();
  const [one, other] = [await opened(), await opened()];
  one.store.put(answer('b'));
  await one.log.save();
  other.store.put(answer('c'));
  await other.log.save();
  await one.log.closeWithoutSaving();
  await other.log.closeWithoutSaving();

  const again = await opened();

  expect(problems).toEqual([{ kind: 'taken' }]);
  expect(keysIn(again.store)).toEqual(['a', 'c']);
  await again.log.close();
});

test('keeps one file open, however often it is rewritten', async () => {
  const { store, log } = await opened();
  for (const key of ['a', 'b', 'c']) {
    store.put(answer(key));
    await log.save();
    store.purge({ id: `dec_${key}` });
    await log.save();
  }

  const fds = await readdir('/proc/self/fd');
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(String)));

  expect(targets.filter((target) => target.startsWith(folder))).toEqual([fileIn()]);
  await log.close();
});
