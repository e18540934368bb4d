import { cacheControlFor, type CacheControlInput } from '../../src/cache/cache-control.js';
import type { CacheOverride, CacheSettings } from '../../src/cache/settings.js';
import { configSchema } from '../../src/config/schema.js';
import { growthOf } from '../support/growth.js';

const settings: CacheSettings = {
  ...configSchema.parse({ cache: { mode: 'exact' } }).cache,
  callers: {},
};

/** What the cache may do for a request of `ann` by the policy `auto`. */
function controlOf(more: Partial<CacheSettings>, input: Partial<CacheControlInput> = {}) {
  const request = { caller: 'ann', policy: 'auto', headers: {}, sampled: false };
  return cacheControlFor({ ...settings, ...more }, { ...request, ...input });
}

test('parses directives in linear time', async () => {
  const subjectOf = (length: number) => {
    const headers = { 'cache-control': `no-cache, a${' '.repeat(length)}b` };
    return { caller: 'ann', policy: null, headers, sampled: false };
  };
  const order = (subject: ReturnType<typeof subjectOf>) => cacheControlFor(settings, subject);
  // The large one is as long as all headers together may be.
  const sizes = { small: 800, large: 16_000 };

  expect(order(subjectOf(sizes.large))).toMatchObject({ kind: 'use', allowsCached: false });
  expect(await growthOf(subjectOf, order, sizes)).toBeLessThan(120);
});

describe('settings', () => {
  const layer = (name: string): CacheOverride => ({
    mode: 'semantic',
    ttlS: name.length,
    scope: 'key',
    namespace: name,
    tags: [name],
    maxError: name.length / 100,
  });
  const general = { scope: 'shared', namespace: 'all', tags: ['all'] } as const;
  const policies = { auto: layer('policy') };
  const callers = { ann: layer('caller-of-it') };

  test('of a caller override those of its policy, which override the general ones', () => {
    const both = controlOf({ ...general, policies, callers });
    const policy = controlOf({ ...general, policies, callers }, { caller: 'bob' });
    const neither = controlOf({ ...general, policies, callers }, { caller: 'bob', policy: null });

    expect(both).toMatchObject({
      namespace: 'caller-of-it',
      ttlS: 12,
      tenant: 'ann',
      semantic: { maxError: 0.12 },
    });
    expect(policy).toMatchObject({
      namespace: 'policy',
      ttlS: 6,
      tenant: 'bob',
      semantic: { maxError: 0.06 },
    });
    expect(neither).toMatchObject({
      namespace: 'all',
      ttlS: settings.ttlS,
      tenant: null,
      semantic: null,
    });
  });

  test('add up to the tags of an answer, each once', () => {
    const headers = { 'x-suffice-cache-tags': 'all, ,mine,policy' };

    expect(controlOf({ ...general, policies, callers }, { headers })).toMatchObject({
      tags: ['all', 'policy', 'caller-of-it', 'mine'],
    });
  });

  test.each([
    ['off', 'exact'],
    ['off', 'refresh'],
    ['opt_in', null],
  ] as const)('with mode %s are not extended by x-suffice-cache: %s', (mode, header) => {
    const headers = header === null ? {} : { 'x-suffice-cache': header };

    expect(controlOf({ mode }, { headers })).toMatchObject({ kind: 'bypass' });
  });

  test.each([
    ['exact', 'semantic', null],
    ['opt_in', 'semantic', { maxError: 0.01 }],
    ['opt_in', 'exact', null],
    ['opt_in', 'refresh', null],
    ['semantic', null, { maxError: 0.01 }],
    ['semantic', 'exact', null],
  ] as const)('with mode %s and x-suffice-cache: %s allow %p', (mode, header, semantic) => {
    const headers = header === null ? {} : { 'x-suffice-cache': header };

    expect(controlOf({ mode }, { headers })).toMatchObject({ kind: 'use', semantic });
  });

  test('may allow the cache for sampled requests', () => {
    expect(controlOf({ sampled: true }, { sampled: true })).toMatchObject({ kind: 'use' });
    expect(controlOf({ sampled: false }, { sampled: true })).toMatchObject({ why: 'sampled' });
  });
});

describe('headers', () => {
  test.each([
    ['7', 7],
    ['3600', 3_600],
    ['3601', 3_600],
  ])('ask for a lifetime of %s seconds, up to the limit', (value, ttlS) => {
    const headers = { 'x-suffice-cache-ttl': value };

    expect(controlOf({ maxTtlS: 3_600 }, { headers })).toMatchObject({ ttlS });
  });

  test('limit the age of an answer to the least of several values', () => {
    const headers = { 'cache-control': ['max-age=60, max-age=20', 'max-age=40'] };

    expect(controlOf({}, { headers })).toMatchObject({ maxAgeS: 20 });
  });

  test.each([
    ['x-suffice-cache-ttl', '0'],
    ['x-suffice-cache-ttl', '1.5'],
    ['x-suffice-cache-ttl', 'soon'],
    ['x-suffice-cache-namespace', ''],
    ['x-suffice-cache-namespace', 'a b'],
    ['x-suffice-cache-namespace', 'a,b'],
    ['x-suffice-cache-namespace', 'x'.repeat(129)],
    ['x-suffice-cache-tags', 'fine, two words'],
    ['x-suffice-cache-tags', Array.from({ length: 17 }, (_, i) => `t${i}`).join(',')],
  ])('%s: %s is rejected', (name, value) => {
    expect(() => controlOf({}, { headers: { [name]: value } })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: name }),
    );
  });

  test('may name 16 tags, and a label of 128 characters', () => {
    const tags = Array.from({ length: 16 }, (_, i) => `t${i}`);
    const namespace = 'x'.repeat(128);
    const headers = { 'x-suffice-cache-tags': tags, 'x-suffice-cache-namespace': namespace };

    expect(controlOf({}, { headers })).toMatchObject({ tags, namespace });
  });
});
