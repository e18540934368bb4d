import { redis } from '../../src/config/redis.js';

const address = (host: string, port: number) => ({ host, port });

test.each([
  [
    { url: 'redis://127.0.0.1' },
    { kind: 'single', address: address('127.0.0.1', 6379), database: 0 },
  ],
  [
    { url: 'rediss://[::1]:7000/3' },
    { kind: 'single', address: address('::1', 7000), database: 3 },
  ],
  [
    { sentinels: ['a', 'b:7'], master: 'main', sentinel_password: 's' },
    {
      kind: 'sentinel',
      sentinels: [address('a', 26379), address('b', 7)],
      master: 'main',
      sentinelPassword: 's',
    },
  ],
  [
    { cluster: ['a:7000', '[::2]'] },
    { kind: 'cluster', nodes: [address('a', 7000), address('::2', 6379)] },
  ],
])('reads where Redis is from %j', (given, place) => {
  expect(redis.parse(given).place).toEqual(place);
});

test('takes who to log in as from the URL first, and encrypts where it says so', () => {
  const told = { username: 'ann', password: 'other', ca: 'PEM' };

  const inUrl = redis.parse({ url: 'rediss://bob:p%40ss@h', ...told });
  const beside = redis.parse({ cluster: ['h'], ...told });

  expect(inUrl).toMatchObject({ username: 'bob', password: 'p@ss', tls: { ca: 'PEM' } });
  expect(beside).toMatchObject({ username: 'ann', password: 'other', tls: null });
});

test.each([
  ['nowhere', {}],
  ['two places', { url: 'redis://h', cluster: ['h'] }],
  ['another protocol', { url: 'http://h' }],
  ['a database that is no number', { url: 'redis://h/cache' }],
  ['a misspelt option', { url: 'redis://h', prefixx: 'a' }],
  ['a prefix that patterns would take otherwise', { url: 'redis://h', prefix: 'a*' }],
  ['an address with a path', { cluster: ['h:1/2'] }],
])('refuses %s', (_what, given) => {
  expect(redis.safeParse(given).success).toBe(false);
});
