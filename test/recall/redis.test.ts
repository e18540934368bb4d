import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream } from '../support/fake-upstream.js';
import { RedisServer } from '../support/redis-server.js';
import { wordJudge } from '../support/word-judge.js';
import { cacheConfig, said } from './support.js';

let redis: RedisServer;
let upstream: FakeUpstream;
let gateways: TestApp[];
let config: string;

beforeAll(async () => {
  redis = await RedisServer.start();
});

afterAll(async () => {
  await redis.close();
});

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  const semantic = 'semantic: { budget_ms: 1000, recheck: { usd_per_day: 0 } }';
  const prefix = `t${upstream.baseUrl.replaceAll(/\D/g, '')}`;
  const shared = `, redis: { url: "${redis.url}", prefix: ${prefix}, timeout_ms: 300 }, ${semantic}`;
  config = cacheConfig(upstream, shared, '', 'semantic');
  gateways = [await startApp(config, { openJudge }), await startApp(config, { openJudge })];
  for (const gateway of gateways) await until(async () => (await ready(gateway)) === 'there');
});

afterEach(async () => {
  for (const gateway of gateways) await gateway.close();
  await upstream.close();
});

function gateway(i: number): TestApp {
  const found = gateways[i];
  if (found === undefined) throw new Error(`there is no gateway ${i}`);
  return found;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function ready({ url }: TestApp): Promise<string | undefined> {
  const response = await fetch(`${url}/readyz`);
  return ((await response.json()) as { cacheRedis?: string }).cacheRedis;
}

async function answers({ url }: TestApp): Promise<number> {
  const response = await fetch(`${url}/v1/cache/stats`);
  return ((await response.json()) as { answers: number }).answers;
}

async function rechecks({ url }: TestApp): Promise<Record<string, number>> {
  const response = await fetch(`${url}/v1/cache/stats`);
  const { semantic } = (await response.json()) as { semantic: Record<string, unknown> };
  return semantic['rechecks'] as Record<string, number>;
}

const openJudge = async () => wordJudge();
const chat = (i: number, body: unknown) => post(`${gateway(i).url}/v1/chat/completions`, body);

const HEAP = 'What is a heap?';
const HEAP_TOO = 'Please explain: what is the heap?';

test('serves answers of another gateway: exact, semantic and as a stream', async () => {
  const first = await chat(0, ask('acme/large', HEAP));
  await until(async () => (await answers(gateway(1))) === 1);

  const reworded = await chat(1, ask('acme/large', HEAP_TOO));
  const same = await chat(1, ask('acme/large', HEAP));
  const stream = await chat(1, ask('acme/large', HEAP, { stream: true }));

  expect(upstream.requests).toHaveLength(1);
  expect(reworded.json).toEqual(first.json);
  expect(said(stream.text)).toBe('Hello from upstream.');
  expect([reworded, same, stream].map(({ headers }) => headers.get('x-suffice-cache'))).toEqual([
    'semantic',
    'hit',
    'hit',
  ]);
  expect(same.headers.get('x-suffice-cache-source')).toBe(first.headers.get('x-suffice-decision'));
  const metrics = await (await fetch(`${gateway(1).url}/metrics`)).text();
  expect(metrics).toContain('suffice_cache_fetches_total{result="found"} 1');
  expect(metrics).toContain('suffice_cache_redis_up 1');
});

test('rechecks a semantic hit whose answer came from another gateway', async () => {
  const rechecking = config.replace(', recheck: { usd_per_day: 0 }', '');
  gateways.push(await startApp(rechecking, { openJudge }));
  await until(async () => (await ready(gateway(2))) === 'there');
  await chat(0, ask('acme/large', HEAP));
  await until(async () => (await answers(gateway(2))) === 1);

  const reworded = await chat(2, ask('acme/large', HEAP_TOO));
  await until(async () => Object.values(await rechecks(gateway(2))).some((count) => count > 0));

  expect(reworded.headers.get('x-suffice-cache')).toBe('semantic');
  expect(await rechecks(gateway(2))).toMatchObject({ right: 1 });
});

test('purges an answer from all gateways', async () => {
  await chat(0, ask('acme/large', HEAP));
  await until(async () => (await answers(gateway(1))) === 1);

  const { json } = await post(`${gateway(1).url}/v1/cache/purge`, { all: true });
  await until(async () => (await answers(gateway(0))) === 0);

  expect(json).toMatchObject({ answers: 1 });
  const again = await chat(0, ask('acme/large', HEAP));
  expect(again.headers.get('x-suffice-cache')).toBe('miss');
});

test('evicts an answer with bad feedback from all gateways', async () => {
  const { headers } = await chat(0, ask('acme/large', HEAP));
  await until(async () => (await answers(gateway(1))) === 1);
  await chat(1, ask('acme/large', HEAP));

  const bad = { decision_id: headers.get('x-suffice-decision'), label: 'bad' };
  const { status, json } = await post(`${gateway(0).url}/v1/feedback`, bad);
  await until(async () => (await answers(gateway(1))) === 0);

  expect([status, json]).toMatchObject([200, { evicted: 1 }]);
  const again = await chat(1, ask('acme/large', HEAP));
  expect(again.headers.get('x-suffice-cache')).toBe('miss');
});

test('misses when another gateway’s answer cannot be fetched, and reports that Redis is unavailable', async () => {
  await chat(0, ask('acme/large', HEAP));
  await until(async () => (await answers(gateway(1))) === 1);
  await redis.kill();
  await until(async () => (await ready(gateway(1))) === 'away');

  const [same, own] = [
    await chat(1, ask('acme/large', HEAP)),
    await chat(0, ask('acme/large', HEAP)),
  ];
  const purge = await post(`${gateway(0).url}/v1/cache/purge`, { all: true });
  await redis.start();
  for (const one of gateways) await until(async () => (await ready(one)) === 'there');
  await until(async () => (await answers(gateway(1))) === 0);

  expect([same, own].map(({ headers }) => headers.get('x-suffice-cache'))).toEqual(['miss', 'hit']);
  expect(purge.status).toBe(503);
  expect(purge.text).toContain('Redis');
});

test('a failed start closes its Redis connections, and does not touch the cache file of a running gateway', async () => {
  const { port } = new URL(gateway(0).url);
  const cache = path.join(gateway(0).folder, 'cache');
  const [file, theirs] = [path.join(cache, 'answers.log'), 'written by the running gateway'];
  await mkdir(cache);
  await writeFile(file, theirs);
  const raw = new Redis(redis.port);
  const clients = async () => /connected_clients:(\d+)/u.exec(await raw.info('clients'))?.[1];
  const before = await clients();

  const started = startApp(config.replace('redis:', `folder: ${cache}, redis:`), { port });

  await expect(started).rejects.toThrow('EADDRINUSE');
  await until(async () => (await clients()) === before);
  expect(await readFile(file, 'utf8')).toBe(theirs);
  raw.disconnect();
});
