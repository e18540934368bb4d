import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { crossValidate } from '../../models/train/predictor/cross-validate.js';
import { startProgress } from '../../models/train/progress.js';
import { jsonl, madeUpLines } from '../bench/quality/made-up.js';

/** The usual pair of a known set, so that its curve is drawn. */
const SET = 'farel_bench';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'suffice-'));
  await mkdir(path.join(folder, 'outcomes'));
  await writeFile(path.join(folder, 'prices.json'), '{"models":{}}');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('crossValidate ranks unseen prompts by their need for the strong model better than chance', async () => {
  const lines = madeUpLines(160);
  await writeFile(path.join(folder, 'outcomes', `${SET}.jsonl.gz`), gzipSync(jsonl(lines)));
  const printed: string[] = [];

  const options = { dataFolder: folder, outFolder: 'models', seed: 1, withoutRatings: true };
  await crossValidate({ ...options, progress: startProgress(() => undefined) }, (line) => {
    printed.push(line);
  });

  const [heading, row] = printed.map((line) => line.split(/ {2,}/));
  expect(heading?.[7]).toBe('all pairs [95 %]');
  expect(row?.[0]).toBe(SET);
  // All but the test part.
  expect(Number(row?.[1])).toBeGreaterThan(120);
  expect(Number(row?.[1])).toBeLessThan(150);
  expect(Number.parseFloat(row?.[7] ?? '')).toBeGreaterThan(0.6);
}, 120_000);
