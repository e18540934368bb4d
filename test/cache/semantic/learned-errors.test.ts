import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AnswerLog } from '../../../src/cache/answer-log.js';
import { AnswerStore } from '../../../src/cache/answer-store.js';
import { SemanticCache } from '../../../src/cache/semantic/semantic-cache.js';
import type { MatchPrediction } from '../../../src/cache/semantic/error-rates.js';
import type { QuestionJudge } from '../../../src/cache/verify/judge.js';
import { FakeClock } from '../../support/fake-clock.js';
import { wordJudge } from '../../support/word-judge.js';
import { keptAnswer } from '../kept.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-learnt-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Opened {
  readonly store: AnswerStore;
  readonly log: AnswerLog;
  readonly cache: SemanticCache;
  readonly foreign: number;
}

async function opened(judge: QuestionJudge | null = wordJudge()): Promise<Opened> {
  const clock = new FakeClock();
  const store = new AnswerStore(1_000_000, clock);
  const onProblem = () => undefined;
  const log = await AnswerLog.open({ folder, saveEveryMs: 1_000, clock, onProblem }, store);
  const parts = {
    store,
    clock,
    openGraph: null,
    defer: (work: () => void) => {
      work();
    },
  };
  const cache = new SemanticCache({ judge: judge ?? wordJudge(), ...parts });
  const foreign = judge === null ? 0 : cache.learnedErrors.restore(log.learnt);
  if (judge !== null) log.setLearnedSource(cache.learnedErrors);
  return { store, log, cache, foreign };
}

const prediction = (key: string, partition = 'p'): MatchPrediction => ({
  partition,
  key,
  errorProbability: 0.001,
});

/** Answers a and b are stored, and a was found wrong once. */
async function lived(): Promise<Opened> {
  const one = await opened();
  for (const key of ['a', 'b']) one.store.put(keptAnswer(key));
  one.cache.errorRates.countPrediction(prediction('a'));
  for (let i = 0; i < 500; i++) one.cache.errorRates.recordResult(prediction('b'), true);
  one.cache.errorRates.recordResult(prediction('a'), false);
  return one;
}

const serves = ({ cache }: Opened, key: string) =>
  cache.errorRates.estimate(prediction(key), 0.01)?.isServable;

test('restores error rates after a restart', async () => {
  const before = await lived();
  await before.log.close();

  const after = await opened();

  expect(after.cache.errorRates.counts[0]).toMatchObject({
    predictions: 1,
    checked: 501,
    wrong: 1,
  });
  expect([serves(after, 'a'), serves(after, 'b')]).toEqual([false, true]);
  expect(after.cache.errorRates.recheckProbability(prediction('b'), 0)).toBe(
    before.cache.errorRates.recheckProbability(prediction('b'), 0),
  );
  await after.log.close();
});

test('restores the error rates of the last save after a crash', async () => {
  const before = await lived();
  await before.log.save();
  before.cache.errorRates.recordResult(prediction('b'), false);

  const after = await opened();

  expect(after.cache.errorRates.counts[0]).toMatchObject({ checked: 501, wrong: 1 });
  expect([serves(after, 'a'), serves(after, 'b')]).toEqual([false, true]);
  await before.log.close();
  await after.log.close();
});

test('appends only changes until the file is rewritten', async () => {
  const before = await lived();
  await before.log.save();
  const size = (await readFile(before.log.file)).length;

  await before.log.save();
  const idle = (await readFile(before.log.file)).length;
  before.cache.errorRates.countPrediction(prediction('b', 'q'));
  await before.log.save();
  const grown = (await readFile(before.log.file)).toString();

  expect(idle).toBe(size);
  expect(grown.slice(size)).toContain('"partition":"q"');
  expect(grown.slice(size)).not.toContain('"sightings"');
  await before.log.close();
});

test.each([
  ['was trained differently', { ...wordJudge(), revision: 'other words' }],
  [
    'judges differently',
    { ...wordJudge(), judge: () => ({ similarity: 1, probability: 0.5, veto: null }) },
  ],
])('starts from scratch with a verifier that %s', async (_what, judge) => {
  const before = await lived();
  await before.log.close();

  const after = await opened(judge);
  await after.log.close();

  expect(after.foreign).toBeGreaterThan(0);
  expect(after.cache.errorRates.counts.every(({ checked }) => checked === 0)).toBe(true);
  expect(serves(after, 'a')).toBe(true);
});

test('does not apply the results of an answer to its replacement', async () => {
  const before = await lived();
  await before.log.save();
  before.store.put(keptAnswer('a', { source: 'dec_new' }));
  await before.log.close();

  const after = await opened();

  expect(serves(after, 'a')).toBe(true);
  expect(after.cache.errorRates.counts[0]).toMatchObject({ wrong: 1 });
  await after.log.close();
});

test('keeps error rates while semantic caching is off', async () => {
  const before = await lived();
  await before.log.close();
  const between = await opened(null);
  // Damage at the end causes a rewrite.
  await between.log.close();
  await writeFile(
    between.log.file,
    Buffer.concat([await readFile(between.log.file), Buffer.alloc(99, 1)]),
  );
  const mended = await opened(null);
  await mended.log.save();
  await mended.log.close();

  const after = await opened();

  expect([serves(after, 'a'), serves(after, 'b')]).toEqual([false, true]);
  await after.log.close();
});

test('keeps only the counts per class when the answers before a damaged record are dropped', async () => {
  const before = await lived();
  await before.log.save();
  before.store.put(keptAnswer('c'));
  await before.log.save();
  before.store.put(keptAnswer('d'));
  await before.log.close();
  const bytes = await readFile(before.log.file);
  bytes[bytes.indexOf('red c')] = 0;
  await writeFile(before.log.file, bytes);

  const after = await opened();

  expect([...after.store.values()].map(({ key }) => key)).toEqual(['d']);
  expect(after.cache.errorRates.counts[0]).toMatchObject({ checked: 501, wrong: 1 });
  expect(serves(after, 'a')).toBe(true);
  await after.log.close();
});
