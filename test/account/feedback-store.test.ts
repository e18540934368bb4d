import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FeedbackStore, type FeedbackEntry } from '../../src/account/feedback-store.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-feedback-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const ignore = (): void => undefined;

function entry(decision: string, score = 1): FeedbackEntry {
  return {
    at: '2026-01-01T00:00:00.000Z',
    decision,
    caller: 'anonymous',
    predictor: 'abc',
    scores: { 'acme/one': score },
    predicted: { 'acme/one': 0.5 },
    numbers: Int8Array.of(-128, 0, 127),
    vectorLength: 2,
    text: null,
  };
}

describe('a book of feedback', () => {
  test('gives back after a restart what was written', async () => {
    const book = await FeedbackStore.open(folder, 10, ignore);
    await book.add(entry('dec_1'));

    const again = await FeedbackStore.open(folder, 10, ignore);

    expect(again.entries).toEqual([entry('dec_1')]);
  });

  test('counts the last word on a decision only', async () => {
    const book = await FeedbackStore.open(folder, 10, ignore);

    await book.add(entry('dec_1', 1));
    await book.add(entry('dec_2', 1));
    await book.add(entry('dec_1', 0));

    const expected = [entry('dec_2', 1), entry('dec_1', 0)];
    expect(book.entries).toEqual(expected);
    expect((await FeedbackStore.open(folder, 10, ignore)).entries).toEqual(expected);
  });

  test('stays bounded, in memory and on disk', async () => {
    const book = await FeedbackStore.open(folder, 4, ignore);

    const writes = Array.from({ length: 23 }, (_, i) => book.add(entry(`dec_${i}`)));
    await Promise.all(writes);

    expect(book.entries.map(({ decision }) => decision)).toEqual(
      [19, 20, 21, 22].map((i) => `dec_${i}`),
    );
    const lines = (await readFile(book.file, 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(6);
  });

  test('loses nothing more to a line that a crash cut off', async () => {
    const book = await FeedbackStore.open(folder, 10, ignore);
    await book.add(entry('dec_1'));
    await book.add(entry('dec_2'));
    await truncate(book.file, (await readFile(book.file)).length - 20);

    const after = await FeedbackStore.open(folder, 10, ignore);
    await after.add(entry('dec_3'));
    await after.add(entry('dec_4'));

    let damaged = 0;
    const again = await FeedbackStore.open(folder, 10, (lines) => (damaged = lines));
    expect(again.entries.map(({ decision }) => decision)).toEqual(['dec_1', 'dec_3', 'dec_4']);
    expect(damaged).toBe(1);
  });
});
