import { lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fc } from '../support/fast-check.js';
import { AnswerLog, type AnswerLogProblem } from '../../src/cache/answer-log.js';
import { AnswerStore } from '../../src/cache/answer-store.js';
import { hasPayload, type LoadedAnswer } from '../../src/cache/cached-answer.js';
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

/** An answer whose text contains its key, so that a mix-up shows. */
function answer(key: string, more: Partial<LoadedAnswer> = {}): LoadedAnswer {
  return keptAnswer(key, {
    ...{ costUsd: 0.1, tookMs: 5, tenant: 'ann', tags: ['t'], question: null },
    storedAtMs: clock.wallMs(),
    expiresAtMs: clock.wallMs() + 3_600_000,
    payload: { form: 'whole', body: Buffer.from(`the answer to ${key}`.repeat(20)) },
    ...more,
  });
}

const stream = (key: string) =>
  answer(key, {
    payload: {
      form: 'stream',
      frames: [
        { bytes: Buffer.from(`data: ${key}\n\n`), atMs: 0, usageOnly: false },
        { bytes: Buffer.from('data: usage\n\n'), atMs: 7, usageOnly: true },
      ],
    },
  });

const keysIn = (store: AnswerStore) => [...store.values()].map(({ key }) => key).sort();

test('restores saved answers, whole and streamed', async () => {
  const first = await opened();
  const answers = [answer('a'), stream('b')];
  for (const one of answers) first.store.put(one);
  await first.log.close();

  const { store, log } = await opened();

  expect([...store.values()].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual(answers);
  expect(problems).toEqual([]);
  await log.close();
});

test('saves only at the configured interval', async () => {
  const { store, log } = await opened();
  store.put(answer('a'));
  clock.advance(29_999);
  const before = await stat(fileIn()).catch(() => null);
  clock.advance(1);
  await log.save();

  expect(before).toBeNull();
  expect((await readFile(fileIn())).includes('the answer to a')).toBe(true);
  await log.close();
  expect(clock.waiting).toBe(0);
});

test('does not restore expired, replaced or purged answers', async () => {
  const first = await opened();
  first.store.put(answer('old', { expiresAtMs: clock.wallMs() + 10 }));
  first.store.put(answer('replaced'));
  first.store.put(answer('purged', { tags: ['x'] }));
  await first.log.save();
  first.store.put(answer('replaced', { source: 'dec_new' }));
  first.store.purge({ tag: 'x' });
  await first.log.close();
  clock.advance(10);

  const { store, log } = await opened();

  expect([...store.values()].map(({ source }) => source)).toEqual(['dec_new']);
  await log.close();
});

test('loses only the truncated record at the end of its file, and continues from there', async () => {
  const first = await opened();
  first.store.put(answer('a'));
  await first.log.save();
  first.store.put(answer('b'));
  await first.log.close();
  const bytes = await readFile(fileIn());
  await writeFile(fileIn(), bytes.subarray(0, bytes.length - 7));

  const second = await opened();
  const after = keysIn(second.store);
  second.store.put(answer('c'));
  await second.log.close();
  const { store, log } = await opened();

  expect(after).toEqual(['a']);
  expect(keysIn(store)).toEqual(['a', 'c']);
  await log.close();
});

test('drops all answers before a damaged record, which may have been a removal', async () => {
  const first = await opened();
  for (const key of ['a', 'b', 'c']) {
    first.store.put(answer(key));
    await first.log.save();
  }
  await first.log.close();
  const bytes = await readFile(fileIn());
  bytes[bytes.indexOf('the answer to b')] = 0;
  await writeFile(fileIn(), bytes);

  const { store, log } = await opened();

  expect(keysIn(store)).toEqual(['c']);
  expect(problems).toEqual([{ kind: 'damaged', records: 1 }]);
  await log.close();
});

test('never returns an answer for another key, however the file is damaged', async () => {
  const first = await opened();
  for (let i = 0; i < 8; i++) first.store.put(i % 2 === 0 ? answer(`k${i}`) : stream(`k${i}`));
  await first.log.close();
  const sound = await readFile(fileIn());
  const damage = fc.oneof(
    fc.record({ at: fc.nat(sound.length - 1), byte: fc.nat(255) }),
    fc.record({ cut: fc.nat(sound.length) }),
    fc.record({
      from: fc.nat(sound.length - 1),
      to: fc.nat(sound.length - 1),
      length: fc.nat(400),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      let bytes = Buffer.from(sound);
      for (const one of damages) {
        if ('byte' in one && one.at < bytes.length) bytes[one.at] = one.byte;
        else if ('byte' in one) continue;
        else if ('cut' in one) bytes = bytes.subarray(0, one.cut);
        else if (Math.max(one.from, one.to) < bytes.length) {
          bytes.copy(bytes, one.to, one.from, one.from + one.length);
        }
      }
      await writeFile(fileIn(), bytes);

      const { store, log } = await opened();

      for (const { key, source, payload } of [...store.values()].filter(hasPayload)) {
        const words =
          payload.form === 'whole'
            ? payload.body
            : Buffer.concat(payload.frames.map((f) => f.bytes));
        expect(source).toBe(`dec_${key}`);
        expect(words.toString()).toContain(key);
      }
      await log.close();
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['another version', 'suffice-cache-9\nwhatever'],
  ['something else', '{"json": true}'],
  ['no bytes', ''],
])('replaces a file that contains %s', async (_what, text) => {
  await writeFile(fileIn(), text);
  const first = await opened();
  first.store.put(answer('a'));
  await first.log.close();

  const { store, log } = await opened();

  expect(problems).toEqual([{ kind: 'unknown_version' }]);
  expect(keysIn(store)).toEqual(['a']);
  await log.close();
});

test('removes purged, replaced and evicted answers from the file at a purge', async () => {
  const { store, log } = await opened();
  for (const key of ['purged', 'replaced', 'evicted', 'stays']) store.put(answer(key));
  await log.save();
  store.put(answer('replaced', { payload: { form: 'whole', body: Buffer.from('another') } }));
  store.discard('evicted');
  await log.save();
  const before = await readFile(fileIn(), 'utf8');
  store.purge({ id: 'dec_purged' });

  await log.save();

  const after = await readFile(fileIn(), 'utf8');
  for (const key of ['purged', 'replaced', 'evicted']) {
    expect(before).toContain(`the answer to ${key}`);
    expect(after).not.toContain(`the answer to ${key}`);
  }
  expect(after).toContain('the answer to stays');
  await log.close();
});

test('does not rewrite the file for a purge that matches nothing in it', async () => {
  const { store, log } = await opened();
  store.put(answer('a'));
  await log.save();
  const { ino } = await stat(fileIn());
  store.purge({ tag: 'unknown' });
  store.put(answer('b'));
  store.purge({ id: 'dec_b' });

  await log.save();

  expect((await stat(fileIn())).ino).toBe(ino);
  expect(await readFile(fileIn(), 'utf8')).not.toContain('the answer to b');
  await log.close();
});

test('leaves no partial file when it cannot be written, and retries at growing intervals', async () => {
  const { store, log } = await opened();
  // A folder in its place: no file can be renamed over it.
  await mkdir(path.join(fileIn(), 'x'), { recursive: true });
  const attempts: number[] = [];
  const save = log.save.bind(log);
  let saving: Promise<void> = Promise.resolve();
  log.save = () => {
    attempts.push(clock.now() / 30_000);
    saving = save();
    return saving;
  };
  store.put(answer('a'));
  for (let i = 0; i < 40; i++) {
    clock.advance(30_000);
    await saving.catch(() => undefined);
  }

  expect(attempts).toEqual([1, 2, 4, 8, 16, 26, 36]);
  expect(log.problem).toMatchObject({ code: 'EISDIR' });
  await expect(stat(`${fileIn()}.tmp`)).rejects.toThrow();
  await rm(fileIn(), { recursive: true });
  await log.save();
  expect(log.problem).toBeNull();
  await log.close();
});

test('reports a write failure once, and catches up when writing works again', async () => {
  const { store, log } = await opened();
  store.put(answer('a'));
  // A folder in its place: no file can be renamed over it.
  await mkdir(path.join(fileIn(), 'x'), { recursive: true });
  await expect(log.save()).rejects.toThrow();
  store.put(answer('b'));
  await expect(log.save()).rejects.toThrow();
  await rm(fileIn(), { recursive: true });

  await log.save();
  await log.close();
  const again = await opened();

  expect(problems.map(({ kind }) => kind)).toEqual(['unwritable', 'writable_again']);
  expect(keysIn(again.store)).toEqual(['a', 'b']);
  await again.log.close();
});

test('reports that its folder cannot be created, and catches up once it can', async () => {
  const place = folder;
  await writeFile(path.join(place, 'file'), '');
  folder = path.join(place, 'file', 'answers');
  const { store, log } = await opened();
  store.put(answer('a'));
  await expect(log.save()).rejects.toThrow();
  await rm(path.join(place, 'file'));

  await log.save();
  await log.close();
  const again = await opened();
  folder = place;

  expect(problems.map(({ kind }) => kind)).toEqual(['unwritable', 'writable_again']);
  expect(keysIn(again.store)).toEqual(['a']);
  await again.log.close();
});

test('reports a full disk, keeps everything saved, and continues when there is space', async () => {
  const first = await opened();
  first.store.put(answer('a'));
  await first.log.close();
  const bytes = await readFile(fileIn());
  // A damaged end makes the log rewrite its file, and every write of the new file fails.
  await writeFile(fileIn(), Buffer.concat([bytes, Buffer.from('half a rec')]));
  const { store, log } = await opened();
  await symlink('/dev/full', `${fileIn()}.tmp`);
  store.put(answer('b'));
  await expect(log.save()).rejects.toMatchObject({ code: 'ENOSPC' });
  const crashed = await readFile(fileIn());
  await expect(lstat(`${fileIn()}.tmp`)).rejects.toThrow();

  await log.save();
  await log.close();
  const again = await opened();

  expect(crashed.subarray(0, bytes.length).equals(bytes)).toBe(true);
  expect(keysIn(again.store)).toEqual(['a', 'b']);
  expect(problems.map(({ kind }) => kind)).toEqual(['damaged', 'unwritable', 'writable_again']);
  await again.log.close();
});

test('ignores the temporary file of an interrupted rewrite', async () => {
  const first = await opened();
  first.store.put(answer('a'));
  await first.log.close();
  await writeFile(`${fileIn()}.tmp`, (await readFile(fileIn())).subarray(0, 40));

  const { store, log } = await opened();
  await log.close();

  expect(keysIn(store)).toEqual(['a']);
  expect(problems).toEqual([]);
  await expect(stat(`${fileIn()}.tmp`)).rejects.toThrow();
});

test('bounds the size of the file', async () => {
  const { store, log } = await opened();
  const body = Buffer.alloc(1_000_000, 'x');
  for (let i = 0; i < 12; i++) {
    store.put(answer('a', { payload: { form: 'whole', body } }));
    await log.save();
  }

  expect((await stat(fileIn())).size).toBeLessThan(8_000_000);
  await log.close();
});
