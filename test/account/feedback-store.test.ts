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

describe('FeedbackStore', () => {
  test('restores its entries after a restart', async () => {
    const store = await FeedbackStore.open(folder, 10, ignore);
    await store.add(entry('dec_1'));

    const again = await FeedbackStore.open(folder, 10, ignore);

    expect(again.entries).toEqual([entry('dec_1')]);
  });

  test('keeps only the latest entry for each decision', async () => {
    const store = await FeedbackStore.open(folder, 10, ignore);

    await store.add(entry('dec_1', 1));
    await store.add(entry('dec_2', 1));
    await store.add(entry('dec_1', 0));

    const expected = [entry('dec_2', 1), entry('dec_1', 0)];
    expect(store.entries).toEqual(expected);
    expect((await FeedbackStore.open(folder, 10, ignore)).entries).toEqual(expected);
  });

  test('bounds its entries in memory and its lines on disk', async () => {
    const store = await FeedbackStore.open(folder, 4, ignore);

    const writes = Array.from({ length: 23 }, (_, i) => store.add(entry(`dec_${i}`)));
    await Promise.all(writes);

    expect(store.entries.map(({ decision }) => decision)).toEqual(
      [19, 20, 21, 22].map((i) => `dec_${i}`),
    );
    const lines = (await readFile(store.file, 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(6);
  });

  test('loses only the truncated line after a crash', async () => {
    const store = await FeedbackStore.open(folder, 10, ignore);
    await store.add(entry('dec_1'));
    await store.add(entry('dec_2'));
    await truncate(store.file, (await readFile(store.file)).length - 20);

    const after = await FeedbackStore.open(folder, 10, ignore);
    await after.add(entry('dec_3'));
    await after.add(entry('dec_4'));

    let damaged = 0;
    const again = await FeedbackStore.open(folder, 10, (lines) => (damaged = lines));
    expect(again.entries.map(({ decision }) => decision)).toEqual(['dec_1', 'dec_3', 'dec_4']);
    expect(damaged).toBe(1);
  });
});
