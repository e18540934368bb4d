import { fc } from '../../support/fast-check.js';
import { Redis } from 'ioredis';
import { decodeHead, decodeShared, encodeShared } from '../../../src/cache/redis/shared-record.js';
import { RedisServer } from '../../support/redis-server.js';
import { fresh, openPeer, until, textOf } from './peer.js';

test('never decodes a corrupt value as an answer', () => {
  const { head, value } = encodeShared(fresh('one', { tags: ['a', 'b'] }));
  const other = encodeShared(fresh('two')).value;
  const damage = fc.oneof(
    fc.record({ at: fc.nat(value.length - 1), byte: fc.nat(255) }),
    fc.record({ cut: fc.nat(value.length) }),
    fc.record({ from: fc.nat(other.length - 1), at: fc.nat(value.length - 1) }),
  );
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
      let bytes = Buffer.from(value);
      for (const one of damages) {
        if ('cut' in one) bytes = bytes.subarray(0, one.cut);
        else if ('byte' in one && one.at < bytes.length) bytes[one.at] = one.byte;
        else if ('byte' in one) continue;
        else other.copy(bytes, Math.min(one.at, bytes.length), one.from);
      }
      const read = decodeShared(bytes, 'one');
      const told = decodeHead(bytes);

      expect(read === null || bytes.equals(value)).toBe(true);
      const key = told === null || typeof told === 'number' ? 'one' : told.key;
      expect(['one', 'two']).toContain(key);
    }),
    { numRuns: 500 },
  );
  expect(decodeShared(value, 'two')).toBeNull();
  expect(decodeHead(head)).toMatchObject({ key: 'one', payload: { bytes: 17 } });
});

test('reports that Redis is out of memory, works on, and publishes answers later', async () => {
  const server = await RedisServer.start('--maxmemory-policy', 'noeviction');
  const raw = new Redis(server.port);
  const address = { host: '127.0.0.1', port: server.port };
  const place = { kind: 'single', address, database: 0 } as const;
  const [a, b] = [openPeer('a', { place }), openPeer('b', { place })];
  const untilAvailable = () => until(() => a.shared.isAvailable && b.shared.isAvailable);
  await untilAvailable();
  await raw.config('SET', 'maxmemory', '1');

  a.store.put(fresh('one'));
  await until(() => !a.shared.isAvailable);
  const meanwhile = a.store.find('one', Infinity);
  await raw.config('SET', 'maxmemory', '0');
  await untilAvailable();
  await until(() => b.store.peek('one') !== undefined);

  expect(meanwhile?.key).toBe('one');
  expect(await textOf(b, 'one')).toBe('the answer to one');
  expect(a.states).toEqual(['available', 'unavailable', 'available']);
  for (const { shared } of [a, b]) await shared.close();
  raw.disconnect();
  await server.close();
});

test('serves answers from a Redis that is out of memory, also to a process that starts then', async () => {
  const server = await RedisServer.start('--maxmemory-policy', 'noeviction');
  const raw = new Redis(server.port);
  const address = { host: '127.0.0.1', port: server.port };
  const place = { kind: 'single', address, database: 0 } as const;
  const [a, b] = [openPeer('a', { place }), openPeer('b', { place })];
  await until(() => a.shared.isAvailable && b.shared.isAvailable);
  b.store.put(fresh('one'));
  await until(() => a.store.peek('one') !== undefined);
  await raw.config('SET', 'maxmemory', '1');

  a.store.put(fresh('two'));
  await until(() => !a.shared.isAvailable);
  const c = openPeer('c', { place });
  await until(() => c.store.peek('one') !== undefined);

  expect(await textOf(a, 'one')).toBe('the answer to one');
  expect(await textOf(c, 'one')).toBe('the answer to one');
  expect(a.reasons).toEqual([expect.stringMatching(/^OOM: Redis is full/u)]);
  for (const { shared } of [a, b, c]) await shared.close();
  raw.disconnect();
  await server.close();
});

test('purges a Redis that is out of memory, which frees the memory to publish the purge', async () => {
  const server = await RedisServer.start('--maxmemory-policy', 'noeviction');
  const raw = new Redis(server.port);
  const address = { host: '127.0.0.1', port: server.port };
  const place = { kind: 'single', address, database: 0 } as const;
  const [a, b] = [openPeer('a', { place }), openPeer('b', { place })];
  await until(() => a.shared.isAvailable && b.shared.isAvailable);
  const long = { form: 'whole', body: Buffer.alloc(2_000_000, 'x') } as const;
  a.store.put(fresh('one', { payload: long }));
  await until(() => b.store.peek('one') !== undefined);
  const used = /used_memory:(\d+)/u.exec(await raw.info('memory'));
  await raw.config('SET', 'maxmemory', String(Number(used?.[1]) - 1_000_000));

  a.store.purge({});
  await a.shared.purge({});
  await until(() => b.store.size === 0);

  expect(await raw.keys('*answer*')).toEqual([]);
  for (const { shared } of [a, b]) await shared.close();
  raw.disconnect();
  await server.close();
});

test('publishes an answer whose value was written before the connection was lost', async () => {
  const server = await RedisServer.start();
  const raw = new Redis(server.port);
  const address = { host: '127.0.0.1', port: server.port };
  const place = { kind: 'single', address, database: 0 } as const;
  const [a, b] = [openPeer('a', { place }), openPeer('b', { place })];
  await until(() => a.shared.isAvailable && b.shared.isAvailable);
  await raw.acl('SETUSER', 'default', '-xadd');

  a.store.put(fresh('one'));
  await until(() => !a.shared.isAvailable);
  const sent = await raw.keys('*answer:one');
  await raw.acl('SETUSER', 'default', '+xadd');
  await until(() => b.store.peek('one') !== undefined);

  expect(sent).toHaveLength(1);
  expect(await textOf(b, 'one')).toBe('the answer to one');
  for (const { shared } of [a, b]) await shared.close();
  raw.disconnect();
  await server.close();
});

test('publishes a purge that was refused at first, without any further trigger', async () => {
  const server = await RedisServer.start();
  const raw = new Redis(server.port);
  const address = { host: '127.0.0.1', port: server.port };
  const place = { kind: 'single', address, database: 0 } as const;
  const [a, b] = [openPeer('a', { place }), openPeer('b', { place })];
  await until(() => a.shared.isAvailable && b.shared.isAvailable);
  a.store.put(fresh('one'));
  await until(() => b.store.peek('one') !== undefined);
  await raw.acl('SETUSER', 'default', '-xadd');

  a.store.purge({});
  await expect(a.shared.purge({})).rejects.toThrow('NOPERM');
  const states = [...a.states];
  await raw.acl('SETUSER', 'default', '+xadd');
  await until(() => b.store.size === 0);

  expect(states).toEqual(['available', 'unavailable']);
  await until(async () => (await raw.keys('*answer*')).length === 0);
  for (const { shared } of [a, b]) await shared.close();
  raw.disconnect();
  await server.close();
});
