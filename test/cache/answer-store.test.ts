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

test('lets no copy of a dropped answer in, and a later answer to the same', () => {
  const wrong = answer('a');
  store.keep(wrong);
  clock.advance(1_000);

  const dropped = store.drop(['a', 'never there']);
  const adopted = store.adopt(wrong);
  const kept = store.keep(answer('a', { storedAtMs: clock.wallMs() + 100 }));
  clock.advance(600);

  expect(dropped).toEqual([wrong]);
  expect([adopted, kept, store.size]).toEqual([false, false, 0]);
  expect(store.keep(answer('a'))).toBe(true);
});

test('drops what another process has dropped, but not what was asked after that', () => {
  const [old, later] = [answer('old'), answer('later')];
  store.keep(old);
  store.keep(later);

  store.dropToo('old', clock.wallMs());
  store.dropToo('later', clock.wallMs() - later.tookMs - 1);

  expect([store.peek('old'), store.peek('later')]).toEqual([undefined, later]);
  expect([store.adopt(old), store.adopt(later)]).toEqual([false, false]);
});

test('does not forget that it was dropped here when an earlier drop is heard of late', () => {
  clock.advance(1_000);
  const wrong = answer('a');
  clock.advance(1_000);
  store.drop(['a']);

  store.dropToo('a', wrong.storedAtMs - wrong.tookMs - 1);

  expect(store.adopt(wrong)).toBe(false);
});

test('remembers what was dropped for an hour, and no more of it than is of use', () => {
  const wrong = answer('a', { expiresAtMs: clock.wallMs() + 10_000_000 });
  store.drop(['a']);
  clock.advance(3_599_000);
  store.drop(['b']);
  const before = store.adopt(wrong);
  clock.advance(1_000);
  store.drop(['c']);
  const after = store.adopt(wrong);
  store.drop(Array.from({ length: 10_000 }, (_, i) => `of many ${i}`));

  expect([before, after]).toEqual([false, true]);
  expect(['c', 'of many 0'].map((key) => store.adopt(answer(key)))).toEqual([true, false]);
});

test('purges one tenant’s answers without those of others and those that are shared', () => {
  for (const tenant of ['ann', 'bob', null]) store.keep(answer(`of ${String(tenant)}`, { tenant }));

  const gone = store.purge({ tenant: 'ann' });

  expect(gone.map(({ key }) => key)).toEqual(['of ann']);
  expect(store.size).toBe(2);
});
