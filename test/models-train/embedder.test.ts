import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { gradeCorrelation, pairQuality } from '../../models/train/embedder/evaluate.js';
import { rankingLoss } from '../../models/train/embedder/losses.js';
import { DataError, readJsonl } from '../../models/train/jsonl.js';
import { startProgress } from '../../models/train/progress.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'train-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function readAll(file: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const row of readJsonl(file, z.object({ text: z.string() }))) rows.push(row);
  return rows;
}

describe('a file of training data', () => {
  test('gives its lines in order', async () => {
    const file = path.join(folder, 'a.jsonl.gz');
    writeFileSync(file, gzipSync('{"text":"one"}\n{"text":"two"}\n'));

    const rows = await readAll(file);

    expect(rows).toEqual([{ text: 'one' }, { text: 'two' }]);
  });

  test.each([
    {
      fault: 'a line that is not JSON',
      bytes: gzipSync('{"text":"one"}\n{"te'),
      message: /a\.jsonl\.gz:2: not JSON/,
    },
    {
      fault: 'a line of another form',
      bytes: gzipSync('{"text":1}\n'),
      message: /a\.jsonl\.gz:1: /,
    },
    { fault: 'no gzip', bytes: Buffer.from('plain'), message: /a\.jsonl\.gz: broken: / },
    {
      fault: 'a gzip cut short',
      bytes: gzipSync('{"text":"one"}\n'.repeat(1000)).subarray(0, 40),
      message: /a\.jsonl\.gz: broken: /,
    },
  ])('is refused for $fault', async ({ bytes, message }) => {
    const file = path.join(folder, 'a.jsonl.gz');
    writeFileSync(file, bytes);

    const reading = readAll(file);

    await expect(reading).rejects.toThrow(DataError);
    await expect(readAll(file)).rejects.toThrow(message);
  });

  test('is named when it is missing', async () => {
    const file = path.join(folder, 'absent.jsonl.gz');

    await expect(readAll(file)).rejects.toThrow(`${file}: the file is missing`);
  });
});

describe('the measures of an embedder', () => {
  const pairs = [0.9, 0.8, 0.3, 0.7, 0.2, 0.1].map((score, i) => ({
    a: String(score),
    b: '',
    label: i < 3 ? 1 : 0,
  }));
  const similarity = (a: string): number => Number(a);

  test('count how often a positive is above a negative', () => {
    const { auc, recallAt1 } = pairQuality(pairs, similarity);

    expect(auc).toBeCloseTo(8 / 9);
    expect(recallAt1).toBeCloseTo(2 / 3);
  });

  test('give a half for a similarity that says nothing', () => {
    const { auc } = pairQuality(pairs, () => 1);

    expect(auc).toBeCloseTo(0.5);
  });

  test('correlate ranks, not values', () => {
    const graded = [1, 2, 3, 5].map((score) => ({ a: String(score), b: '', label: 0, score }));

    expect(gradeCorrelation(graded, (a) => Math.exp(Number(a)))).toBeCloseTo(1);
    expect(gradeCorrelation(graded, (a) => -Number(a))).toBeCloseTo(-1);
  });
});

test('the ranking loss points where the loss falls', () => {
  const dims = 256;
  const units = Float64Array.from({ length: 4 * dims }, (_, i) => Math.sin(i * 1.7) / 11);
  const grades = Float64Array.of(5, 0);
  const slopes = new Float64Array(units.length);
  const place = { slot: 0, weight: 1 };
  const loss = rankingLoss(grades, units, slopes, place);

  const step = 1e-5;
  for (const at of [0, 300, 600, 1000]) {
    const moved = units.slice();
    moved[at] = (moved[at] ?? 0) + step;
    const difference = rankingLoss(grades, moved, new Float64Array(units.length), place) - loss;

    expect(difference / step).toBeCloseTo(slopes[at] ?? 0, 3);
  }
});

test('progress tells the seconds, and in loops not more than once in two of them', () => {
  const lines: string[] = [];
  const progress = startProgress((line) => lines.push(line));

  progress.say('begun');
  progress.tick(() => 'too soon');

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\[ +0\.0 s\] begun\n$/);
  expect(progress.elapsedS()).toBeLessThan(60);
});
