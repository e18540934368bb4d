import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blankModel } from '../../../src/catalog/entry.js';
import { readFeatures } from '../../../src/route/features.js';
import { adaptPredictor, applyHead, headStoreIn } from '../../../src/route/local/adapt.js';
import { packHead, readHead, type StoredHead } from '../../../src/route/local/head-artefact.js';
import {
  crossValidateHead,
  prepareTuning,
  type TuningLine,
} from '../../../src/route/local/tune.js';
import { WordGrams } from '../../../src/route/local/word-grams.js';
import { loadPredictor, type FactorPredictor } from '../../../src/route/factor-predictor.js';
import type { Predictor } from '../../../src/route/predictor.js';
import { packNumbers, unpackNumbers } from '../../../src/route/sketch.js';
import { Random } from '../../../src/core/random.js';
import { conversation, message } from '../../support/conversations.js';
import { writeTinyArtefacts } from '../tiny-artefacts.js';
import { gradedLines } from './graded-lines.js';

const modelOf = (name: string) => blankModel(name).model;
const user = (text: string) => conversation(message('user', text));

const NOW = '2026-01-02T03:04:05.000Z';

let artefacts: string;
let base: FactorPredictor;
let folder: string;

beforeAll(async () => {
  artefacts = writeTinyArtefacts();
  base = await loadPredictor(artefacts);
});

afterAll(() => {
  rmSync(artefacts, { recursive: true, force: true });
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-heads-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function linesOf(count: number, luck: number): TuningLine[] {
  return gradedLines(count, luck).map(({ prompt, outcomes }) => ({
    prompt: readFeatures(user(prompt)),
    scores: new Map(Object.entries(outcomes).map(([model, { score }]) => [model, score])),
  }));
}

function tune(lines: readonly TuningLine[]) {
  const task = prepareTuning(lines, base, modelOf, new WordGrams());
  const random = new Random(3);
  const folds = Int32Array.from(lines, (_, i) => i % 4);
  return { task, ...crossValidateHead(task, folds, random) };
}

function headOf(
  lines: readonly TuningLine[],
  answers = 2 * lines.length,
): Omit<StoredHead, 'hash'> {
  const { tables, trust } = tune(lines);
  return {
    tables,
    seen: new Uint32Array(lines.length),
    record: {
      predictor: base.revision,
      created: NOW,
      data: [{ file: 'made-up', sha256: '0' }],
      prompts: lines.length,
      answers,
      trust,
      gains: {},
    },
  };
}

const gapOf = (predictor: Pick<FactorPredictor, 'ability' | 'predict'>, text: string): number => {
  const abilities = ['acme/weak-1', 'acme/strong-1'].map((name) =>
    predictor.ability(modelOf(name)),
  );
  const { models } = predictor.predict(readFeatures(user(text)), abilities);
  return (models[1]?.success ?? 0) - (models[0]?.success ?? 0);
};

const HARD = 'Explain the thorny summer engine of my neighbour';
const EASY = 'Explain the plain summer engine of my neighbour';

describe('tuned head', () => {
  test('learns what the predictor lacks, and predicts the same after a round trip through its file', () => {
    const bytes = packHead(headOf(linesOf(120, 0.1)));

    const tuned = applyHead(base, '0001-x', readHead(bytes), modelOf);

    expect(gapOf(base, HARD) - gapOf(base, EASY)).toBeLessThan(0.1);
    expect(gapOf(tuned, HARD) - gapOf(tuned, EASY)).toBeGreaterThan(0.5);
    expect(tuned.revision).toBe(`${base.revision}+0001-x`);
  });

  test('predicts held-out grades well, and learns nothing from random grades', () => {
    const loss = ({ task, logOdds }: ReturnType<typeof tune>, values = logOdds): number =>
      values.reduce((sum, x, at) => {
        const y = task.graded.scores[at] ?? 0;
        return sum + Math.log1p(Math.exp(x)) - y * x;
      }, 0) / values.length;

    const learnable = tune(linesOf(120, 0.1));
    const luck = tune(linesOf(120, 1));

    expect(loss(learnable)).toBeLessThan(loss(learnable, learnable.task.graded.offsets) - 0.2);
    expect(loss(luck)).toBeGreaterThan(0.66);
  });

  test('generalises to ungraded models, with a smaller effect', () => {
    const lines = linesOf(120, 0.1).map((line) => ({
      ...line,
      scores: new Map([...line.scores].map(([model]) => [model, 0])),
    }));
    const tuned = applyHead(base, 'x', readHead(packHead(headOf(lines))), modelOf);
    const successOf = (predictor: Pick<FactorPredictor, 'ability' | 'predict'>, name: string) =>
      predictor.predict(readFeatures(user(EASY)), [predictor.ability(modelOf(name))]).models[0]
        ?.success ?? 0;

    expect(successOf(tuned, 'acme/weak-1')).toBeLessThan(0.1);
    expect(successOf(tuned, 'acme/middle-2024-05-13')).toBeLessThan(
      successOf(base, 'acme/middle-2024-05-13') - 0.1,
    );
  });

  test.each([60, 200])('avoids certainty after %i equal scores of one model', (count) => {
    const lines = linesOf(count, 0.1).map(({ prompt }) => ({
      prompt,
      scores: new Map([['acme/weak-1', 1]]),
    }));
    const tuned = applyHead(base, 'x', readHead(packHead(headOf(lines, count))), modelOf);
    const of = (predictor: Pick<FactorPredictor, 'ability' | 'predict'>, text: string) =>
      predictor.predict(
        readFeatures(user(text)),
        ['acme/weak-1', 'acme/strong-1'].map((name) => predictor.ability(modelOf(name))),
      ).models;
    const logOdds = ({ success }: { readonly success: number }) =>
      Math.log(success / (1 - success));

    for (const text of [HARD, EASY]) {
      const [weak, strong] = of(tuned, text);
      const [weakBefore, strongBefore] = of(base, text);
      if (!weak || !strong || !weakBefore || !strongBefore) throw new Error('both are judged');
      expect(weak.success).toBeGreaterThan(weakBefore.success);
      expect(weak.success).toBeLessThanOrEqual((count + 1) / (count + 2));
      expect(strong.success).toBeLessThanOrEqual((count + 1) / (count + 2));
      // The grades cannot separate easier prompts from a better model, so the other model rises too.
      const rise = logOdds(weak) - logOdds(weakBefore);
      expect(logOdds(strong) - logOdds(strongBefore)).toBeGreaterThan(0.6 * rise);
      const sure = (p: { success: number; uncertainty: number }) =>
        p.uncertainty / (p.success * (1 - p.success));
      expect(sure(weak)).toBeGreaterThan(sure(weakBefore));
      expect(sure(strong)).toBeGreaterThan(sure(strongBefore) + 0.1);
    }
  });

  test('can be fitted to prompts of which only numbers were stored', () => {
    const lines = linesOf(120, 0.1).map(({ prompt, scores }): TuningLine => {
      if (!('inputTokens' in prompt)) throw new Error('all are whole');
      const abilities = [base.ability(modelOf('acme/weak-1'))];
      const { vector } = base.predict(prompt, abilities);
      const numbers = packNumbers(vector ?? new Float32Array(0), prompt.dense);
      return { prompt: { text: null, ...unpackNumbers(numbers, vector?.length ?? 0) }, scores };
    });

    const tuned = applyHead(base, 'x', readHead(packHead(headOf(lines))), modelOf);

    expect(gapOf(tuned, HARD)).toBeGreaterThan(gapOf(base, HARD));
  });

  test('makes prompts like its own familiar, and no others', () => {
    const german = (text: string) => `Bitte erkläre mir, wie das mit dem folgenden ist: ${text}`;
    const lines = linesOf(120, 0.1).map(({ prompt, scores }) => ({
      prompt: readFeatures(user(german('text' in prompt ? (prompt.text ?? '') : ''))),
      scores,
    }));
    const tuned = applyHead(base, 'x', readHead(packHead(headOf(lines))), modelOf);
    const oodOf = (predictor: Pick<FactorPredictor, 'predict'>, text: string) =>
      predictor.predict(readFeatures(user(text)), []).ood;

    expect(oodOf(base, german(EASY))).toBeGreaterThan(0.5);
    expect(oodOf(tuned, german(EASY))).toBeLessThan(0.5);
    expect(oodOf(tuned, EASY)).toBe(oodOf(base, EASY));
    const noveltyOf = (predictor: Pick<FactorPredictor, 'predict'>, text: string) =>
      predictor.predict(readFeatures(user(text)), []).novelty;
    expect(noveltyOf(base, german(EASY))).toBe(1);
    expect(noveltyOf(tuned, german(EASY))).toBeLessThan(0.2);
    const french = 'Pourquoi est-ce que le ciel est bleu pendant la journée et noir la nuit ?';
    expect(oodOf(tuned, french)).toBe(oodOf(base, french));
    expect(noveltyOf(tuned, french)).toBe(1);
    // Results on German prompts do not apply to others.
    expect(gapOf(tuned, french)).toBeCloseTo(gapOf(base, french), 6);
    expect(gapOf(tuned, german(HARD)) - gapOf(base, german(HARD))).toBeGreaterThan(0.3);
  });

  test('is rejected with another predictor, or when its file is damaged', async () => {
    const store = headStoreIn(folder);
    const id = await store.install(headOf(linesOf(60, 0.1)), NOW);
    const other: Predictor = {
      revision: 'another',
      ability: (model) => base.ability(model),
      predict: (features, abilities) => base.predict(features, abilities),
    };

    const mismatch = await adaptPredictor(other, store, modelOf);
    const file = path.join(store.folder, `${id}.bin`);
    const bytes = await readFile(file);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const damaged = await adaptPredictor(base, store, modelOf);

    expect(mismatch.predictor).toBe(other);
    expect(mismatch.fault?.message).toContain(`tuned for predictor ${base.revision}`);
    expect(damaged.predictor).toBe(base);
    expect(damaged.fault?.message).toContain('expected hash');
    expect(() => readHead(bytes.subarray(0, 1200))).toThrow('expected ');
  });
});

describe('head store', () => {
  test('keeps every head and can reactivate any of them', async () => {
    const store = headStoreIn(folder);
    expect(await store.current()).toBeNull();
    expect(await store.list()).toEqual([]);
    const head = headOf(linesOf(60, 0.1));

    const first = await store.install(head, NOW);
    const second = await store.install({ ...head, record: { ...head.record, trust: 0.5 } }, NOW);
    const both = await store.list();
    await store.use(first, NOW);
    const back = await store.current();
    await store.use(null, NOW);

    expect(first).toMatch(/^0001-[0-9a-f]{12}$/);
    expect(second).toMatch(/^0002-/);
    expect(both.map(({ id, inForce }) => [id, inForce])).toEqual([
      [first, false],
      [second, true],
    ]);
    expect(back).toBe(first);
    expect(await store.current()).toBeNull();
    await expect(store.use('0009-aaaaaaaaaaaa', NOW)).rejects.toThrow('missing');
  });

  test('rolls back through the heads in the order of their use', async () => {
    const store = headStoreIn(folder);
    const head = headOf(linesOf(60, 0.1));
    const [first, second, third] = [
      await store.install(head, NOW),
      await store.install({ ...head, record: { ...head.record, trust: 0.5 } }, NOW),
      await store.install({ ...head, record: { ...head.record, trust: 0.75 } }, NOW),
    ];

    await store.use(first, NOW);
    await store.use(null, NOW);
    await store.use(null, NOW);
    const passed = [
      await store.rollback(NOW),
      await store.rollback(NOW),
      await store.rollback(NOW),
    ];
    const rest = [await store.rollback(NOW), await store.rollback(NOW)];

    expect(passed).toEqual([first, third, second]);
    expect(rest).toEqual([first, null]);
    expect(await store.current()).toBe(first);
    // A pointer without the history of earlier versions.
    await writeFile(store.pointerFile, JSON.stringify({ version: 1, head: second, changed: NOW }));
    expect(await store.rollback(NOW)).toBe(first);
  });

  test('reports a damaged pointer', async () => {
    const store = headStoreIn(folder);
    await store.use(null, NOW);
    await writeFile(store.pointerFile, '{"version":1');

    const { fault } = await adaptPredictor(base, store, modelOf);

    expect(fault?.message).toContain('not a pointer to a head');
  });
});
