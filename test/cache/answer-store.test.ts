import { AnswerStore } from '../../src/cache/answer-store.js';
import type { KeptAnswer } from '../../src/cache/kept-answer.js';
import { FakeClock } from '../support/fake-clock.js';

let clock: FakeClock;
let store: AnswerStore;

beforeEach(() => {
  clock = new FakeClock();
  store = new AnswerStore(100_000, clock);
});

const answer = (key: string, more: Partial<KeptAnswer> = {}): KeptAnswer => ({
  key,
  source: `dec_${key}`,
  model: 'm',
  costUsd: null,
  tookMs: 500,
  simulated: false,
  tenant: 'ann',
  namespace: 'n',
  question: null,
  tags: ['red'],
  storedAtMs: clock.wallMs(),
  expiresAtMs: clock.wallMs() + 10_000,
  payload: { form: 'whole', body: Buffer.from(key) },
  ...more,
});

test('gives an answer until it expires, to those who do not mind its age', () => {
  store.keep(answer('a'));
  clock.advance(5_000);

  const [minds, minded] = [store.find('a', 4), store.find('a', 5)];
  clock.advance(5_000);

  expect(minds).toBeNull();
  expect(minded?.key).toBe('a');
  expect(store.find('a', Infinity)).toBeNull();
  expect(store.counts).toMatchObject({ kept: 1, expired: 1 });
  expect(store.size).toBe(0);
});

test('does not keep what was under way when its like were purged', () => {
  clock.advance(1_000);
  store.purge({ tag: 'red' });
  clock.advance(400);

  const old = store.keep(answer('a'));
  const other = store.keep(answer('b', { tags: [] }));
  clock.advance(200);
  const fresh = store.keep(answer('a'));

  expect([old, other, fresh]).toEqual([false, true, true]);
});

test('purges one tenant’s answers without those of others and those that are shared', () => {
  for (const tenant of ['ann', 'bob', null]) store.keep(answer(`of ${String(tenant)}`, { tenant }));

  const gone = store.purge({ tenant: 'ann' });

  expect(gone.map(({ key }) => key)).toEqual(['of ann']);
  expect(store.size).toBe(2);
});
