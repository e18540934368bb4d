import { AnswerCache } from '../../src/cache/answer-cache.js';
import type { CacheControl } from '../../src/cache/cache-control.js';
import type { CacheSettings } from '../../src/cache/settings.js';
import { configSchema } from '../../src/config/schema.js';
import { openaiCacheCodec } from '../../src/dialects/openai/cache-codec.js';
import { FakeClock } from '../support/fake-clock.js';

const settings: CacheSettings = { ...configSchema.parse({}).cache, callers: {} };

const order: CacheControl = {
  kind: 'use',
  allowsCached: true,
  maxAgeS: Infinity,
  onlyIfCached: false,
  ttlS: 60,
  tenant: 'ann',
  namespace: 'n',
  tags: ['red'],
  semantic: null,
};

const body = Buffer.from(
  JSON.stringify({
    choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  }),
);

let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
});

const cacheOf = (maxEntryBytes = 10_000) =>
  new AnswerCache<string>({ maxBytes: 100_000, maxEntryBytes }, clock);

function added(cache: AnswerCache<string>, source = 'dec_a') {
  const facts = { source, model: 'm', costUsd: null, tookMs: 0, simulated: false };
  const payload = { form: 'whole', body } as const;
  const fresh = { key: 'k', question: null, order, tags: [], facts, payload };
  return cache.add({ ...fresh, usesProviderTools: false }, openaiCacheCodec, settings);
}

test('stores an answer of the maximum size, and none that is longer', () => {
  expect(added(cacheOf(body.length))).toBeNull();
  expect(added(cacheOf(body.length - 1))).toBe('too_large');
});

describe('a request in flight', () => {
  test('may be joined until it is closed', () => {
    const cache = cacheOf();
    const request = cache.openInFlight('k', false, order);

    const found = cache.findInFlight('k', false, order);
    cache.closeInFlight('k', false, request);

    expect(found).toBe(request);
    expect(cache.findInFlight('k', false, order)).toBeNull();
  });

  test('stays open when an earlier one, which it has replaced, is closed', () => {
    const cache = cacheOf();
    const earlier = cache.openInFlight('k', false, order);
    const later = cache.openInFlight('k', false, order);

    cache.closeInFlight('k', false, earlier);

    expect(cache.findInFlight('k', false, order)).toBe(later);
  });

  test('as a stream may be joined by everybody, and otherwise only by clients that do not stream', () => {
    const cache = cacheOf();
    const whole = cache.openInFlight('whole', false, order);
    const stream = cache.openInFlight('stream', true, order);
    const both = cache.openInFlight('both', true, order);
    cache.openInFlight('both', false, order);

    const joinable = ['whole', 'stream', 'both'].map((key) =>
      [false, true].map((isStream) => cache.findInFlight(key, isStream, order)),
    );

    expect(joinable).toEqual([
      [whole, null],
      [stream, stream],
      [both, both],
    ]);
  });

  test('may be joined up to the maximum age of a request', () => {
    const cache = cacheOf();
    const request = cache.openInFlight('k', false, order);
    clock.advance(2_000);
    const inTime = cache.findInFlight('k', false, { ...order, maxAgeS: 2 });
    clock.advance(1);

    expect(inTime).toBe(request);
    expect(cache.findInFlight('k', false, { ...order, maxAgeS: 2 })).toBeNull();
  });

  test.each([
    ['of its tenant', { tenant: 'ann' }, false],
    ['of another tenant', { tenant: 'bob' }, true],
    ['of its tag', { tag: 'red' }, false],
    ['of another tag', { tag: 'blue' }, true],
    ['of its namespace', { namespace: 'n' }, false],
    ['of a decision, which it cannot be', { id: 'dec_a' }, true],
  ])('is closed by a purge that matches it: %s', (_what, filter, isOpen) => {
    const cache = cacheOf();
    cache.openInFlight('k', true, order);

    cache.store.purge(filter);

    expect(cache.findInFlight('k', true, order) !== null).toBe(isOpen);
  });

  test.each([true, false])(
    'is closed when its answer is reported as bad (stream: %p)',
    (stream) => {
      const cache = cacheOf();
      cache.openInFlight('k', stream, order);
      cache.openInFlight('other', stream, order);

      cache.store.drop([{ key: 'k', source: 'dec_a' }]);

      expect(cache.findInFlight('k', stream, order)).toBeNull();
      expect(cache.findInFlight('other', stream, order)).not.toBeNull();
      expect(added(cache)).toBe('purged');
      expect(added(cache, 'dec_b')).toBeNull();
    },
  );

  test('is closed when its last client has left', () => {
    const cache = cacheOf();
    const request = cache.openInFlight('k', false, order);
    const client = new AbortController();
    request.join(client.signal);

    client.abort();

    expect(cache.findInFlight('k', false, order)).toBeNull();
    expect(request.signal.aborted).toBe(true);
  });
});
