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

describe('probeOllama', () => {
  test('lists the models of a local Ollama', async () => {
    fake.next(sends(200, TAGS));

    await expect(probeOllama(fake.baseUrl, 5_000)).resolves.toEqual(['llama3.2:3b', 'qwen3:8b']);
    expect(fake.requests[0]).toMatchObject({ method: 'GET', path: '/api/tags' });
  });

  test('leaves no connection open', async () => {
    fake.next(sends(200, '{"models":[]}'));

    await expect(probeOllama(fake.baseUrl, 5_000)).resolves.toEqual([]);
    await fake.requests[0]?.closed;
    expect(fake.openSockets).toBe(0);
  });

  test.each([
    ['other JSON', sends(200, '{"hello":"world"}')],
    ['an HTML page', sends(200, '<html></html>')],
    ['an error status', sends(500, TAGS)],
    ['a closed connection', hangsUp],
  ] satisfies [string, Behaviour][])('returns null for %s', async (_, behaviour) => {
    fake.next(behaviour);

    await expect(probeOllama(fake.baseUrl, 5_000)).resolves.toBeNull();
  });

  test('returns null after the timeout', async () => {
    fake.next(stalls);
    const startedMs = performance.now();

    await expect(probeOllama(fake.baseUrl, 20)).resolves.toBeNull();
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  test('returns null for a refused connection or an invalid URL', async () => {
    const { baseUrl } = fake;
    await fake.close();
    fake = await FakeUpstream.start();

    await expect(probeOllama(baseUrl, 5_000)).resolves.toBeNull();
    await expect(probeOllama('not a url', 5_000)).resolves.toBeNull();
  });
});
