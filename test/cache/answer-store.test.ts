import { AnswerStore } from '../../src/cache/answer-store.js';
import type { CachedAnswer, LoadedAnswer } from '../../src/cache/cached-answer.js';
import { FakeClock } from '../support/fake-clock.js';

let clock: FakeClock;
let store: AnswerStore;

beforeEach(() => {
  clock = new FakeClock();
  store = new AnswerStore(100_000, clock);
});

const answer = (key: string, more: Partial<CachedAnswer> = {}): CachedAnswer => ({
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

test('returns an answer until it expires, within the maximum age of the request', () => {
  store.put(answer('a'));
  clock.advance(5_000);

  const [tooOld, recentEnough] = [store.find('a', 4), store.find('a', 5)];
  clock.advance(5_000);

  expect(tooOld).toBeNull();
  expect(recentEnough?.key).toBe('a');
  expect(store.find('a', Infinity)).toBeNull();
  expect(store.counts).toMatchObject({ kept: 1, expired: 1 });
  expect(store.size).toBe(0);
});

test('does not return an answer dated in the future', () => {
  const year = 365 * 86_400_000;
  const at = (aheadMs: number) => ({
    storedAtMs: clock.wallMs() + aheadMs,
    expiresAtMs: clock.wallMs() + aheadMs + 10_000,
  });
  store.restore(answer('ahead', at(year)));
  store.restore(answer('hardly', at(5_000)));

  expect([store.find('ahead', 60), store.find('hardly', 60)?.key]).toEqual([null, 'hardly']);
  expect(store.put(answer('ahead'))).toBe(true);
  expect(store.find('ahead', 60)?.key).toBe('ahead');
});

test('does not store an answer that was in flight when a matching purge arrived', () => {
  clock.advance(1_000);
  store.purge({ tag: 'red' });
  clock.advance(400);

  const old = store.put(answer('a'));
  const other = store.put(answer('b', { tags: [] }));
  clock.advance(200);
  const fresh = store.put(answer('a'));

  expect([old, other, fresh]).toEqual([false, true, true]);
});

test('does not replace an answer by one that was requested earlier', () => {
  const refreshed = answer('a', { tookMs: 100 });
  store.put(refreshed);
  clock.advance(300);

  const slow = answer('a', { tookMs: 500, source: 'dec_slow' });
  const refused = [store.refusal(slow), store.put(slow), store.peek('a')];
  const later = store.put(answer('a', { tookMs: 300, source: 'dec_later' }));

  expect(refused).toEqual(['overtaken', false, refreshed]);
  expect(later).toBe(true);
});

test('replaces an answer dated by a clock that is ahead', () => {
  store.addShared(answer('a', { storedAtMs: clock.wallMs() + 4_000, source: 'dec_elsewhere' }));

  expect(store.put(answer('a'))).toBe(true);
});

test('rejects copies of a dropped answer, but stores another answer to the same request', () => {
  const wrong = answer('a');
  store.put(wrong);

  const dropped = store.drop([wrong, answer('never there')]);
  const copied = [store.addShared(wrong), store.put(wrong), store.size];
  const another = store.put(answer('a', { source: 'dec_later' }));

  expect(dropped).toEqual([wrong]);
  expect(copied).toEqual([false, false, 0]);
  expect(another).toBe(true);
});

test('does not drop an answer that has replaced the wrong one', () => {
  const [wrong, later] = [answer('a'), answer('a', { source: 'dec_later' })];
  store.put(wrong);
  store.put(later);

  const dropped = store.drop([wrong]);
  store.applyDrop(wrong);

  expect(dropped).toEqual([]);
  expect(store.peek('a')).toEqual(later);
});

test('drops what another process has dropped', () => {
  const old = answer('old');
  store.put(old);

  store.applyDrop(old);

  expect(store.peek('old')).toBeUndefined();
  expect(store.addShared(old)).toBe(false);
});

test('notifies listeners of local drops, stored or not, but not of drops by other processes', () => {
  const told: unknown[] = [];
  store.addListener({
    onStored: () => undefined,
    onRemoved: (key) => told.push(key),
    onDropped: ({ key }) => told.push(`dropped ${key}`),
  });
  store.put(answer('a'));

  store.drop([answer('a'), answer('evicted before')]);
  store.applyDrop(answer('b'));

  expect(told).toEqual(['a', 'dropped a', 'dropped evicted before']);
});

test('remembers drops for an hour, up to a limited number', () => {
  const wrong = answer('a', { expiresAtMs: clock.wallMs() + 10_000_000 });
  store.drop([wrong]);
  clock.advance(3_599_000);
  store.drop([answer('b')]);
  const before = store.addShared(wrong);
  clock.advance(1_000);
  store.drop([answer('c')]);
  const after = store.addShared(wrong);
  store.drop(Array.from({ length: 10_000 }, (_, i) => answer(`of many ${i}`)));

  expect([before, after]).toEqual([false, true]);
  expect(['c', 'of many 0'].map((key) => store.addShared(answer(key)))).toEqual([true, false]);
});

test('adds the tags of requests that hit an answer, up to 64, and none to a replaced answer', () => {
  const first = answer('a');
  store.put(first);
  const told: (readonly string[])[] = [];
  store.addListener({
    onStored: () => undefined,
    onRemoved: () => undefined,
    onTagged: ({ tags }) => told.push(tags),
  });

  store.addTags(first, ['red']);
  store.addTags(first, ['blue', 'red']);
  store.addTags(first, ['late']);
  for (let i = 0; i < 100; i++) store.addTags(store.peek('a') ?? first, [`t${i}`]);

  expect(told[0]).toEqual(['red', 'blue']);
  expect(told).toHaveLength(63);
  expect(store.peek('a')?.tags).toHaveLength(64);
  expect(store.matching({ tag: 'late' })).toEqual([]);
});

test('purges only the answers of the given tenant', () => {
  for (const tenant of ['ann', 'bob', null]) store.put(answer(`of ${String(tenant)}`, { tenant }));

  const gone = store.purge({ tenant: 'ann' });

  expect(gone.map(({ key }) => key)).toEqual(['of ann']);
  expect(store.size).toBe(2);
});

test('does not add an answer of another process that has expired', () => {
  const late = answer('a', { expiresAtMs: clock.wallMs() });

  expect([store.addShared(late), store.size]).toEqual([false, 0]);
});

describe('a payload that arrives after it was requested', () => {
  const elsewhere = { form: 'elsewhere', bytes: 1 } as const;
  const loaded = (): LoadedAnswer => ({
    ...answer('a'),
    payload: { form: 'whole', body: Buffer.from('fetched') },
  });

  test('is given and stored', () => {
    store.addShared(answer('a', { payload: elsewhere }));

    expect(store.fillPayload(loaded())).toEqual(loaded());
    expect(store.peek('a')).toEqual(loaded());
  });

  test('is not given if the answer was purged, even if another one was stored since', () => {
    const purged = loaded();
    store.addShared(answer('a', { payload: elsewhere }));
    store.purge({ tag: 'red' });
    clock.advance(1_000);
    store.addShared(answer('a', { payload: elsewhere, source: 'dec_later' }));

    expect(store.fillPayload(purged)).toBeNull();
    expect(store.peek('a')).toMatchObject({ source: 'dec_later', payload: elsewhere });
  });

  test('is not given if the answer has expired', () => {
    const expired = loaded();
    store.addShared(answer('a', { payload: elsewhere }));
    clock.advance(10_000);

    expect(store.fillPayload(expired)).toBeNull();
  });
});

test('reports that an answer is gone when its replacement is too large to store', () => {
  const huge = { form: 'whole', body: Buffer.alloc(90_000) } as const;
  const told: string[] = [];
  store.put(answer('a'));
  store.addListener({ onStored: () => undefined, onRemoved: (key) => told.push(key) });

  const isStored = store.put(answer('a', { source: 'dec_later', payload: huge }));

  expect([isStored, store.peek('a'), told]).toEqual([false, undefined, ['a']]);
});

test('reports that an answer is gone when its tags make it too large to store', () => {
  const told: string[] = [];
  const large = answer('a', { payload: { form: 'whole', body: Buffer.alloc(79_400) } });
  store.put(large);
  store.addListener({ onStored: () => undefined, onRemoved: (key) => told.push(key) });

  store.addTags(large, ['x'.repeat(128)]);

  expect([store.peek('a'), told]).toEqual([undefined, ['a']]);
});

test('counts an answer that was requested in the millisecond of a purge as purged', () => {
  store.purge({ tag: 'red' });

  expect(store.refusal(answer('a', { tookMs: 0 }))).toBe('purged');
});

test('applies the larger tolerance of two equal purges of the same time', () => {
  const atMs = clock.wallMs();
  store.purge({ tag: 'red' }, { atMs, slackMs: 5_000 });
  store.purge({ tag: 'red' });
  clock.advance(1_500);

  expect(store.refusal(answer('a'))).toBe('purged');
});

test('remembers a purge for an hour, whatever is purged since', () => {
  store.purge({ tag: 'red' });
  const slow = answer('a', { tookMs: 500 });
  clock.advance(3_599_999);
  store.purge({ tag: 'blue' });
  const within = store.refusal(slow);
  clock.advance(1);
  store.purge({ tag: 'green' });

  expect([within, store.refusal(slow)]).toEqual(['purged', null]);
});

test('remembers repeated purges with equal filters once, with the time of the last', () => {
  const addPurge = (times: number): void => {
    for (let i = 0; i < times; i++) {
      store.purge({ tag: 'red' });
      clock.advance(1_000);
    }
  };
  addPurge(100);
  store.purge({ tag: 'blue' });
  const atMs = clock.wallMs();
  store.purge({ tag: 'red' });

  expect(store.recentPurges).toEqual([
    { filter: { tag: 'blue' }, atMs },
    { filter: { tag: 'red' }, atMs },
  ]);
});

test('remembers an earlier purge whose tolerance reaches further than that of a later one', () => {
  store.purge({ tag: 'red' }, { atMs: clock.wallMs(), slackMs: 5_000 });
  clock.advance(1_000);
  store.purge({ tag: 'red' });
  clock.advance(3_000);

  expect(store.refusal(answer('a'))).toBe('purged');
});
