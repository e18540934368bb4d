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
])('reads the Redis address from %j', (given, place) => {
  expect(redis.parse(given).place).toEqual(place);
});

test('prefers the credentials in the URL, and enables TLS for rediss:', () => {
  const told = { username: 'ann', password: 'other' };
  const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

  const inUrl = redis.parse({ url: 'rediss://bob:p%40ss@h', ca, ...told });
  const beside = redis.parse({ cluster: ['h'], ...told });

  expect(inUrl).toMatchObject({ username: 'bob', password: 'p@ss', tls: { ca } });
  expect(beside).toMatchObject({ username: 'ann', password: 'other', tls: null });
});

test.each([
  ['a missing address', {}],
  ['two addresses', { url: 'redis://h', cluster: ['h'] }],
  ['another protocol', { url: 'http://h' }],
  ['a database that is not a number', { url: 'redis://h/cache' }],
  ['a misspelt option', { url: 'redis://h', prefixx: 'a' }],
  ['a prefix with pattern characters', { url: 'redis://h', prefix: 'a*' }],
  ['an address with a path', { cluster: ['h:1/2'] }],
  ['a port out of range', { cluster: ['h:65536'] }],
  ['a port out of range in a URL', { url: 'redis://h:0' }],
  ['no host', { url: 'redis:///0' }],
  ['options in a URL', { url: 'redis://h/0?db=3' }],
  ['a socket path', { url: '/run/redis.sock' }],
  ['a CA without TLS', { url: 'redis://h', ca: '-----BEGIN CERTIFICATE-----' }],
  ['a file name as the CA', { url: 'rediss://h', ca: '/etc/ssl/ca.pem' }],
  ['a sentinel password without sentinels', { url: 'redis://h', sentinel_password: 's' }],
])('rejects %s', (_what, given) => {
  expect(redis.safeParse(given).success).toBe(false);
});

test.each(['ses/ame', 'ses#ame', 'ses?ame', 'ses%ame', '12/ame', '12/a:me'])(
  'suggests the password option for a password such as %s, without showing it',
  (password) => {
    const { error } = redis.safeParse({ url: `redis://:${password}@h:6379/0` });

    expect(error?.issues).toHaveLength(1);
    expect(error?.message).toMatch(/is better given as \\?"password/u);
    expect(JSON.stringify(error)).not.toContain('ame@');
  },
);
