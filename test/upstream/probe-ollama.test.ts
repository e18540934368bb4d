import { probeOllama } from '../../src/upstream/probe-ollama.js';
import { type Behaviour, FakeUpstream, hangsUp, sends, stalls } from '../support/fake-upstream.js';

let fake: FakeUpstream;

beforeEach(async () => {
  fake = await FakeUpstream.start();
});

afterEach(async () => {
  await fake.close();
});

const TAGS = JSON.stringify({
  models: [{ name: 'llama3.2:3b', size: 1, details: { family: 'llama' } }, { name: 'qwen3:8b' }],
});

test('lists the models that a local Ollama has', async () => {
  fake.next(sends(200, TAGS));

  await expect(probeOllama(fake.baseUrl, 5_000)).resolves.toEqual(['llama3.2:3b', 'qwen3:8b']);
  expect(fake.requests[0]).toMatchObject({ method: 'GET', path: '/api/tags' });
});

test('keeps no connection', async () => {
  fake.next(sends(200, '{"models":[]}'));

  await expect(probeOllama(fake.baseUrl, 5_000)).resolves.toEqual([]);
  await fake.requests[0]?.closed;
  expect(fake.openSockets).toBe(0);
});

test.each([
  ['something else', sends(200, '{"hello":"world"}')],
  ['a web page', sends(200, '<html></html>')],
  ['an error', sends(500, TAGS)],
  ['nothing', hangsUp],
] satisfies [string, Behaviour][])('finds no Ollama where %s answers', async (_, behaviour) => {
  fake.next(behaviour);

  await expect(probeOllama(fake.baseUrl, 5_000)).resolves.toBeNull();
});

test('gives up soon when nothing comes', async () => {
  fake.next(stalls);
  const startedMs = performance.now();

  await expect(probeOllama(fake.baseUrl, 20)).resolves.toBeNull();
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

test('finds none where nobody listens, or where there is no place', async () => {
  const { baseUrl } = fake;
  await fake.close();
  fake = await FakeUpstream.start();

  await expect(probeOllama(baseUrl, 5_000)).resolves.toBeNull();
  await expect(probeOllama('not a url', 5_000)).resolves.toBeNull();
});
