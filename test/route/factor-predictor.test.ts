import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fc } from '../support/fast-check.js';
import type { Conversation } from '../../src/core/conversation.js';
import { ArtefactError } from '../../src/embed/artefact.js';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';
import { readFeatures } from '../../src/route/features.js';
import type { Features } from '../../src/route/features.js';
import { loadPredictor } from '../../src/route/factor-predictor.js';
import type { FactorPredictor } from '../../src/route/factor-predictor.js';
import {
  TINY_EMBEDDING,
  TINY_EMBEDDING_ROWS,
  TINY_MODELS,
  writeEncoderArtefacts,
  writeTinyArtefacts,
} from './tiny-artefacts.js';
import { madeUpVector } from '../support/fake-encoder.js';
import { modelWith } from '../support/models.js';

const folders: string[] = [];
let tiny: FactorPredictor;

function tinyFolder(...args: Parameters<typeof writeTinyArtefacts>): string {
  const folder = writeTinyArtefacts(...args);
  folders.push(folder);
  return folder;
}

beforeAll(async () => {
  tiny = await loadPredictor(tinyFolder());
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function featuresOf(text: string): Features {
  const conversation: Conversation = {
    messages: [{ role: 'user', parts: [{ kind: 'text', text }] }],
    tools: [],
    toolRequired: false,
    parallelTools: null,
    format: 'text',
    maxOutputTokens: null,
    choices: 1,
    reasoningEffort: null,
  };
  return readFeatures(conversation);
}

const QUESTION = featuresOf('Why does ice float on water?');
const FRENCH = featuresOf('Pourquoi est-ce que la glace flotte sur l’eau des rivières ?');

describe('FactorPredictor', () => {
  test('orders models by ability, with probabilities between 0 and 1', () => {
    const abilities = TINY_MODELS.map((name) => tiny.ability(modelWith(name)));

    const { models } = tiny.predict(QUESTION, abilities);

    const success = models.map((one) => one.success);
    expect(success).toEqual([...success].sort((a, b) => a - b));
    expect(models.every((one) => one.success > 0 && one.success < 1)).toBe(true);
    expect(models.every((one) => one.uncertainty > 0 && one.uncertainty <= 0.5)).toBe(true);
    expect(models.every((one) => one.outputTokens >= 1)).toBe(true);
  });

  test('is deterministic and in range for any text', () => {
    const abilities = [
      tiny.ability(modelWith(TINY_MODELS[0])),
      tiny.ability(modelWith('who/knows')),
    ];

    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'grapheme' }), (text) => {
        const features = featuresOf(text);
        const first = tiny.predict(features, abilities);
        const again = tiny.predict(features, abilities);

        expect(again).toEqual(first);
        expect(first.ood).toBeGreaterThanOrEqual(0);
        expect(first.ood).toBeLessThanOrEqual(1);
        expect(first.novelty).toBeGreaterThanOrEqual(0);
        expect(first.novelty).toBeLessThanOrEqual(1);
        for (const one of first.models) {
          expect(one.success).toBeGreaterThan(0);
          expect(one.success).toBeLessThan(1);
          expect(one.uncertainty).toBeLessThanOrEqual(0.5);
          expect(Number.isFinite(one.outputTokens)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('names the basis of each ability', () => {
    const graded = tiny.ability(modelWith('acme/weak-1'));
    const described = tiny.ability(modelWith('acme/new', { benchmarks: { mmlu_pro: 70 } }));
    const nameless = tiny.ability(modelWith('who/knows', { benchmarks: { unheard_of: 70 } }));

    expect([graded.basis, described.basis, nameless.basis]).toEqual([
      'fitted',
      'regressed',
      'unknown',
    ]);
  });

  test('is less certain the less is known of a model', () => {
    const abilities = [
      tiny.ability(modelWith('acme/middle-2024-05-13')),
      tiny.ability(modelWith('acme/new', { benchmarks: { mmlu_pro: 50 }, released: '2024-01' })),
      tiny.ability(modelWith('who/knows')),
    ];

    const [graded, described, nameless] = tiny.predict(QUESTION, abilities).models;

    expect(described?.uncertainty).toBeGreaterThan(graded?.uncertainty ?? 1);
    expect(nameless?.uncertainty).toBeGreaterThan(described?.uncertainty ?? 1);
  });

  test('predicts more success for a higher benchmark figure', () => {
    const figure = fc.double({ min: 1, max: 98, noNaN: true });

    fc.assert(
      fc.property(figure, fc.double({ min: 0.1, max: 50, noNaN: true }), (low, more) => {
        const abilities = [low, Math.min(99, low + more)].map((mmlu_pro, i) =>
          tiny.ability(modelWith(`acme/new-${i}`, { benchmarks: { mmlu_pro } })),
        );
        const [weak, strong] = tiny.predict(QUESTION, abilities).models;
        expect(strong?.success).toBeGreaterThan(weak?.success ?? 1);
      }),
    );
  });

  test('does not take a tag of another size for a graded model', () => {
    const names = ['acme/middle:8b', 'acme/middle:latest'];
    const [small, unsized] = names.map((name) => tiny.ability(modelWith(name)));
    const stated = tiny.ability({ ...modelWith('acme/middle:latest'), parameters: 8.2 });

    expect([small?.basis, unsized?.basis, stated.basis]).toEqual(['unknown', 'fitted', 'unknown']);
  });

  test.each([
    { name: 'acme/middle', released: null, basis: 'fitted' },
    { name: 'acme/middle-2024-08-06', released: '2024-08-06', basis: 'fitted' },
    { name: 'other-host/middle-instruct', released: '2024-05', basis: 'fitted' },
    { name: 'acme/middle', released: '2026-03', basis: 'regressed' },
    { name: 'acme/strong-1', released: '2026-03', basis: 'fitted' },
    { name: 'acme/strong-1-preview', released: '2026-03', basis: 'regressed' },
  ])('matches $name released $released as $basis', ({ name, released, basis }) => {
    const ability = tiny.ability(modelWith(name, { released }));

    expect(ability.basis).toBe(basis);
  });

  test('predicts longer answers for a reasoning model', () => {
    const plain = tiny.ability(modelWith('acme/plain'));
    const reasoning = tiny.ability(
      modelWith('acme/deep', { capabilities: new Set(['reasoning']) }),
    );

    const [short, long] = tiny.predict(QUESTION, [plain, reasoning]).models;

    expect(long?.outputTokens).toBeGreaterThan(short?.outputTokens ?? Infinity);
  });

  test('reports a text without letters as unfamiliar', () => {
    expect(tiny.predict(featuresOf('?!'), []).ood).toBeGreaterThan(0.5);
  });
});

describe('FactorPredictor with an encoder', () => {
  const encoded = madeUpVector('ice', TINY_EMBEDDING);

  async function trainedFor(isMultilingual: boolean): Promise<FactorPredictor> {
    const folder = writeEncoderArtefacts('encoder-0123456789ab', {
      name: 'Xenova/tiny',
      multilingual: isMultilingual,
    });
    folders.push(folder);
    return await loadPredictor(folder);
  }

  test('uses the given vector, centred, and needs no static embedder', async () => {
    const predictor = await trainedFor(false);
    const abilities = [predictor.ability(modelWith(TINY_MODELS[0]))];

    const { vector, models } = predictor.predict({ ...QUESTION, encoded }, abilities);
    const again = vector?.slice() ?? new Float32Array(0);
    const judged = predictor.predictNumbers({ vector: again, dense: QUESTION.dense }, abilities);
    const other = predictor.predict(
      { ...QUESTION, encoded: madeUpVector('fire', TINY_EMBEDDING) },
      abilities,
    );

    const shifted = encoded.map((value) => value - 0.1);
    const length = Math.hypot(...shifted);
    expect(Math.hypot(...again)).toBeCloseTo(1, 5);
    expect(again[3]).toBeCloseTo((shifted[3] ?? 0) / length, 5);
    expect(judged.models[0]?.success).toBe(models[0]?.success);
    expect(other.models[0]?.success).not.toBe(models[0]?.success);
    expect(predictor.vectorLength).toBe(TINY_EMBEDDING);
    expect(predictor.encoder).toEqual({
      id: 'encoder-0123456789ab',
      name: 'Xenova/tiny',
      multilingual: false,
    });
  });

  test.each([
    ['no vector', undefined],
    ['a vector of another length', Float32Array.of(1, 0)],
  ])('rejects a prompt with %s', async (_what, vector) => {
    const predictor = await trainedFor(false);

    expect(() =>
      predictor.predict({ ...QUESTION, ...(vector && { encoded: vector }) }, []),
    ).toThrow('a prompt has no vector of the encoder Xenova/tiny');
  });

  test('reports other languages as unfamiliar, unless the encoder is multilingual', async () => {
    const [english, every] = [await trainedFor(false), await trainedFor(true)];
    const foreign = { ...FRENCH, encoded };

    expect(foreign.language).toBe('fr');
    expect(english.predict(foreign, []).ood).toBeGreaterThanOrEqual(0.7);
    expect(every.predict(foreign, []).ood).toBe(
      every.predict({ ...foreign, language: 'en' }, []).ood,
    );
  });
});

describe('a prompt in another language than English', () => {
  const WORDLESS = featuresOf('？！…、。');
  const CHINESE = featuresOf('水为什么能浮冰');
  const abilities = (predictor: FactorPredictor) =>
    TINY_MODELS.map((name) => predictor.ability(modelWith(name)));
  const logOddsOf = (predictor: FactorPredictor, features: Features): number[] =>
    predictor
      .predict(features, abilities(predictor))
      .models.map(({ success }) => Math.log(success / (1 - success)));

  async function knowingWords(): Promise<FactorPredictor> {
    return loadPredictor(tinyFolder((meta) => ({ ...meta, foreignRows: TINY_EMBEDDING_ROWS })));
  }

  test('is as hard as its words, which do not count in English', async () => {
    const knowing = await knowingWords();
    const embedder = StaticEmbedder.load(path.join(folders.at(-1) ?? '', 'embedder.bin'));
    const { weights } = embedder.rowsOf(CHINESE.task);
    const words = weights.reduce((sum, weight) => sum + weight, 0);

    const [weak = 0, , strong = 0] = logOddsOf(knowing, CHINESE);

    expect(words).toBeGreaterThan(1);
    // Abilities are −1 and 1; uncertainty about them draws both towards even odds.
    expect((weak + strong) / 2 / -words).toBeCloseTo((strong - weak) / 2, 5);
    expect(logOddsOf(knowing, QUESTION)).toEqual(logOddsOf(tiny, QUESTION));
    expect(logOddsOf(knowing, WORDLESS)).toEqual(logOddsOf(tiny, WORDLESS));
  });

  test('counts gradually with the share of another language', async () => {
    const knowing = await knowingWords();
    const english = 'What does this mean in the book that I read about the sea and its animals: ';
    const gaps = ['', '水', '水为什', '水为什么能浮冰水水水水'].map((quoted) => {
      const features = featuresOf(english + quoted);
      return Math.abs((logOddsOf(knowing, features)[1] ?? 0) - (logOddsOf(tiny, features)[1] ?? 0));
    });

    expect(gaps[0]).toBe(0);
    expect(gaps.every((gap, i) => i === 0 || gap > (gaps[i - 1] ?? 0))).toBe(true);
  });

  test('is unfamiliar unless its language is among those that the predictor knows, each at its own distance', async () => {
    const knowing = await loadPredictor(
      tinyFolder((meta) => ({ ...meta, languages: { en: 0.9, zh: 1.5 } })),
    );
    const LONG = featuresOf(
      '水为什么能浮冰，请你用简单的语言向一个十岁的孩子解释这个现象的原因。'.repeat(2),
    );

    expect(LONG.language).toBe('zh');
    expect(tiny.predict(LONG, []).ood).toBeGreaterThanOrEqual(0.7);
    expect(knowing.predict(LONG, []).ood).toBeLessThan(0.5);
    expect(knowing.predict(FRENCH, []).ood).toBeGreaterThanOrEqual(0.7);
    expect(knowing.predict(QUESTION, []).ood).toBe(tiny.predict(QUESTION, []).ood);
  });
});

describe('loadPredictor', () => {
  async function fault(folder: string): Promise<string> {
    const error: unknown = await loadPredictor(folder).then(
      () => new Error('it loaded'),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ArtefactError);
    return (error as ArtefactError).message;
  }

  test('rejects a folder without a manifest', async () => {
    const folder = tinyFolder();
    rmSync(path.join(folder, 'manifest.json'));

    expect(await fault(folder)).toMatch(/manifest\.json: the file (?:is missing|cannot be read)$/);
  });

  test('rejects a folder without the predictor', async () => {
    const folder = tinyFolder();
    rmSync(path.join(folder, 'predictor.bin'));

    expect(await fault(folder)).toMatch(/predictor\.bin: the file (?:is missing|cannot be read)$/);
  });

  test('rejects a modified predictor', async () => {
    const folder = tinyFolder();
    const file = path.join(folder, 'predictor.bin');
    const bytes = readFileSync(file);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    writeFileSync(file, bytes);

    expect(await fault(folder)).toMatch(/predictor\.bin: expected SHA-256/);
  });

  test('rejects a truncated predictor', async () => {
    const folder = tinyFolder();
    const file = path.join(folder, 'predictor.bin');
    writeFileSync(file, readFileSync(file).subarray(0, 900));

    expect(await fault(folder)).toMatch(/predictor\.bin: expected SHA-256/);
  });

  test('rejects a manifest with other features', async () => {
    const folder = tinyFolder();
    const file = path.join(folder, 'manifest.json');
    const text = readFileSync(file, 'utf8').replace('"log_chars"', '"log_words"');
    writeFileSync(
      file,
      text.replace('"log_words",\n    "log_words"', '"log_words",\n    "log_chars"'),
    );

    expect(await fault(folder)).toMatch(/feature 0: expected log_chars, found log_words/);
  });

  test.each([
    {
      what: 'another embedder',
      change: { embedder: 'static-0123' },
      said: /trained with embedder/,
    },
    { what: 'a damaged header', change: { doubt: 'none' }, said: /the header is damaged/ },
    { what: 'more models than rows', change: { models: ['a', 'b', 'c', 'd'] }, said: /abilities/ },
  ])('rejects a predictor with $what', async ({ change, said }) => {
    const folder = tinyFolder((meta) => ({ ...meta, ...change }));

    expect(await fault(folder)).toMatch(said);
  });
});
