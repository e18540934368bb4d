import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheCommand } from '../../src/cli/cache.js';
import type { ServeContext } from '../../src/cli/serve.js';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream } from '../support/fake-upstream.js';
import { cacheConfig, gate, underWay } from './support.js';

let upstream: FakeUpstream;
let gateway: TestApp;

const KEYS = `
keys:
  - { name: ann, key: key-of-ann-0123456789 }
  - { name: bob, key: key-of-bob-0123456789 }
  - { name: ops, key: key-of-ops-0123456789, cache: { purges: all } }`;

const keyOf = (name: string) => `key-of-${name}-0123456789`;

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(cacheConfig(upstream, ', folder: kept, save_every_s: 3600', KEYS));
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

/** Sends a chat request with a key, and returns the cache status. */
async function asked(name: string, text: string, headers: Record<string, string> = {}) {
  const response = await post(`${gateway.url}/v1/chat/completions`, ask('acme/large', text), {
    authorization: `Bearer ${keyOf(name)}`,
    ...headers,
  });
  return response.headers.get('x-suffice-cache');
}

const purge = (name: string, body: unknown) =>
  post(`${gateway.url}/v1/cache/purge`, body, { authorization: `Bearer ${keyOf(name)}` });

/** Runs the command against the gateway, and returns its output. */
async function run(...args: string[]): Promise<string> {
  let text = '';
  const io = { out: (chunk: string) => (text += chunk), env: { SUFFICE_API_KEY: keyOf('ops') } };
  await cacheCommand([...args, '--url', gateway.url], { io } as unknown as ServeContext);
  return text;
}

test.each([
  ['by tag', { tag: 'red' }],
  ['by namespace', { namespace: 'docs/v1' }],
  ['by prefix of the namespace', { prefix: 'docs/' }],
  ['by prefix of a tag', { prefix: 're' }],
  ['by two conditions', { tag: 'red', namespace: 'docs/v1' }],
])('removes matching answers only: %s', async (_what, filter) => {
  const labels = { 'x-suffice-cache-tags': 'red, round', 'x-suffice-cache-namespace': 'docs/v1' };
  await asked('ann', 'one', labels);
  await asked('ann', 'two', { 'x-suffice-cache-tags': 'blue' });

  const { json } = await purge('ann', filter);

  expect(json).toMatchObject({ object: 'cache_purge', dry_run: false, answers: 1 });
  expect(await asked('ann', 'one', labels)).toBe('miss');
  expect(await asked('ann', 'two')).toBe('hit');
});

test('removes an answer by the tag of any request that received it', async () => {
  const tagged = (tag: string) => ({ 'x-suffice-cache-tags': tag });
  const held = gate();
  upstream.next(held.behaviour);
  const [leads, shares] = [asked('ann', 'one', tagged('one')), upstream.received()];
  await shares;
  const follows = asked('ann', 'one', tagged('two'));
  await underWay(gateway, 2);
  held.open();
  const statuses = [await leads, await follows, await asked('ann', 'one', tagged('three'))];

  const counts: unknown[] = [];
  for (const tag of ['one', 'two', 'three']) {
    const { json } = await purge('ann', { tag, dry_run: true });
    counts.push(json['answers']);
  }
  await purge('ann', { tag: 'three' });

  expect(statuses).toEqual(['miss', 'hit', 'hit']);
  expect(counts).toEqual([1, 1, 1]);
  expect(await asked('ann', 'one')).toBe('miss');
});

test('prevents an answer in flight from being stored when one of its tags is purged', async () => {
  const held = gate();
  upstream.next(held.behaviour);
  const leads = asked('ann', 'one');
  await upstream.received();
  const follows = asked('ann', 'one', { 'x-suffice-cache-tags': 'two' });
  await underWay(gateway, 2);
  await purge('ann', { tag: 'two' });
  held.open();
  await Promise.all([leads, follows]);

  expect(await asked('ann', 'one')).toBe('miss');
});

test('removes an answer by its decision id', async () => {
  await asked('ann', 'one');
  const { json } = await purge('ann', { all: true, dry_run: true });
  const [answer] = json['some'] as { id: string }[];

  const purged = await purge('ann', { id: answer?.id });

  expect(purged.json).toMatchObject({ answers: 1 });
  expect(await asked('ann', 'one')).toBe('miss');
});

test('only lists matching answers in a dry run', async () => {
  await asked('ann', 'one', { 'x-suffice-cache-tags': 'red' });

  const { json, text } = await purge('ann', { tag: 'red', dry_run: true });

  expect(json).toMatchObject({
    dry_run: true,
    answers: 1,
    some: [{ model: 'acme/large', tenant: 'ann', tags: ['red'] }],
  });
  expect(text).not.toContain('Hello');
  expect(await asked('ann', 'one')).toBe('hit');
});

test('does not affect the answers of other keys, unless the key may purge all', async () => {
  await asked('ann', 'one');
  await asked('bob', 'one');

  const own = await purge('ann', { all: true });
  const others = await purge('ops', { all: true });

  expect(own.json).toMatchObject({ answers: 1 });
  expect(others.json).toMatchObject({ answers: 1 });
});

test('does not list or remove the answers of other keys after caching was turned off', async () => {
  await asked('ann', 'one');
  const config = cacheConfig(upstream, ', folder: kept, save_every_s: 3600', KEYS, '"off"');
  await writeFile(path.join(gateway.folder, 'suffice.yaml'), config);
  await gateway.app.reload();

  const listed = await purge('bob', { all: true, dry_run: true });
  const [other, all] = [await purge('bob', { all: true }), await purge('ops', { all: true })];

  expect(await asked('ann', 'one')).toBeNull();
  expect(listed.json).toMatchObject({ answers: 0, some: [] });
  expect([other, all].map(({ json }) => json['answers'])).toEqual([0, 1]);
});

test('leaves only the other answers in the file', async () => {
  await asked('ann', 'one', { 'x-suffice-cache-tags': 'red' });
  await asked('ann', 'two');
  const stats = await (
    await fetch(`${gateway.url}/v1/cache/stats`, {
      headers: { authorization: `Bearer ${keyOf('ann')}` },
    })
  ).json();
  await purge('ann', { tag: 'red' });

  const file = await readFile(path.join(gateway.folder, 'kept', 'answers.log'), 'utf8');

  expect(stats).toMatchObject({ object: 'cache_stats', answers: 2, misses: 2, hit_rate: 0 });
  expect(file.match(/"op":"kept"/gu)).toHaveLength(1);
});

test('leaves no text of purged answers in the file', async () => {
  const { folder } = gateway;
  const file = path.join(folder, 'kept', 'answers.log');
  await asked('ann', 'secret of ann', { 'x-suffice-cache-tags': 'red' });
  await purge('bob', { all: true });
  const before = await readFile(file, 'utf8').catch(() => '');
  await asked('bob', 'one');
  await purge('ann', { tag: 'red' });

  const after = await readFile(file, 'utf8');

  expect(before).toContain('Hello from upstream.');
  expect(after).toContain('"tenant":"bob"');
  expect(after).not.toContain('"tenant":"ann"');
});

test('fails with 503 when the file cannot be written, while the gateway stays ready and reports the reason', async () => {
  const get = async (what: string) => fetch(`${gateway.url}/${what}`);
  const before: unknown = await (await get('readyz')).json();
  await asked('ann', 'one');
  // A folder in its place: no file can be renamed over it.
  await mkdir(path.join(gateway.folder, 'kept', 'answers.log', 'x'), { recursive: true });

  const { status } = await purge('ann', { tag: 'unknown' });

  const ready = await get('readyz');
  expect(before).toMatchObject({ cacheFile: 'saved' });
  expect([status, ready.status]).toEqual([503, 200]);
  expect(await ready.json()).toMatchObject({ cacheFile: expect.stringContaining('EISDIR') });
  expect(await (await get('metrics')).text()).toContain('suffice_cache_unsaved 1');
});

test.each([
  ['a purge without a condition', {}, 'tag'],
  ['"all" together with a condition', { all: true, tag: 'x' }, 'all'],
  ['a misspelt condition', { tags: 'x' }, 'tags'],
])('rejects %s', async (_what, body, param) => {
  const { status, json } = await purge('ann', body);

  expect(status).toBe(400);
  expect(json).toMatchObject({ error: { param } });
});

describe('suffice cache', () => {
  test('lists matching answers in a dry run, and removes them', async () => {
    await asked('ann', 'one', { 'x-suffice-cache-tags': 'red' });

    const shown = await run('purge', '--tag', 'red', '--dry-run');
    const removed = await run('purge', '--tag', 'red');
    const stats = await run('stats');

    expect(shown).toMatch(/^1 answer would be removed/u);
    expect(shown).toMatch(/acme\/large +default +red/u);
    expect(removed).toMatch(/^1 answer removed/u);
    expect(JSON.parse(stats)).toMatchObject({ answers: 0, purged: 1 });
  });

  test.each([
    ['without a subcommand', ['--tag', 'x'], /stats, purge or judge/u],
    ['without a condition', ['purge'], /name what to purge/u],
    ['with an invalid URL', ['purge', '--all', '--url', 'nowhere'], /not a URL/u],
    ['when no gateway answers', ['stats', '--url', 'http://127.0.0.1:1'], /no gateway answers/u],
    ['with a wrong key', ['stats', '--key', 'guess'], /API key/u],
  ])('explains what is wrong %s', async (_what, args, message) => {
    const io = { out: () => undefined, env: { SUFFICE_URL: gateway.url } };

    await expect(cacheCommand(args, { io } as unknown as ServeContext)).rejects.toThrow(message);
  });

  test('prints help', async () => {
    expect(await run('--help')).toMatch(/^Usage: suffice cache stats/u);
  });
});
