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
  readonly alike: SemanticCache;
  readonly foreign: number;
}

async function opened(judge: QuestionJudge | null = wordJudge()): Promise<Opened> {
  const clock = new FakeClock();
  const store = new AnswerStore(1_000_000, clock);
  const onTrouble = () => undefined;
  const log = await AnswerLog.open(
    { folder, saveEveryMs: 1_000, clock, onProblem: onTrouble },
    store,
  );
  const parts = {
    store,
    clock,
    openGraph: null,
    defer: (work: () => void) => {
      work();
    },
  };
  const alike = new SemanticCache({ judge: judge ?? wordJudge(), ...parts });
  const foreign = judge === null ? 0 : alike.learnedErrors.restore(log.learnt);
  if (judge !== null) log.setLearnedSource(alike.learnedErrors);
  return { store, log, alike, foreign };
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
  one.alike.errorRates.countPrediction(prediction('a'));
  for (let i = 0; i < 500; i++) one.alike.errorRates.recordResult(prediction('b'), true);
  one.alike.errorRates.recordResult(prediction('a'), false);
  return one;
}

const serves = ({ alike }: Opened, key: string) =>
  alike.errorRates.estimate(prediction(key), 0.01)?.isServable;

test('restores what it has learnt after a restart', async () => {
  const before = await lived();
  await before.log.close();

  const after = await opened();

  expect(after.alike.errorRates.counts[0]).toMatchObject({
    predictions: 1,
    checked: 501,
    wrong: 1,
  });
  expect([serves(after, 'a'), serves(after, 'b')]).toEqual([false, true]);
  expect(after.alike.errorRates.recheckProbability(prediction('b'), 0)).toBe(
    before.alike.errorRates.recheckProbability(prediction('b'), 0),
  );
  await after.log.close();
});

test('restores what it had learnt at the last save after being killed', async () => {
  const before = await lived();
  await before.log.save();
  before.alike.errorRates.recordResult(prediction('b'), false);

  const after = await opened();

  expect(after.alike.errorRates.counts[0]).toMatchObject({ checked: 501, wrong: 1 });
  expect([serves(after, 'a'), serves(after, 'b')]).toEqual([false, true]);
  await before.log.close();
  await after.log.close();
});

test('appends changes only, until the file is rewritten', async () => {
  const before = await lived();
  await before.log.save();
  const size = (await readFile(before.log.file)).length;

  await before.log.save();
  const idle = (await readFile(before.log.file)).length;
  before.alike.errorRates.countPrediction(prediction('b', 'q'));
  await before.log.save();
  const grown = (await readFile(before.log.file)).toString();

  expect(idle).toBe(size);
  expect(grown.slice(size)).toContain('"partition":"q"');
  expect(grown.slice(size)).not.toContain('"sightings"');
  await before.log.close();
});

test.each([
  ['that is trained otherwise', { ...wordJudge(), revision: 'other words' }],
  [
    'that judges otherwise',
    { ...wordJudge(), judge: () => ({ similarity: 1, probability: 0.5, veto: null }) },
  ],
])('starts from scratch with a verifier %s', async (_what, judge) => {
  const before = await lived();
  await before.log.close();

  const after = await opened(judge);
  await after.log.close();

  expect(after.foreign).toBeGreaterThan(0);
  expect(after.alike.errorRates.counts.every(({ checked }) => checked === 0)).toBe(true);
  expect(serves(after, 'a')).toBe(true);
});

test('does not apply the results of an answer to the one that replaced it', async () => {
  const before = await lived();
  await before.log.save();
  before.store.put(keptAnswer('a', { source: 'dec_new' }));
  await before.log.close();

  const after = await opened();

  expect(serves(after, 'a')).toBe(true);
  expect(after.alike.errorRates.counts[0]).toMatchObject({ wrong: 1 });
  await after.log.close();
});

test('keeps what was learnt while semantic caching is off', async () => {
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

test('keeps only its counts per class if the answers before a damaged place are dropped', async () => {
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
  expect(after.alike.errorRates.counts[0]).toMatchObject({ checked: 501, wrong: 1 });
  expect(serves(after, 'a')).toBe(true);
  await after.log.close();
});
