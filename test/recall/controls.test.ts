import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ask } from '../support/app.js';
import { cacheConfig, cacheRig } from './support.js';

const rig = cacheRig();

describe('cache scope', () => {
  const keys = `
keys:
  - { name: ann, key: key-of-ann-0123456789 }
  - { name: bob, key: key-of-bob-0123456789 }
  - { name: eve, key: key-of-eve-0123456789, cache: { mode: "off" } }`;
  const as = (name: string) => ({ authorization: `Bearer key-of-${name}-0123456789` });

  test('separates the answers of different keys', async () => {
    await rig.restart(cacheConfig(rig.upstream, '', keys));
    await rig.chat(ask('acme/large', 'hi'), as('ann'));

    const own = await rig.chat(ask('acme/large', 'hi'), as('ann'));
    const other = await rig.chat(ask('acme/large', 'hi'), as('bob'));
    const without = await rig.chat(ask('acme/large', 'hi'), as('eve'));

    expect(own.headers.get('x-suffice-cache')).toBe('hit');
    expect(other.headers.get('x-suffice-cache')).toBe('miss');
    expect(without.headers.get('x-suffice-cache')).toBe('bypass');
    expect(without.headers.get('x-suffice-cache-reason')).toBe('off');
  });

  test('shares answers between keys with scope: shared', async () => {
    await rig.restart(cacheConfig(rig.upstream, ', scope: shared', keys));
    await rig.chat(ask('acme/large', 'hi'), as('ann'));

    const other = await rig.chat(ask('acme/large', 'hi'), as('bob'));

    expect(other.headers.get('x-suffice-cache')).toBe('hit');
  });

  test('an alias shares the answers of the model that it stands for at the time', async () => {
    const aliased = (model: string) => cacheConfig(rig.upstream, '', `aliases: { ours: ${model} }`);
    await rig.restart(aliased('acme/large'));
    await rig.chat(ask('acme/large', 'hi'));
    const before = await rig.chat(ask('ours', 'hi'));
    await writeFile(path.join(rig.gateway.folder, 'suffice.yaml'), aliased('acme/small'));
    await rig.gateway.app.reload();

    const after = await rig.chat(ask('ours', 'hi'));

    expect(before.headers.get('x-suffice-cache')).toBe('hit');
    expect(after.headers.get('x-suffice-cache')).toBe('miss');
    expect(after.headers.get('x-suffice-model')).toBe('acme/small');
  });

  test.each([
    ['another model', ask('acme/small', 'hi')],
    ['a policy', ask('auto', 'hi')],
    ['another question', ask('acme/large', 'Hi')],
    [
      'a system prompt',
      {
        model: 'acme/large',
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'hi' },
        ],
      },
    ],
    ['a seed', ask('acme/large', 'hi', { seed: 7 })],
    ['a temperature', ask('acme/large', 'hi', { temperature: 0 })],
    ['an output limit', ask('acme/large', 'hi', { max_tokens: 7 })],
    ['a format', ask('acme/large', 'hi', { response_format: { type: 'json_object' } })],
    ['a tool', ask('acme/large', 'hi', { tools: [{ type: 'function', function: { name: 'f' } }] })],
  ])('distinguishes a request with %s', async (_what, body) => {
    await rig.chat(ask('acme/large', 'hi'));

    const { headers } = await rig.chat(body);

    expect(headers.get('x-suffice-cache')).toBe('miss');
  });
});

describe('cache headers of the client', () => {
  const hi = ask('acme/large', 'hi');

  test.each([
    ['cache-control: no-store', { 'cache-control': 'no-store' }, 'bypass'],
    ['x-suffice-cache: off', { 'x-suffice-cache': 'off' }, 'bypass'],
    ['cache-control: no-cache', { 'cache-control': 'No-Cache' }, 'miss'],
    ['x-suffice-cache: refresh', { 'x-suffice-cache': 'refresh' }, 'miss'],
    ['cache-control: max-age=0', { 'cache-control': 'max-age="soon"' }, 'miss'],
    ['cache-control: max-age=60', { 'cache-control': 'private, max-age=60' }, 'hit'],
    ['cache-control: no-cache with a value', { 'cache-control': 'no-cache="x"' }, 'miss'],
    ['cache-control: no-store with a value', { 'cache-control': 'no-store=1' }, 'bypass'],
    ['cache-control: only-if-cached', { 'cache-control': 'only-if-cached' }, 'hit'],
    ['pragma: no-cache', { pragma: 'no-cache' }, 'miss'],
    [
      'cache-control, which overrides pragma',
      { 'cache-control': 'max-age=9', pragma: 'no-cache' },
      'hit',
    ],
    ['a namespace', { 'x-suffice-cache-namespace': 'tests' }, 'miss'],
  ])('%s', async (_what, headers, status) => {
    await rig.chat(hi);
    await new Promise((resolve) => setTimeout(resolve, 5));

    const said = await rig.chat(hi, headers);
    const after = await rig.chat(hi);

    expect(said.headers.get('x-suffice-cache')).toBe(status);
    expect(after.headers.get('x-suffice-cache')).toBe('hit');
  });

  test('only-if-cached returns 504 on a miss', async () => {
    const only = { 'cache-control': 'only-if-cached' };

    const [missed, fresh] = [
      await rig.chat(hi, only),
      await rig.chat(hi, { 'cache-control': 'only-if-cached, no-cache' }),
    ];

    expect([missed, fresh].map(({ status }) => status)).toEqual([504, 504]);
    expect(missed.json).toMatchObject({ error: { code: 'not_kept' } });
    expect(rig.upstream.requests).toHaveLength(0);
  });

  test('an unknown x-suffice-cache value is rejected', async () => {
    const { status, json } = await rig.chat(hi, { 'x-suffice-cache': 'perhaps' });

    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { param: 'x-suffice-cache' } });
  });

  test('x-suffice-cache: exact enables the cache for a sampled request', async () => {
    const chance = ask('acme/large', 'hi', { temperature: 0.7 });
    const plain = await rig.chat(chance);
    await rig.chat(chance, { 'x-suffice-cache': 'exact' });

    const wanted = await rig.chat(chance, { 'x-suffice-cache': 'exact' });

    expect(plain.headers.get('x-suffice-cache-reason')).toBe('sampled');
    expect(wanted.headers.get('x-suffice-cache')).toBe('hit');
  });

  test('x-suffice-cache: exact enables the cache with mode: opt_in', async () => {
    await rig.restart(cacheConfig(rig.upstream, '').replace('mode: exact', 'mode: opt_in'));
    const plain = await rig.chat(hi);
    await rig.chat(hi, { 'x-suffice-cache': 'exact' });

    const wanted = await rig.chat(hi, { 'x-suffice-cache': 'exact' });

    expect(plain.headers.get('x-suffice-cache-reason')).toBe('not_asked');
    expect(wanted.headers.get('x-suffice-cache')).toBe('hit');
  });
});

test('a gateway without a cache sends no cache headers', async () => {
  await rig.restart(cacheConfig(rig.upstream, '').replace('cache: { mode: exact }', ''));
  await rig.chat(ask('acme/large', 'hi'));

  const { headers } = await rig.chat(ask('acme/large', 'hi'), { 'x-suffice-cache': 'exact' });

  expect(headers.get('x-suffice-cache')).toBeNull();
  expect(rig.upstream.requests).toHaveLength(2);
});
