import { AnswerStore } from '../../../src/cache/answer-store.js';
import type { CachedAnswer } from '../../../src/cache/cached-answer.js';
import { SemanticCache } from '../../../src/cache/semantic/semantic-cache.js';
import { FakeClock } from '../../support/fake-clock.js';
import { wordJudge } from '../../support/word-judge.js';

let clock: FakeClock;
let store: AnswerStore;
let waiting: (() => void)[];

const LIMITS = { maxError: 0.01, budgetMs: 5, maxAgeS: Infinity };

beforeEach(() => {
  clock = new FakeClock();
  store = new AnswerStore(1_000_000, clock);
  waiting = [];
});

function answer(key: string, text: string, more: Partial<CachedAnswer> = {}): CachedAnswer {
  return {
    key,
    question: { partition: 'p', text },
    source: 'dec_1',
    model: 'm',
    costUsd: null,
    tookMs: 0,
    simulated: false,
    tenant: null,
    namespace: 'n',
    tags: [],
    storedAtMs: clock.wallMs(),
    expiresAtMs: clock.wallMs() + 60_000,
    payload: { form: 'whole', body: Buffer.from(key) },
    ...more,
  };
}

/** @param judgingMs - duration of each comparison */
function opened(judgingMs = 0): SemanticCache {
  const judge = wordJudge();
  return new SemanticCache({
    judge: {
      ...judge,
      judge: (...pair) => {
        clock.advance(judgingMs);
        return judge.judge(...pair);
      },
    },
    store,
    clock,
    openGraph: null,
    defer: (work) => waiting.push(work),
  });
}

const asked = (text: string, partition = 'p') => ({ partition, text });

test('returns the most probable match among the nearest candidates', () => {
  const cache = opened();
  store.put(answer('a', 'red heap stack'));
  store.put(answer('b', 'red heap'));

  const found = cache.find(asked('please explain a red heap'), LIMITS);

  expect(found).toMatchObject({ answer: { key: 'b' }, estimate: { isServable: true } });
});

test('similarAnswers returns every answer that could be given to a question, however many are nearer, except the excluded one', () => {
  const cache = opened();
  const near = ['a', 'the', 'tell me', 'please', 'explain', 'what is', 'what are'];
  store.put(answer('own', 'red heap'));
  for (const word of near) store.put(answer(word, `${word} red heap`));
  store.put(answer('further', 'red heap stack'));
  store.put(answer('other', 'blue queue'));
  store.put(answer('elsewhere', 'red heap', { question: { partition: 'q', text: 'red heap' } }));

  const similar = cache.similarAnswers([asked('red heap')], 'own').map(({ key }) => key);

  expect(similar.sort()).toEqual([...near, 'further'].sort());
});

test('similarAnswers lists an answer to several questions once', () => {
  const cache = opened();
  store.put(answer('one', 'red heap'));
  store.put(answer('two', 'blue queue'));

  const similar = cache.similarAnswers(
    [asked('the red heap'), asked('a blue queue'), asked('a red heap')],
    'x',
  );

  expect(similar.map(({ key }) => key)).toEqual(['one', 'two']);
});

test('stops comparing when the time budget is spent', () => {
  const cache = opened(6);
  store.put(answer('a', 'red heap stack'));
  store.put(answer('b', 'red heap queue'));
  store.put(answer('c', 'red heap tree'));

  cache.find(asked('red heap'), LIMITS);

  expect(cache.counts).toMatchObject({ lookUps: 1, late: 1 });
  expect(clock.now()).toBe(6);
});

test('does not serve an expired answer, and removes it from the index', () => {
  const cache = opened();
  store.put(answer('a', 'red heap'));
  clock.advance(60_001);

  const found = cache.find(asked('a red heap'), LIMITS);

  expect(found?.estimate.isServable).not.toBe(true);
  expect(cache.counts.questions).toBe(0);
});

test('serves the latest answer of a key, and none that it has replaced', () => {
  const cache = opened();
  store.put(answer('a', 'red heap'));
  store.put(answer('a', 'green stack'));

  expect(cache.find(asked('a red heap'), LIMITS)?.estimate.isServable).not.toBe(true);
  expect(cache.find(asked('a green stack'), LIMITS)?.answer.key).toBe('a');
});

test('indexes existing answers in the background, except those removed in the meantime', () => {
  for (let i = 0; i < 40; i++) store.put(answer(`k${i}`, `thing number${i}x`));
  const cache = opened();
  store.discard('k39');

  waiting.shift()?.();
  const first = cache.counts.questions;
  while (waiting.length > 0) waiting.shift()?.();

  expect(first).toBeLessThan(20);
  expect(cache.counts).toMatchObject({ questions: 39, partitions: 1 });
});

test('stops indexing when it is closed', () => {
  for (let i = 0; i < 40; i++) store.put(answer(`k${i}`, `thing number${i}x`));
  const cache = opened();

  cache.close();
  while (waiting.length > 0) waiting.shift()?.();

  expect(cache.counts.questions).toBe(0);
});

test.each([
  ['is all punctuation', '?!'],
  ['is too long', 'heap '.repeat(1_000)],
])('a question that %s has no match and is not indexed', (_what, text) => {
  const cache = opened();
  store.put(answer('a', text));
  store.put(answer('b', 'heap'));

  expect(cache.find(asked(text), LIMITS)).toBeNull();
  expect(cache.counts.questions).toBe(1);
});

test.each([
  { now: 'Yes.', then: 'yes', is: true },
  { now: 'Yes.', then: 'No.', is: false },
  { now: null, then: 'No.', is: null },
])('learns from "$now" after "$then"', ({ now, then, is }) => {
  const cache = opened();
  store.put(answer('a', 'red heap'));
  const found = cache.find(asked('the red heap'), LIMITS);
  if (found === null) throw new Error('nothing found');

  const isRight = cache.compare(found, now, then);

  expect(isRight).toBe(is);
  expect(cache.errorRates.counts[0]).toMatchObject({
    checked: is === null ? 0 : 1,
    wrong: is === false ? 1 : 0,
  });
});
