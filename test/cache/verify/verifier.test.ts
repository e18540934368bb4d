import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fc } from '../../support/fast-check.js';
import * as z from 'zod';
import { Verifier } from '../../../src/cache/verify/verifier.js';

const MODELS = path.resolve('models');
const NEAR_MISSES = path.resolve('test/cache/verify/near-misses.jsonl');
const DEVELOPMENT = path.resolve('models/train/verifier/development.jsonl');

const nearMiss = z.strictObject({
  id: z.string(),
  kind: z.string(),
  same: z.boolean(),
  a: z.string(),
  b: z.string(),
});

let verifier: Verifier;
let folder: string;
beforeAll(() => {
  verifier = Verifier.load(MODELS);
  folder = mkdtempSync(path.join(tmpdir(), 'verifier-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const judge = (a: string, b: string) => verifier.judge(verifier.read(b), verifier.read(a));

test('is certain about identical texts', () => {
  const { probability, similarity, veto } = judge('What is a heap?', 'What is a heap?');

  expect({ probability, veto }).toEqual({ probability: 1, veto: null });
  expect(similarity).toBeCloseTo(1, 5);
});

test.each([
  ['How do I reverse a string in Python?', 'Hi! How can I reverse a string in Python? Thanks!'],
  [
    "What's the boiling point of ethanol?",
    'Could you tell me what the boiling point of ethanol is?',
  ],
  ['Explain photosynthesis to a child.', 'Please explain photosynthesis to a child'],
])('accepts the answer to %j for %j', (a, b) => {
  expect(judge(a, b).probability).toBeGreaterThan(0.9);
  expect(judge(a, b).veto).toBeNull();
});

test.each([
  ['写３个例子。', '写3个例子'],
  ['法国的首都是哪里？', '法国的首都是哪里?'],
  ['كم يساوي ٥ كيلو؟', 'كم يساوي 5 كيلو'],
  ['२ किलो कितना होता है।', '2 किलो कितना होता है?'],
])(
  'is as certain about %j and %j as about texts that differ in case and punctuation only',
  (a, b) => {
    expect(judge(a, b).probability).toBe(judge('What is a heap?', 'what is a heap').probability);
    expect(judge(a, b).veto).toBeNull();
  },
);

test.each([
  ['How do I reverse a string in Python?', 'How do I reverse a list in Python?'],
  ['What is the boiling point of ethanol?', 'What is the boiling point of methanol?'],
  ['is nitrogen flammable', 'is calcium flammable'],
])('assigns a probability below 0.97 to the answer to %j for %j', (a, b) => {
  expect(judge(a, b).probability).toBeLessThan(0.97);
});

test('gives the same verdict in both orders, for any two texts', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc
      .array(fc.constantFrom('how', 'to', 'sort', 'a', 'list', 'in', 'Python', '3', 'not', '?'), {
        maxLength: 12,
      })
      .map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(text, text, (a, b) => {
      const verdict = judge(a, b);

      expect(judge(b, a)).toEqual(verdict);
      expect(verdict.probability).toBeGreaterThanOrEqual(0);
      expect(verdict.probability).toBeLessThanOrEqual(1);
    }),
    { numRuns: 100 },
  );
});

const readPairs = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => nearMiss.parse(JSON.parse(line)));
const judgedPairs = (file: string) =>
  readPairs(file).map(({ a, b, same }) => {
    const { probability, veto } = judge(a, b);
    return { same, probability, veto };
  });
const hitsOf = (judged: ReturnType<typeof judgedPairs>, maxError: number) =>
  judged.filter(({ probability, veto }) => veto === null && 1 - probability <= maxError);

// models/MODEL_CARD.md has the figures of the day.
test.each([
  ['450 held-out pairs', NEAR_MISSES, { right: 66, wrong: 0 }],
  ['257 development pairs', DEVELOPMENT, { right: 76, wrong: 1 }],
])(
  'rejects near misses and accepts a fair share of paraphrases, in %s',
  (_, file, { right, wrong }) => {
    const judged = judgedPairs(file);
    const hits = hitsOf(judged, 0.01);

    expect(hits.filter(({ same }) => !same).length).toBeLessThanOrEqual(wrong);
    expect(hits.filter(({ same }) => same).length).toBeGreaterThanOrEqual(right);
    expect(hitsOf(judged, 0.1).length).toBeGreaterThan(hits.length);
  },
);

test('judges a question restored from its encoding as one that was just read', () => {
  const pairs = readPairs(NEAR_MISSES);

  const different = pairs.filter(({ a, b }) => {
    const [asked, kept] = [verifier.read(b), verifier.read(a)];
    const noted = verifier.codec.decode(a, verifier.codec.encode(kept));
    const [one, other] = [kept, noted].map((question) => {
      const { similarity, probability, veto } = verifier.judge(asked, question);
      return JSON.stringify({ similarity, probability, veto });
    });
    return one !== other;
  });

  expect(different).toEqual([]);
});

describe('Verifier.load', () => {
  test.each([
    ['missing', () => undefined, /verifier\.bin: the file is missing/],
    [
      'truncated',
      (file: string) => {
        writeFileSync(file, readFileSync(file).subarray(0, 5000));
      },
      /expected \d+ bytes, found 5000/,
    ],
    [
      'inconsistent in its number of trees',
      (file: string) => {
        const bytes = readFileSync(file);
        bytes.write('"early":900', bytes.indexOf('"early":300'));
        writeFileSync(file, bytes);
      },
      /fewer than all trees do without the network/,
    ],
    [
      'a file of another kind',
      (file: string) => {
        copyFileSync(path.join(MODELS, 'embedder.bin'), file);
      },
      /expected pair-verifier version 6, found static-embedder/,
    ],
  ])('rejects an artefact that is %s', (name, damage, message) => {
    const own = mkdtempSync(path.join(folder, 'models-'));
    copyFileSync(path.join(MODELS, 'embedder.bin'), path.join(own, 'embedder.bin'));
    const file = path.join(own, 'verifier.bin');
    if (name !== 'missing') copyFileSync(path.join(MODELS, 'verifier.bin'), file);
    damage(file);

    expect(() => Verifier.load(own)).toThrow(message);
  });
});
