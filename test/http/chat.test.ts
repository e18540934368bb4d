import { request as httpRequest } from 'node:http';
import {
  answers,
  DONE,
  FakeUpstream,
  hangsUp,
  refuses,
  sends,
  stalls,
  streamsAndBreaks,
  streamsAndStalls,
} from '../support/fake-upstream.js';
import { ask, post, startApp, type TestApp } from '../support/app.js';

let upstream: FakeUpstream;
let gateway: TestApp;

/** Two models of one fake provider: one expensive, one cheap. */
function config(baseUrl: string, more = ''): string {
  return `
providers:
  acme:
    base_url: ${baseUrl}
    api_key: sk-acme-secret
    models: [large, small]
models:
  acme/large:
    capabilities: [tools, vision, json_schema, json_mode]
    benchmarks: { mmlu_pro: 85, gpqa_diamond: 85 }
    hosts: [{ provider: acme, model: large, price: { input: 10, output: 40, as_of: 2026-11-01, source: test } }]
  acme/small:
    capabilities: [tools, json_mode]
    benchmarks: { mmlu_pro: 60, gpqa_diamond: 50 }
    hosts: [{ provider: acme, model: small, price: { input: 0.1, output: 0.4, as_of: 2026-11-01, source: test } }]
router: { predictor: heuristic }
${more}`;
}

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(config(upstream.baseUrl));
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const chat = (body: unknown, headers?: Record<string, string>) =>
  post(`${gateway.url}/v1/chat/completions`, body, headers);

describe('chat completion with a named model', () => {
  test('reaches the upstream byte for byte, with only the model replaced', async () => {
    const body = `{ "model" : "acme/large","messages":[{"role":"user","content":"caf\\u00e9 \\ud83d\\ude00"}],
      "seed": 9007199254740993, "temperature":1.0, "x_future": {"model":"untouched"} }`;

    await chat(body);

    expect(upstream.requests[0]?.body).toBe(body.replace('"acme/large"', '"large"'));
    expect(upstream.requests[0]?.headers).toMatchObject({ authorization: 'Bearer sk-acme-secret' });
  });

  test('does not forward the client’s headers', async () => {
    await chat(ask('acme/large', 'hi'), { authorization: 'Bearer client-key', 'x-private': '1' });

    expect(JSON.stringify(upstream.requests[0]?.headers)).not.toMatch(/client-key|x-private/u);
  });

  test('returns the model, the reason and the cost in headers', async () => {
    const { status, headers, json } = await chat(ask('acme/large', 'hi'));

    expect(status).toBe(200);
    expect(json).toMatchObject({ object: 'chat.completion' });
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-suffice-model': 'acme/large',
      'x-suffice-requested': 'acme/large',
      'x-suffice-reason': 'requested',
      'x-suffice-decision': expect.stringMatching(/^dec_[0-9a-v]{24}$/u),
      'x-suffice-cost-basis': 'usage',
      'x-suffice-cost-usd': expect.stringMatching(/^0\.\d+$/u),
    });
  });

  test('is not sent to another model when its own fails', async () => {
    upstream.always(refuses(500, 'broken'));

    const { status, json, headers } = await chat(ask('acme/large', 'hi'));

    expect(status).toBe(502);
    expect(json).toMatchObject({ error: { code: 'upstream_failed' } });
    expect(headers.get('x-suffice-model')).toBe('acme/large');
    expect(upstream.requests).toHaveLength(1);
  });

  test('returns the upstream’s rejection with its status and message', async () => {
    upstream.always(refuses(400, 'max_tokens is too large'));

    const { status, json } = await chat(ask('acme/large', 'hi'));

    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: { message: expect.stringContaining('max_tokens is too large') },
    });
  });

  test('reports a rejected upstream key as a gateway error, without the key', async () => {
    upstream.always(refuses(401, 'Incorrect API key provided: sk-acme-secret'));

    const { status, json, text } = await chat(ask('acme/large', 'hi'));

    expect(status).toBe(502);
    expect(json).toMatchObject({ error: { code: 'upstream_auth_failed' } });
    expect(text).not.toContain('sk-acme-secret');
  });
});

test('parameters are renamed or dropped for a provider that rejects them', async () => {
  await gateway.close();
  gateway = await startApp(`
providers: { mistral: { base_url: "${upstream.baseUrl}", api_key: sk-m, models: [tiny] } }
router: { predictor: heuristic }`);

  await chat(
    ask('mistral/tiny', 'hi', {
      stream: true,
      stream_options: { include_usage: true },
      seed: 7,
      max_completion_tokens: 9,
    }),
  );

  expect(upstream.requests[0]?.json).toEqual({
    model: 'tiny',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
    random_seed: 7,
    max_tokens: 9,
  });
});

describe('chat completion with auto', () => {
  test('goes to the model that the router chose, and returns the reason', async () => {
    const { headers } = await chat(ask('auto', 'hi'));

    const model = headers.get('x-suffice-model');
    expect(['acme/large', 'acme/small']).toContain(model);
    expect(`acme/${String(upstream.requests[0]?.json['model'])}`).toBe(model);
    expect(headers.get('x-suffice-requested')).toBe('auto');
    expect(Number(headers.get('x-suffice-success'))).toBeGreaterThan(0);
    expect(headers.get('x-suffice-saved-usd')).not.toBeNull();
  });

  test('considers only models that can serve the request', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const body = { model: 'auto', messages: [{ role: 'user', content: [image] }] };

    const { headers } = await chat(body);

    expect(headers.get('x-suffice-model')).toBe('acme/large');
    expect(headers.get('x-suffice-reason')).toBe('only_candidate');
  });

  test('is rejected with the reasons when no model can serve it', async () => {
    const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } };
    const body = { model: 'auto', messages: [{ role: 'user', content: [audio] }] };

    const { status, json } = await chat(body);

    expect(status).toBe(422);
    expect(json).toMatchObject({
      error: { code: 'no_candidate', message: expect.stringContaining('2 models: has no audio') },
    });
  });

  test('falls back when the first choice fails before its first byte', async () => {
    upstream.next(refuses(503, 'overloaded'));

    const { status, headers } = await chat(ask('auto', 'hi'));

    expect(status).toBe(200);
    expect(headers.get('x-suffice-reason')).toBe('fallback');
    expect(upstream.requests.map(({ json }) => json['model']).toSorted()).toEqual([
      'large',
      'small',
    ]);
  });

  test('skips a model that keeps failing, which the log, /readyz and the metrics report', async () => {
    for (let i = 0; i < 3; i++) {
      upstream.next(refuses(503, 'overloaded'));
      await chat(ask('auto', 'hi'));
    }
    const failing = String(upstream.requests[0]?.json['model']);

    const { headers } = await chat(ask('auto', 'hi'));

    const readiness = await fetch(`${gateway.url}/readyz`);
    const metrics = await fetch(`${gateway.url}/metrics`);
    expect(headers.get('x-suffice-reason')).toBe('fallback');
    expect(upstream.requests).toHaveLength(7);
    expect(upstream.requests[6]?.json['model']).not.toBe(failing);
    expect(gateway.logged()).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        upstream: `acme/${failing}`,
        error: 'upstream_failed',
        message: expect.stringContaining('overloaded'),
      }),
    );
    expect(gateway.logged().at(-1)).toMatchObject({
      attempts: 1,
      tried: expect.stringContaining(`acme/${failing} resting, acme/`),
    });
    expect(await readiness.json()).toMatchObject({ resting: [`acme/${failing}`] });
    expect(await metrics.text()).toMatch(/suffice_upstreams_resting 1/u);
  });

  test('does not fall back when the request itself is faulty', async () => {
    upstream.always(refuses(400, 'no'));

    await chat(ask('auto', 'hi'));

    expect(upstream.requests).toHaveLength(1);
  });
});

/** A stream's first event. */
const HALF_AN =
  'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{"role":"assistant","content":"Half an"},"finish_reason":null}]}\n\n';

describe('streamed answer', () => {
  test('follows OpenAI’s conventions: role first, one finish_reason, [DONE] once and last', async () => {
    const { headers, text } = await chat(ask('acme/small', 'hi', { stream: true }));

    const events = text.split('\n\n').filter((event) => event !== '');
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice(6)) as never);
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(events.at(-1)).toBe('data: [DONE]');
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(text.match(/"finish_reason":"stop"/gu)).toHaveLength(1);
    expect(text.indexOf('"role":"assistant"')).toBeLessThan(text.indexOf('"content":"'));
  });

  test('includes usage only when the client asked for it, and always records it', async () => {
    const silent = await chat(ask('acme/small', 'hi', { stream: true }));
    const asked = await chat(
      ask('acme/small', 'hi', { stream: true, stream_options: { include_usage: true } }),
    );

    expect(silent.text).not.toContain('"usage":{');
    expect(asked.text).toContain('"usage":{');
    expect(upstream.requests[0]?.json['stream_options']).toEqual({ include_usage: true });
    const lines = gateway.logged().filter(({ msg }) => msg === 'request');
    expect(lines.map(({ estimated }) => estimated)).toEqual([false, false]);
  });

  test('ends with an error event and an aborted connection when the upstream breaks off', async () => {
    upstream.next(streamsAndBreaks(HALF_AN));

    const { text, complete } = await rawPost(ask('acme/small', 'hi', { stream: true }));

    expect(text).toContain('Half an');
    expect(text).toContain('"code":"upstream_cut"');
    expect(text).not.toContain('[DONE]');
    expect(complete).toBe(false);
  });

  test('comes from another model after streams of the first one broke off repeatedly', async () => {
    for (let i = 0; i < 3; i++) {
      upstream.next(streamsAndBreaks(HALF_AN));
      await rawPost(ask('auto', 'hi', { stream: true }));
    }
    const breaking = String(upstream.requests[0]?.json['model']);

    const { headers } = await chat(ask('auto', 'hi', { stream: true }));

    expect(headers.get('x-suffice-reason')).toBe('fallback');
    const asked = upstream.requests.map(({ json }) => json['model'] === breaking);
    expect(asked).toEqual([true, true, true, false]);
    expect(gateway.logged().at(-1)).toMatchObject({
      attempts: 1,
      tried: expect.stringContaining(`acme/${breaking} resting, acme/`),
    });
  });

  test('falls back when the stream fails before its first event', async () => {
    upstream.next(hangsUp);

    const { headers, text } = await chat(ask('auto', 'hi', { stream: true }));

    expect(headers.get('x-suffice-reason')).toBe('fallback');
    expect(text).toContain(DONE.trim());
  });
});

describe('a client that disconnects', () => {
  test.each([
    { when: 'before the answer begins', stream: false, behaviour: stalls },
    { when: 'before the stream begins', stream: true, behaviour: stalls },
    {
      when: 'during the stream',
      stream: true,
      behaviour: streamsAndStalls(HALF_AN),
    },
  ])('$when aborts its upstream request at once', async ({ stream, behaviour }) => {
    upstream.next(behaviour);
    const client = httpRequest(`${gateway.url}/v1/chat/completions`, { method: 'POST' });
    client.on('error', () => undefined);
    client.end(JSON.stringify(ask('acme/small', 'hi', { stream })));
    await upstream.received();

    client.destroy();
    await upstream.requests[0]?.closed;

    await untilLogged(({ error }) => error === 'client_closed');
    expect(gateway.logged()).toContainEqual(
      expect.objectContaining({ status: 499, error: 'client_closed' }),
    );
  });
});

describe('request log', () => {
  test('contains one line per request, without prompts or keys', async () => {
    await chat(ask('auto', 'my secret prompt'), { authorization: 'Bearer sk-client-secret' });
    await chat('{"broken', { authorization: 'Bearer sk-client-secret' });
    upstream.next(sends(200, '<html>oops</html>', { 'content-type': 'text/html' }));
    await chat(ask('acme/small', 'my secret prompt'));

    const all = JSON.stringify(gateway.logged());
    expect(gateway.logged()).toHaveLength(3);
    expect(all).not.toMatch(/secret/u);
    upstream.always(answers());
  });
});

async function untilLogged(matches: (line: Record<string, unknown>) => boolean): Promise<void> {
  while (!gateway.logged().some(matches)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Like `post`, but a connection that breaks is an outcome rather than an exception. */
function rawPost(body: unknown): Promise<{ text: string; complete: boolean }> {
  return new Promise((resolve, reject) => {
    const client = httpRequest(`${gateway.url}/v1/chat/completions`, { method: 'POST' }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => (text += chunk));
      res.on('error', () => undefined);
      res.on('close', () => {
        resolve({ text, complete: res.complete });
      });
    });
    client.on('error', reject);
    client.end(JSON.stringify(body));
  });
}
