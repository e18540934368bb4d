import { ask, post } from '../support/app.js';
import { DONE, sends, sse, streams } from '../support/fake-upstream.js';
import { eventsIn } from '../support/translated.js';
import { wordJudge } from '../support/word-judge.js';
import { cacheConfig, cacheRig, gate, underWay } from './support.js';

const rig = cacheRig();

describe('cache for the Messages API', () => {
  const message = (more: object = {}) => ({
    model: 'acme/large',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'hi' }],
    ...more,
  });
  const send = (body: object, headers: Record<string, string> = {}) =>
    post(`${rig.gateway.url}/v1/messages`, body, headers);

  test('serves whole answers and streams from one entry, whichever came first', async () => {
    const whole = await send(message());
    const stream = await send(message({ stream: true }));
    const otherStream = await send(message({ stream: true, max_tokens: 8 }));
    const sameStream = await send(message({ stream: true, max_tokens: 8 }));
    const otherWhole = await send(message({ max_tokens: 8 }));

    expect(rig.upstream.requests).toHaveLength(2);
    expect(Object.fromEntries(stream.headers)).toMatchObject({
      'x-suffice-cache': 'hit',
      'x-suffice-cache-source': whole.headers.get('x-suffice-decision'),
      'x-suffice-cost-usd': '0.000',
      age: '0',
    });
    expect(stream.text).toContain('event: message_start');
    expect(stream.text).toContain('Hello from upstream.');
    expect(sameStream.text).toBe(otherStream.text);
    expect(otherWhole.json).toMatchObject({
      type: 'message',
      content: [{ type: 'text', text: 'Hello from upstream.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 11, output_tokens: 7 },
    });
  });

  test('misses for another dialect, or another anthropic-beta header', async () => {
    await send(message());

    const others = [
      await send(message(), { 'anthropic-beta': 'context-1m' }),
      await rig.chat(ask('acme/large', 'hi', { max_tokens: 9 })),
    ];

    expect(others.map(({ headers }) => headers.get('x-suffice-cache'))).toEqual(['miss', 'miss']);
  });
});

test('cache for the Gemini API serves whole answers, events and lists from one entry', async () => {
  const at = (verb: string) => `${rig.gateway.url}/v1beta/models/acme/large:${verb}`;
  const asked = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };
  const events = await post(at('streamGenerateContent?alt=sse'), asked);
  const again = await post(at('streamGenerateContent?alt=sse'), asked);
  const list = await post(at('streamGenerateContent'), asked);
  const whole = await post(at('generateContent'), { contents: { parts: { text: 'hi' } } });

  expect(rig.upstream.requests).toHaveLength(1);
  expect(again.text).toBe(events.text);
  expect(JSON.parse(list.text)).toMatchObject([{ candidates: [{ index: 0 }] }, {}, {}, {}]);
  expect(whole.json).toMatchObject({
    candidates: [{ content: { parts: [{ text: 'Hello from upstream.' }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7 },
  });
  expect(whole.headers.get('x-suffice-cache')).toBe('hit');
});

test('cache for legacy completions serves whole answers and streams from one entry', async () => {
  const send = (body: object) =>
    post(`${rig.gateway.url}/v1/completions`, { model: 'acme/large', prompt: 'hi', ...body });
  const stream = await send({ stream: true });
  const again = await send({ stream: true });
  const told = await send({ stream: true, stream_options: { include_usage: true } });
  const whole = await send({ prompt: ['hi'], best_of: 1 });

  expect(rig.upstream.requests).toHaveLength(1);
  expect(again.text).toBe(stream.text);
  expect(again.text).not.toContain('prompt_tokens');
  expect(told.text).toContain('"prompt_tokens":11');
  expect(whole.headers.get('x-suffice-cache')).toBe('hit');
  expect(whole.json).toMatchObject({
    object: 'text_completion',
    choices: [{ text: 'Hello from upstream.', index: 0, finish_reason: 'stop' }],
    usage: { prompt_tokens: 11, completion_tokens: 7 },
  });
});

test.each([
  ['whole', false],
  ['streamed', true],
])('an answer that lost a part in translation is not cached, %s', async (_how, stream) => {
  const thought = { role: 'assistant', reasoning_content: 'Well.', content: 'Hello.' };
  const head = { id: 'x', created: 1, model: 'm' };
  const whole = { ...head, object: 'chat.completion' };
  const chunk = { ...head, object: 'chat.completion.chunk' };
  rig.upstream.next(
    stream
      ? streams(
          sse({ ...chunk, choices: [{ index: 0, delta: thought, finish_reason: null }] }),
          sse({ ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
          DONE,
        )
      : sends(
          200,
          JSON.stringify({
            ...whole,
            choices: [{ index: 0, message: thought, finish_reason: 'stop' }],
          }),
        ),
  );
  const send = () =>
    post(`${rig.gateway.url}/v1/completions`, { model: 'acme/large', prompt: 'hi', stream });

  const first = await send();
  const second = await send();
  const third = await send();

  expect(first.text).toContain('Hello.');
  expect(first.text).not.toContain('Well.');
  expect([second, third].map(({ headers }) => headers.get('x-suffice-cache'))).toEqual([
    'miss',
    'hit',
  ]);
});

describe('cache for the Responses API', () => {
  const send = (body: object) =>
    post(`${rig.gateway.url}/v1/responses`, { model: 'acme/large', input: 'hi', ...body });
  const last = (stream: string) => eventsIn(stream).at(-1)?.['response'] as { id: string };
  const kept = async (id: unknown, method = 'GET') => {
    const reply = await fetch(`${rig.gateway.url}/v1/responses/${String(id)}`, { method });
    return (await reply.json()) as Record<string, unknown>;
  };

  test('serves whole answers and streams from one entry, each as a separate response', async () => {
    const first = await send({ metadata: { trace: '1' } });
    const whole = await send({ metadata: { trace: '2' }, store: false });
    const stream = await send({ stream: true });

    expect(rig.upstream.requests).toHaveLength(1);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'x-suffice-cache': 'hit',
      'x-suffice-cache-source': first.headers.get('x-suffice-decision'),
      'x-suffice-cost-usd': '0.000',
    });
    expect(whole.json).toMatchObject({
      status: 'completed',
      output: [{ content: [{ text: 'Hello from upstream.' }] }],
      usage: { input_tokens: 11, output_tokens: 7 },
      metadata: { trace: '2' },
      store: false,
    });
    const events = eventsIn(stream.text);
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, i) => i));
    expect(last(stream.text)).toMatchObject({ output: [{ type: 'message' }], metadata: {} });
    const ids = [first.json['id'], whole.json['id'], last(stream.text).id];
    expect(new Set(ids).size).toBe(3);
  });

  test('stores, deletes and continues each response separately', async () => {
    const first = await send({ stream: true });
    const second = await send({ stream: true });
    const [one, other] = [last(first.text).id, last(second.text).id];

    await kept(one, 'DELETE');
    const next = await send({ input: 'And?', previous_response_id: other });
    const again = await send({
      input: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'Hello from upstream.' },
        { role: 'user', content: 'And?' },
      ],
    });

    expect(await kept(other)).toEqual(last(second.text));
    expect(await kept(one)).toMatchObject({ error: { code: 'not_found' } });
    expect(next.headers.get('x-suffice-cache')).toBe('miss');
    expect(next.json['previous_response_id']).toBe(other);
    expect(again.headers.get('x-suffice-cache')).toBe('hit');
    expect(again.json['previous_response_id']).toBeNull();
    expect(rig.upstream.requests).toHaveLength(2);
  });

  test('shares an answer in flight, with a separate response for each client', async () => {
    const held = gate();
    rig.upstream.always(held.behaviour);
    const streams = [send({ stream: true }), send({ stream: true })];
    await underWay(rig.gateway, 2);
    const whole = send({});
    await underWay(rig.gateway, 3);
    held.open();

    const texts = (await Promise.all(streams)).map(({ text }) => last(text));

    const ids = [...texts.map(({ id }) => id), (await whole).json['id']];
    expect(new Set(ids).size).toBe(3);
    expect(rig.upstream.requests).toHaveLength(1);
    for (const id of ids) expect(await kept(id)).toMatchObject({ id, status: 'completed' });
  });
});

describe('semantic hit', () => {
  const HEAP = 'What is a heap?';
  const HEAP_TOO = 'Please explain: what is the heap?';
  const said = (text: string, stream: boolean) => ({
    model: 'acme/large',
    stream,
    ...{ max_tokens: 9, messages: [{ role: 'user', content: text }] },
  });
  const contents = (text: string) => ({ contents: [{ role: 'user', parts: [{ text }] }] });
  const gemini = '/v1beta/models/acme/large:';

  test.each([
    {
      client: 'chat completions',
      path: () => '/v1/chat/completions',
      body: said,
    },
    {
      client: 'Anthropic’s messages',
      path: () => '/v1/messages',
      body: said,
    },
    {
      client: 'Gemini',
      path: (stream: boolean) => gemini + (stream ? 'streamGenerateContent' : 'generateContent'),
      body: contents,
    },
    {
      client: 'Gemini’s events',
      path: (stream: boolean) =>
        gemini + (stream ? 'streamGenerateContent?alt=sse' : 'generateContent'),
      body: contents,
    },
    {
      client: 'responses',
      path: () => '/v1/responses',
      body: (input: string, stream: boolean) => ({ model: 'acme/large', input, stream }),
    },
    {
      client: 'legacy completions',
      path: () => '/v1/completions',
      body: (prompt: string, stream: boolean) => ({ model: 'acme/large', prompt, stream }),
    },
  ])('reaches a client of $client, whole and as a stream', async ({ path, body }) => {
    // Enough time on a machine under load, and no rechecks.
    const patient = ', semantic: { budget_ms: 1000, recheck: { usd_per_day: 0 } }';
    const openJudge = async () => wordJudge();
    await rig.restart(cacheConfig(rig.upstream, patient, '', 'semantic'), undefined, openJudge);
    const send = (text: string, stream: boolean) =>
      post(rig.gateway.url + path(stream), body(text, stream));
    const first = await send(HEAP, true);

    const whole = await send(HEAP_TOO, false);
    const stream = await send(HEAP_TOO, true);
    const other = await send('What is a stack?', false);

    for (const { headers, text } of [whole, stream]) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-suffice-cache': 'semantic',
        'x-suffice-cache-similarity': '1.0000',
        'x-suffice-cache-probability': '0.9999',
        'x-suffice-cache-source': first.headers.get('x-suffice-decision'),
        'x-suffice-cost-usd': '0.000',
        age: '0',
      });
      expect(text).toMatch(/Hello.*from.*upstream/su);
    }
    expect(whole.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(stream.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(other.headers.get('x-suffice-cache')).toBe('miss');
    expect(rig.upstream.requests).toHaveLength(2);
  });
});
