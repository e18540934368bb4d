import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { startProgress } from '../../models/train/progress.js';
import { embedderWithout } from '../../models/train/verifier/embedders.js';
import { ExampleReader } from '../../models/train/verifier/examples.js';
import { readTrainingExamples } from '../../models/train/verifier/training-examples.js';
import { readPairParts } from '../../models/train/verifier/pair-parts.js';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';
import { lexiconOf } from '../support/lexicon.js';

const progress = startProgress(() => undefined);

describe('readPairParts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pairs-'));
    mkdirSync(path.join(folder, 'pairs'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, pairs: readonly (readonly [string, string])[]): void => {
    const lines = pairs.map(([a, b], i) => JSON.stringify({ a, b, label: i % 2 }));
    writeFileSync(path.join(folder, 'pairs', `${name}.jsonl.gz`), gzipSync(lines.join('\n')));
  };

  test('shares no text between the parts, nor with the held-out pairs', async () => {
    const name = (i: number): string => `question number ${i}`;
    write(
      'qqp.train',
      Array.from({ length: 900 }, (_, i) => [name(i), name(i + (i % 3))] as const),
    );
    write(
      'intent_x.train',
      Array.from({ length: 50 }, (_, i) => [`intent ${i}`, 'x'] as const),
    );
    write('qqp.dev', [['Question, number 7?', 'something else']]);

    const { pairs, keys } = await readPairParts(folder);

    const partsOf = new Map<string, Set<string>>();
    for (const [part, sets] of Object.entries(pairs)) {
      for (const { a, b } of [...sets.values()].flat()) {
        for (const text of [a, b]) partsOf.set(text, (partsOf.get(text) ?? new Set()).add(part));
      }
    }
    expect([...partsOf.values()].filter((parts) => parts.size > 1)).toEqual([]);
    expect(partsOf.has('question number 7')).toBe(false);
    for (const [text, [part]] of partsOf) {
      const found = Object.entries(keys).filter(([, texts]) => texts.has(text));
      expect(found.map(([name]) => name)).toEqual([part]);
    }
    expect(pairs.second.get('qqp')?.length).toBeGreaterThan(pairs.test.get('qqp')?.length ?? 0);
  });
});

describe('embedderWithout', () => {
  const keys = {
    first: new Set(['one']),
    second: new Set(['two']),
    validation: new Set(['three']),
    test: new Set(['four']),
  };
  const options = { dataFolder: 'unused', seed: 1, progress };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'embedders-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Records the texts to leave out. */
  const trainer = () => {
    const withheld: string[][] = [];
    const train = (texts: ReadonlySet<string>): Promise<Buffer> => {
      withheld.push([...texts].sort());
      return Promise.resolve(Buffer.from(`embedder ${withheld.length}`));
    };
    return { withheld, store: { folder, train } };
  };

  test('trains without the texts of that half, the validation and the test part', async () => {
    const { withheld, store } = trainer();

    await embedderWithout('first', { keys }, options, store);
    await embedderWithout('second', { keys }, options, store);

    expect(withheld).toEqual([
      ['four', 'one', 'three'],
      ['four', 'three', 'two'],
    ]);
  });

  test('trains once, and names the file by the parts left out', async () => {
    const { withheld, store } = trainer();

    const trained = await embedderWithout('second', { keys }, options, store);
    const kept = await embedderWithout('second', { keys }, options, store);

    expect(kept).toEqual(trained);
    expect(withheld).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([
      expect.stringMatching(/^embedder-without-second-validation-test-[0-9a-f]{12}\.bin$/),
    ]);
  });

  test('trains again for another seed or other texts', async () => {
    const { withheld, store } = trainer();

    await embedderWithout('first', { keys }, options, store);
    await embedderWithout('first', { keys }, { ...options, seed: 2 }, store);
    await embedderWithout('first', { keys: { ...keys, test: new Set(['5']) } }, options, store);

    expect(withheld).toHaveLength(3);
  });

  test('trains again after an interrupted run', async () => {
    const { withheld, store } = trainer();
    await expect(
      embedderWithout('first', { keys }, options, {
        folder,
        train: () => Promise.reject(new Error('cut short')),
      }),
    ).rejects.toThrow('cut short');

    await embedderWithout('first', { keys }, options, store);

    expect(withheld).toHaveLength(1);
  });
});

describe('readTrainingExamples', () => {
  const pairOf = (text: string, label = 1) => ({ a: `${text} one`, b: `${text} two`, label });
  const setsOf = (...texts: string[]) =>
    new Map([
      ['qqp', texts.map((text) => pairOf(text))],
      ['intent_x', [pairOf('never')]],
    ]);
  const none = new Map<string, never[]>();
  const reader = new ExampleReader(
    StaticEmbedder.load(path.resolve('models', 'embedder.bin')),
    lexiconOf(),
  );
  const readerOf = (read: string[]): Pick<ExampleReader, 'read'> => ({
    read: (set, pair, use) => {
      read.push(pair.a);
      return reader.read(set, pair, use);
    },
  });

  test('reads each half with the reader trained on the other half', () => {
    const met: Record<'first' | 'second', string[]> = { first: [], second: [] };

    const fit = readTrainingExamples(
      { first: setsOf('a', 'b'), second: setsOf('c'), validation: none, test: none },
      [pairOf('made', 0)],
      { first: readerOf(met.first), second: readerOf(met.second) },
      progress,
    );

    expect(met).toEqual({ first: ['a one', 'b one'], second: ['c one', 'made one'] });
    expect(fit.slice(0, 3).map(({ half }) => half)).toEqual([0, 0, 1]);
  });

  test.each([1, 3, 50])('gives %d synthetic pairs a fifth of the total weight', (count) => {
    const fit = readTrainingExamples(
      { first: setsOf('a', 'b', 'c'), second: setsOf('d'), validation: none, test: none },
      Array.from({ length: count }, (_, i) => pairOf(`made ${i}`, 0)),
      { first: reader, second: reader },
      progress,
    );

    const weightOf = (examples: typeof fit) =>
      examples.reduce((sum, { weight }) => sum + weight, 0);
    const share = weightOf(fit.filter(({ set }) => set === 'made')) / weightOf(fit);
    expect(share).toBeCloseTo(0.21, 6);
  });
});
