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
  models: [
    { name: 'llama3.2:latest', size: 1, details: { family: 'llama', parameter_size: '3.2B' } },
    { name: 'nomic-embed-text:latest', details: { family: 'nomic-bert', parameter_size: '137M' } },
    { name: 'qwen3:8b' },
  ],
});

/** Answers like an Ollama that states what its models can do, for as many as are given. */
const ollama = (capabilities: Readonly<Record<string, readonly string[]>>): Behaviour => {
  return (exchange) => {
    const { path, json } = exchange.request;
    const stated = capabilities[String(json['model'])];
    if (path === '/api/tags') sends(200, TAGS)(exchange);
    else if (stated === undefined) sends(404, '{"error":"unknown"}')(exchange);
    else sends(200, JSON.stringify({ capabilities: stated }))(exchange);
  };
};

describe('probeOllama', () => {
  test('lists the models of a local Ollama with sizes and capabilities', async () => {
    fake.always(
      ollama({
        'llama3.2:latest': ['completion', 'tools'],
        'nomic-embed-text:latest': ['embedding'],
        'qwen3:8b': ['completion', 'thinking', 'vision', 'telepathy'],
      }),
    );

    await expect(probeOllama(fake.baseUrl, 5_000)).resolves.toEqual([
      {
        name: 'llama3.2:latest',
        parameters: 3.2,
        capabilities: new Set(['json_mode', 'json_schema', 'tools']),
      },
      { name: 'nomic-embed-text:latest', parameters: 0.137, capabilities: new Set(['embeddings']) },
      {
        name: 'qwen3:8b',
        parameters: null,
        capabilities: new Set(['json_mode', 'json_schema', 'reasoning', 'vision']),
      },
    ]);
    expect(fake.requests[0]).toMatchObject({ method: 'GET', path: '/api/tags' });
    expect(fake.requests[1]).toMatchObject({ method: 'POST', path: '/api/show' });
  });

  test('recognises embedding models by their family if Ollama does not state capabilities', async () => {
    fake.always(ollama({}));

    const models = await probeOllama(fake.baseUrl, 5_000);

    expect(models?.map(({ capabilities }) => capabilities)).toEqual([
      null,
      new Set(['embeddings']),
      null,
    ]);
  });

  test('recognises embedding models by their name if Ollama states nothing else', async () => {
    const models = [{ name: 'qwen3-embedding:0.6b', details: { family: 'qwen3' } }];
    fake.next(sends(200, JSON.stringify({ models })));
    fake.next(sends(404, '{}'));

    const [model] = (await probeOllama(fake.baseUrl, 5_000)) ?? [];

    expect(model?.capabilities).toEqual(new Set(['embeddings']));
  });

  test('ignores what it cannot read, and lists each model once', async () => {
    const models = [
      { name: '' },
      { model: 'nameless' },
      'text',
      null,
      { name: 'odd:7b', details: { family: null, parameter_size: 7 } },
      { name: 'odd:7b' },
      { name: 'plain:7b', details: null },
    ];
    fake.always(sends(404, '{}'));
    fake.next(sends(200, JSON.stringify({ models })));

    await expect(probeOllama(fake.baseUrl, 5_000)).resolves.toEqual([
      { name: 'odd:7b', parameters: null, capabilities: null },
      { name: 'plain:7b', parameters: null, capabilities: null },
    ]);
  });

  test('leaves out models that make images', async () => {
    fake.always(
      ollama({ 'llama3.2:latest': ['image'], 'qwen3:8b': ['completion', 'vision', 'image'] }),
    );

    const models = await probeOllama(fake.baseUrl, 5_000);

    expect(models?.map(({ name }) => name)).toEqual(['nomic-embed-text:latest', 'qwen3:8b']);
  });

  test('ignores capabilities that are named like members of every object', async () => {
    fake.always(ollama({ 'qwen3:8b': ['completion', 'constructor', 'toString'] }));

    const models = await probeOllama(fake.baseUrl, 5_000);

    expect(models?.[2]?.capabilities).toEqual(new Set(['json_mode', 'json_schema']));
  });

  test('asks for the details of hundreds of models, a few at a time', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `model-${i}:latest`);
    const [waiting, most] = [new Set<string>(), { count: 0 }];
    fake.always((exchange) => {
      const { path, json } = exchange.request;
      if (path === '/api/tags') {
        sends(200, JSON.stringify({ models: names.map((name) => ({ name })) }))(exchange);
        return;
      }
      const name = String(json['model']);
      waiting.add(name);
      most.count = Math.max(most.count, waiting.size);
      setTimeout(() => {
        waiting.delete(name);
        sends(200, '{"capabilities":["completion","tools"]}')(exchange);
      }, 5);
    });

    const models = await probeOllama(fake.baseUrl, 5_000, 60_000);

    expect(models?.map(({ name }) => name)).toEqual(names);
    expect(models?.filter(({ capabilities }) => capabilities?.has('tools'))).toHaveLength(300);
    expect(most.count).toBeLessThanOrEqual(8);
  });

  test('lists models whose details do not arrive in time', async () => {
    fake.always(stalls);
    fake.next(sends(200, TAGS));
    const startedMs = performance.now();

    const models = await probeOllama(fake.baseUrl, 5_000, 20);

    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(models?.map(({ parameters }) => parameters)).toEqual([3.2, 0.137, null]);
  });

  test('finds an Ollama behind a path', async () => {
    fake.always(sends(404, '{}'));
    fake.next(sends(200, TAGS));
    const baseUrl = fake.baseUrl.replace('/v1', '/ollama/v1');

    await expect(probeOllama(baseUrl, 5_000)).resolves.toHaveLength(3);
    expect(fake.requests.map(({ path }) => path)).toEqual([
      '/ollama/api/tags',
      ...Array.from({ length: 3 }, () => '/ollama/api/show'),
    ]);
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
