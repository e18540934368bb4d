import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { packArtefact } from '../../models/train/artefact-writer.js';
import { BatchEncoder } from '../../models/train/embedder/batch-encoder.js';
import { gradeCorrelation, pairQuality } from '../../models/train/embedder/evaluate.js';
import { rankingLoss } from '../../models/train/embedder/losses.js';
import { RowOptimiser } from '../../models/train/embedder/row-optimiser.js';
import { hashWords } from '../../models/train/embedder/vocabulary.js';
import { WeightTable } from '../../models/train/embedder/weight-table.js';
import { DataError, readJsonl } from '../../models/train/jsonl.js';
import { startProgress } from '../../models/train/progress.js';
import { Random } from '../../models/train/random.js';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';

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

describe('readJsonl', () => {
  test('yields the lines of a gzipped file in order', async () => {
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
      fault: 'a line that does not fit the schema',
      bytes: gzipSync('{"text":1}\n'),
      message: /a\.jsonl\.gz:1: /,
    },
    {
      fault: 'a file that is not gzip',
      bytes: Buffer.from('plain'),
      message: /a\.jsonl\.gz: broken: /,
    },
    {
      fault: 'a truncated gzip file',
      bytes: gzipSync('{"text":"one"}\n'.repeat(1000)).subarray(0, 40),
      message: /a\.jsonl\.gz: broken: /,
    },
  ])('rejects $fault', async ({ bytes, message }) => {
    const file = path.join(folder, 'a.jsonl.gz');
    writeFileSync(file, bytes);

    const reading = readAll(file);

    await expect(reading).rejects.toThrow(DataError);
    await expect(readAll(file)).rejects.toThrow(message);
  });

  test('names a missing file', async () => {
    const file = path.join(folder, 'absent.jsonl.gz');

    await expect(readAll(file)).rejects.toThrow(`${file}: the file is missing`);
  });
});

describe('embedder metrics', () => {
  const pairs = [0.9, 0.8, 0.3, 0.7, 0.2, 0.1].map((score, i) => ({
    a: String(score),
    b: '',
    label: i < 3 ? 1 : 0,
  }));
  const similarity = (a: string): number => Number(a);

  test('compute AUC and recall at 1', () => {
    const { auc, recallAt1 } = pairQuality(pairs, similarity);

    expect(auc).toBeCloseTo(8 / 9);
    expect(recallAt1).toBeCloseTo(2 / 3);
  });

  test('give an AUC of one half for a constant similarity', () => {
    const { auc } = pairQuality(pairs, () => 1);

    expect(auc).toBeCloseTo(0.5);
  });

  test('correlate ranks, not values', () => {
    const graded = [1, 2, 3, 5].map((score) => ({ a: String(score), b: '', label: 0, score }));

    expect(gradeCorrelation(graded, (a) => Math.exp(Number(a)))).toBeCloseTo(1);
    expect(gradeCorrelation(graded, (a) => -Number(a))).toBeCloseTo(-1);
  });
});

/** The derivative of a loss by one of `values`, by central differences. */
function measuredSlope(values: Float32Array, at: number, loss: () => number): number {
  const before = values[at] ?? 0;
  const step = 1 / 1024;
  values[at] = before + step;
  const above = loss();
  values[at] = before - step;
  const below = loss();
  values[at] = before;
  return (above - below) / (2 * step);
}

test('rankingLoss returns the gradient of the loss', () => {
  const dims = 256;
  const units = Float32Array.from({ length: 4 * dims }, (_, i) => Math.sin(i * 1.7) / 11);
  const grades = Float64Array.of(5, 0);
  const slopes = new Float32Array(units.length);
  const place = { slot: 0, weight: 1 };
  const loss = () => rankingLoss(grades, units, new Float32Array(units.length), place);

  rankingLoss(grades, units, slopes, place);

  for (const at of [0, 300, 600, 1000]) {
    expect(slopes[at]).toBeCloseTo(measuredSlope(units, at, loss), 3);
  }
});

describe('BatchEncoder', () => {
  const texts = ['the cat sat', 'new york', 'cat', 'york york unknownword'];
  const wanted = Float32Array.from({ length: texts.length * 256 }, (_, i) => Math.sin(i * 1.3));

  function table(): WeightTable {
    const words = hashWords(['the', 'cat', 'sat', 'new', 'york']);
    const made = new WeightTable({ words, pairs: Uint32Array.of(3 * 65_536 + 4), buckets: 16 });
    made.gains.forEach((_, row) => (made.gains[row] = 0.05 + row / 200));
    made.learned.forEach((_, i) => (made.learned[i] = Math.sin(i * 0.7) / 3));
    return made;
  }

  /** A loss that is linear in the unit vectors, so that `wanted` is its slope. */
  function encode(from: WeightTable) {
    // The same seed drops the same words.
    const encoder = new BatchEncoder(from, texts.length, new Random(3));
    encoder.encode(texts);
    const loss = encoder.units.reduce((sum, value, i) => sum + value * (wanted[i] ?? 0), 0);
    return { encoder, loss };
  }

  it('computes the vectors of the shipped embedder for texts without word dropout', () => {
    const from = table();
    const shipped = StaticEmbedder.load(packArtefact(from.quantise({}))).embed('cat');

    const { encoder } = encode(from);

    const unit = encoder.units.subarray(2 * 256, 3 * 256);
    unit.forEach((value, i) => {
      expect(value).toBeCloseTo(shipped[i] ?? 0, 2);
    });
  });

  it('computes the gradient of each row', () => {
    const from = table();
    const { encoder } = encode(from);
    encoder.slopes.set(wanted);

    const { touched, count, vectors } = encoder.backward();

    const rows = [...touched.subarray(0, count)];
    expect(rows.length).toBeGreaterThan(4);
    expect(new Set(rows).size).toBe(rows.length);
    for (const row of rows) {
      const at = row * 128 + 5;
      const measured = measuredSlope(from.learned, at, () => encode(from).loss);
      expect(vectors[row * 256 + 128 + 5]).toBeCloseTo(measured, 2);
    }
  });

  it('updates only the touched rows, and reduces the loss', () => {
    const from = table();
    const before = from.learned.slice();
    const { encoder, loss } = encode(from);
    encoder.slopes.set(wanted);

    const gradients = encoder.backward();
    new RowOptimiser(from).step(gradients, 0.001);
    encoder.refresh(gradients);

    const moved = new Set<number>();
    from.learned.forEach((value, i) => {
      if (value !== before[i]) moved.add(Math.floor(i / 128));
    });
    const touched = gradients.touched.subarray(0, gradients.count);
    expect(moved).toEqual(new Set(touched));
    expect(encode(from).loss).toBeLessThan(loss);
  });

  it('rejects a batch of the wrong size', () => {
    const { encoder } = encode(table());

    expect(() => {
      encoder.encode(['too', 'few']);
    }).toThrow('4 texts were expected');
  });
});

test('progress lines start with the elapsed seconds, and ticks are rate-limited', () => {
  const lines: string[] = [];
  const progress = startProgress((line) => lines.push(line));

  progress.say('begun');
  progress.tick(() => 'too soon');

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\[ +0\.0 s\] begun\n$/);
  expect(progress.elapsedS()).toBeLessThan(60);
});
