import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import * as z from 'zod';
import { Verifier } from '../../../src/cache/verify/verifier.js';

const MODELS = path.resolve('models');
const NEAR_MISSES = path.resolve('test/cache/verify/near-misses.jsonl');

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

test('is certain of the same text', () => {
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
])('believes that the answer to %j does for %j', (a, b) => {
  expect(judge(a, b).probability).toBeGreaterThan(0.9);
  expect(judge(a, b).veto).toBeNull();
});

test.each([
  ['How do I reverse a string in Python?', 'How do I reverse a list in Python?'],
  ['What is the boiling point of ethanol?', 'What is the boiling point of methanol?'],
  ['is nitrogen flammable', 'is calcium flammable'],
])('does not believe that the answer to %j does for %j', (a, b) => {
  expect(judge(a, b).probability).toBeLessThan(0.9);
});

test('says the same whichever was asked first, of any two texts', () => {
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

describe('of 450 pairs of prompts written by hand, near misses and rewordings', () => {
  const pairs = readFileSync(NEAR_MISSES, 'utf8')
    .trim()
    .split('\n')
    .map((line) => nearMiss.parse(JSON.parse(line)));

  let judged: readonly (ReturnType<typeof judge> & { readonly same: boolean })[];
  beforeAll(() => {
    judged = pairs.map(({ a, b, same }) => {
      const { probability, similarity, veto } = judge(a, b);
      return { same, probability, similarity, veto };
    });
  });
  const hitsOf = (maxError: number) =>
    judged.filter(({ probability, veto }) => veto === null && 1 - probability <= maxError);

  test('gives a wrong answer to hardly any near miss, and the right one to a fair share of rewordings', () => {
    const hits = hitsOf(0.01);

    // models/MODEL_CARD.md has the figures of the day.
    expect(hits.filter(({ same }) => !same).length).toBeLessThanOrEqual(1);
    expect(hits.filter(({ same }) => same).length).toBeGreaterThanOrEqual(50);
  });

  test('gives more answers where more of them may be wrong', () => {
    expect(hitsOf(0.1).length).toBeGreaterThan(hitsOf(0.01).length);
  });
});

describe('an artefact that cannot be used', () => {
  test.each([
    ['missing', () => undefined, /verifier\.bin: the file is missing/],
    [
      'cut short',
      (file: string) => {
        writeFileSync(file, readFileSync(file).subarray(0, 5000));
      },
      /expected \d+ bytes, found 5000/,
    ],
    [
      'another kind of file',
      (file: string) => {
        copyFileSync(path.join(MODELS, 'embedder.bin'), file);
      },
      /expected pair-verifier version 2, found static-embedder/,
    ],
  ])('is refused when it is %s', (name, damage, message) => {
    const own = mkdtempSync(path.join(folder, 'models-'));
    copyFileSync(path.join(MODELS, 'embedder.bin'), path.join(own, 'embedder.bin'));
    const file = path.join(own, 'verifier.bin');
    if (name !== 'missing') copyFileSync(path.join(MODELS, 'verifier.bin'), file);
    damage(file);

    expect(() => Verifier.load(own)).toThrow(message);
  });
});
