import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { startProgress } from '../../models/train/progress.js';
import {
  selectUncertainPairs,
  pairKey,
} from '../../models/train/verifier/found/uncertain-pairs.js';
import {
  partsOfFound,
  readVerdicts,
  type FoundPair,
  type Verdict,
} from '../../models/train/verifier/found/found-pairs.js';
import {
  readQuestions,
  textId,
  WRITTEN,
  type FoundQuestion,
} from '../../models/train/verifier/found/questions.js';
import type { Veto } from '../../src/cache/verify/veto.js';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';

const progress = startProgress(() => undefined);

describe('mined pairs', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'found-'));
    mkdirSync(path.join(folder, 'text'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const pairsOf = (...texts: readonly string[]) =>
    new Map([['qqp', texts.map((text) => ({ a: text, b: `${text}, or not`, label: 0 }))]]);
  const parts = {
    pairs: {
      first: pairsOf('is this of the first half'),
      second: pairsOf('is this of the second half'),
      validation: pairsOf('is this chosen on'),
      test: pairsOf('is this reported on'),
    },
    heldOut: pairsOf('is this held out'),
    keys: {
      first: new Set<string>(),
      second: new Set<string>(),
      validation: new Set(['is this chosen on']),
      test: new Set(['is this reported on']),
    },
  };
  const write = (name: string, lines: readonly object[]): string => {
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    const file = path.join(folder, name);
    writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
    return file;
  };
  const read = () => {
    write('text/prompts.jsonl.gz', [
      { text: 'What is asked of nobody?', source: 'flask' },
      { text: 'Is this chosen on?', source: 'flask' },
      { text: 'is this REPORTED on', source: 'flask' },
      { text: 'Is this held out.', source: 'flask' },
      { text: 'Is this of another kind', source: 't0-questions' },
      { text: 'too short', source: 'flask' },
    ]);
    write('text/queries.jsonl.gz', [{ text: 'what is asked of nobody', source: 'staqc-titles' }]);
    return readQuestions(folder, parts);
  };

  test('use only questions outside the validation, test and held-out sets, each once', async () => {
    const questions = await read();

    const others = questions.filter(({ source }) => source !== WRITTEN);
    expect(others.map(({ text, half }) => [text, half])).toEqual([
      ['is this of the first half', 0],
      ['is this of the first half, or not', 0],
      ['is this of the second half', 1],
      ['is this of the second half, or not', 1],
      ['What is asked of nobody?', null],
    ]);
  });

  test('are resolved from text ids, and unknown ids are counted', async () => {
    const [first, , second] = await read();
    const file = write('found.jsonl', [
      { a: textId(first?.text ?? ''), b: textId('What is asked of nobody?'), same: true },
      { a: textId('What is asked of nobody?'), b: textId(second?.text ?? ''), same: null },
      { a: textId('of another folder'), b: textId('What is asked of nobody?'), same: true },
    ]);

    const { known, missing } = await readVerdicts(await read(), file);

    expect(missing).toBe(1);
    expect(known.map(({ a, b, same }) => [a.text, b.text, same])).toEqual([
      ['is this of the first half', 'What is asked of nobody?', true],
      ['What is asked of nobody?', 'is this of the second half', null],
    ]);
  });

  describe('split into parts', () => {
    const questionOf = (text: string, more: Partial<FoundQuestion> = {}): FoundQuestion => ({
      text,
      source: 'some',
      half: null,
      ...more,
    });
    const all = Array.from({ length: 300 }, (_, i) => questionOf(`question ${i}`));
    const verdictsOn = (questions: readonly FoundQuestion[]): readonly Verdict[] =>
      questions.map((a, i) => ({
        a,
        b: questions[(i * 7 + 1) % questions.length] ?? a,
        same: i % 3 === 0,
      }));
    const textsOf = (pairs: readonly FoundPair[]) =>
      new Set(pairs.flatMap(({ pair }) => [pair.a, pair.b]));

    test('share no text between parts', () => {
      const { fit, calibration, development } = partsOfFound(verdictsOn(all));

      const [learned, calibrated, chosen] = [fit, calibration, development].map(textsOf);
      expect(fit.length).toBeGreaterThan(150);
      expect(calibration.length).toBeGreaterThan(1);
      expect(development.length).toBeGreaterThan(1);
      for (const text of [...(calibrated ?? []), ...(chosen ?? [])]) {
        expect(learned?.has(text)).toBe(false);
      }
      for (const text of chosen ?? []) expect(calibrated?.has(text)).toBe(false);
    });

    test.each([
      ['stand in labelled pairs', { half: 1 }],
      ['were written for training', { source: WRITTEN }],
    ] as const)('are used only for fitting when their questions %s', (_, more) => {
      const questions = all.map(({ text }) => questionOf(text, more));

      const { calibration, development } = partsOfFound(verdictsOn(questions));

      expect([...calibration, ...development]).toEqual([]);
    });

    test('without a clear label are left out', () => {
      const verdicts = verdictsOn(all).map((verdict) => ({ ...verdict, same: null }));

      expect(Object.values(partsOfFound(verdicts)).flat()).toEqual([]);
    });
  });
});

describe('selectUncertainPairs', () => {
  const embedder = StaticEmbedder.load(path.resolve('models', 'embedder.bin'));
  const questionOf = (text: string, half: 0 | 1 | null = null, source = 'some') => ({
    text,
    source,
    half,
  });
  /** A judge with the same verdict for every pair. */
  const judgeOf = (probability: number, veto: Veto | null = null) => ({
    read: (text: string) => ({ text, vector: new Float32Array() }),
    judge: () => ({ similarity: 0.9, probability, veto }),
  });
  const among = (
    questions: readonly ReturnType<typeof questionOf>[],
    judge = judgeOf(0.7),
    known: readonly (readonly [string, string])[] = [],
  ) =>
    selectUncertainPairs(questions, new Set(known.map(([a, b]) => pairKey(a, b))), {
      embedder,
      judge,
      seed: 1,
      progress,
    });

  const capital = questionOf('What is the capital of France?');
  const french = questionOf('Which city is the capital of France?');

  test('selects pairs of similar questions, each once', async () => {
    const found = await among([capital, french]);

    expect(found).toEqual([{ a: capital, b: french, probability: 0.7 }]);
  });

  test.each([
    ['improbable', judgeOf(0.1)],
    ['vetoed', judgeOf(0.7, 'name')],
  ])('omits pairs that are %s', async (_, judge) => {
    await expect(among([capital, french], judge)).resolves.toEqual([]);
  });

  test('omits pairs with a known label, in either order', async () => {
    const known = [[french.text, capital.text]] as const;

    await expect(among([capital, french], judgeOf(0.7), known)).resolves.toEqual([]);
  });

  test('omits pairs across both halves, for which no embedder is unbiased', async () => {
    const halves = [questionOf(capital.text, 0), questionOf(french.text, 1)];

    await expect(among(halves)).resolves.toEqual([]);
    await expect(among([questionOf(capital.text, 0), french])).resolves.toHaveLength(1);
  });

  test('uses a question at most twice', async () => {
    const many = Array.from({ length: 9 }, (_, i) => questionOf(`capital of France, part ${i}`));

    const found = await among(many);

    const uses = new Map<string, number>();
    for (const { a, b } of found) {
      for (const { text } of [a, b]) uses.set(text, (uses.get(text) ?? 0) + 1);
    }
    expect(found.length).toBeGreaterThan(4);
    expect(Math.max(...uses.values())).toBe(2);
  });
});
