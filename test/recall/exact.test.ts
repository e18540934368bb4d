import { ask } from '../support/app.js';
import {
  answers,
  refuses,
  sends,
  streams,
  streamsAndBreaks,
  textEvents,
} from '../support/fake-upstream.js';
import { cacheConfig, cacheRig, said, skewedClock } from './support.js';

const rig = cacheRig();

interface Costly {
  readonly cost_usd: number;
  readonly attempts: readonly { readonly cost_usd?: number }[];
}

describe('exact hit', () => {
  test('returns the same answer at no cost, marked as a hit', async () => {
    const first = await rig.chat(ask('acme/large', 'hi'));

    const second = await rig.chat(ask('acme/large', 'hi'));

    expect(rig.upstream.requests).toHaveLength(1);
    expect(first.headers.get('x-suffice-cache')).toBe('miss');
    expect(second.text).toBe(first.text);
    expect(Object.fromEntries(second.headers)).toMatchObject({
      'x-suffice-cache': 'hit',
      'x-suffice-cache-source': first.headers.get('x-suffice-decision'),
      'x-suffice-cost-usd': '0.000',
      'x-suffice-saved-usd': first.headers.get('x-suffice-cost-usd'),
      'x-suffice-model': 'acme/large',
      'x-suffice-reason': 'cached',
      age: '0',
    });
    expect(second.headers.get('x-suffice-decision')).not.toBe(
      first.headers.get('x-suffice-decision'),
    );
  });

  test('is recorded in decision, log and metrics as a hit at no cost', async () => {
    await rig.chat(ask('acme/large', 'hi'));

    const { headers } = await rig.chat(ask('acme/large', 'hi'));

    const id = headers.get('x-suffice-decision') ?? '';
    const decision = await (await fetch(`${rig.gateway.url}/v1/decisions/${id}`)).json();
    expect(decision).toMatchObject({
      reason: 'cached',
      model: 'acme/large',
      outcome: { status: 200, cost_usd: 0, attempts: [], usage: null },
    });
    expect(rig.gateway.logged().at(-1)).toMatchObject({
      reason: 'cached',
      costUsd: 0,
      status: 200,
    });
    const metrics = await (await fetch(`${rig.gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/suffice_cache_requests_total\{result="hit"\} 1/u);
    expect(metrics).toMatch(/suffice_cache_requests_total\{result="miss"\} 1/u);
    expect(metrics).toMatch(/suffice_cache_saved_usd_total\{model="acme\/large"\} 0\.0/u);
    expect(metrics).toMatch(/suffice_cache_entries 1/u);
  });

  test.each([false, true])(
    'saves the cost of the answer without that of failed attempts (stream: %p)',
    async (stream) => {
      const body = ask('auto', 'hi', { stream });
      rig.upstream.next(streamsAndBreaks('{"id":'), answers());
      const first = await rig.chat(body);

      const second = await rig.chat(body);

      const id = first.headers.get('x-suffice-decision') ?? '';
      const reply = await fetch(`${rig.gateway.url}/v1/decisions/${id}`);
      const { outcome } = (await reply.json()) as { outcome: Costly };
      const [failed] = outcome.attempts;
      expect(failed?.cost_usd).toBeGreaterThan(0);
      expect(second.headers.get('x-suffice-cache')).toBe('hit');
      expect(Number(second.headers.get('x-suffice-saved-usd'))).toBeCloseTo(
        outcome.cost_usd - (failed?.cost_usd ?? 0),
        9,
      );
      // The cost of failed attempts is estimated.
      expect(first.headers.get('x-suffice-cost-basis')).toBe(stream ? 'expected' : 'estimated');
    },
  );

  test('ignores the order of members, explicit defaults and labels', async () => {
    await rig.chat(ask('acme/large', 'hi', { user: 'ann', metadata: { trace: '1' } }));

    const other = await rig.chat({
      user: 'bob',
      n: 1,
      stream: false,
      tools: [],
      temperature: null,
      messages: [{ content: [{ type: 'text', text: 'hi' }], role: 'user', name: null }],
      model: 'acme/large',
    });

    expect(other.headers.get('x-suffice-cache')).toBe('hit');
  });

  test('answers a policy without another decision', async () => {
    const first = await rig.chat(ask('auto', 'hi'));

    const second = await rig.chat(ask('auto', 'hi'));

    expect(second.headers.get('x-suffice-cache')).toBe('hit');
    expect(second.headers.get('x-suffice-model')).toBe(first.headers.get('x-suffice-model'));
    expect(second.headers.get('x-suffice-requested')).toBe('auto');
  });

  test('ends when the answer expires', async () => {
    const clock = skewedClock();
    await rig.restart(cacheConfig(rig.upstream, ', ttl_s: 60'), clock);
    await rig.chat(ask('acme/large', 'hi'));
    clock.forward(59_000);
    const before = await rig.chat(ask('acme/large', 'hi'));
    clock.forward(1_000);

    const after = await rig.chat(ask('acme/large', 'hi'));

    expect(before.headers.get('x-suffice-cache')).toBe('hit');
    expect(before.headers.get('age')).toBe('59');
    expect(after.headers.get('x-suffice-cache')).toBe('miss');
  });
});

describe('exact hit on a stream', () => {
  const streamed = ask('acme/large', 'hi', { stream: true });

  test('replays the stream unchanged', async () => {
    const first = await rig.chat(streamed);

    const second = await rig.chat(streamed);

    expect(rig.upstream.requests).toHaveLength(1);
    expect(second.text).toBe(first.text);
    expect(second.text).toMatch(/\[DONE\]\n\n$/u);
    expect(second.headers.get('content-type')).toMatch(/^text\/event-stream/u);
    expect(second.headers.get('x-suffice-cache')).toBe('hit');
    expect(second.headers.get('x-suffice-cost-usd')).toBe('0.000');
  });

  test('includes usage only for clients that ask for it', async () => {
    const first = await rig.chat(streamed);

    const second = await rig.chat(
      ask('acme/large', 'hi', { stream: true, stream_options: { include_usage: true } }),
    );

    expect(first.text).not.toContain('prompt_tokens');
    expect(second.headers.get('x-suffice-cache')).toBe('hit');
    expect(second.text).toContain('"prompt_tokens":11');
  });

  test('answers a non-streaming client', async () => {
    await rig.chat(streamed);

    const { json, headers } = await rig.chat(ask('acme/large', 'hi'));

    expect(headers.get('x-suffice-cache')).toBe('hit');
    expect(json).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Hello from upstream.' } }],
      usage: { prompt_tokens: 11 },
    });
  });

  test('may come from a non-streamed answer', async () => {
    await rig.chat(ask('acme/large', 'hi'));

    const { text, headers } = await rig.chat(streamed);

    expect(headers.get('x-suffice-cache')).toBe('hit');
    expect(said(text)).toBe('Hello from upstream.');
    expect(text).not.toContain('prompt_tokens');
    expect(text).toMatch(/\[DONE\]\n\n$/u);
  });
});

describe('the cache does not store', () => {
  const choice = (message: object, finish: string) =>
    sends(
      200,
      JSON.stringify({
        id: 'x',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
      }),
    );
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const cited = { type: 'url_citation', url_citation: { url: 'https://w.example', title: 'W' } };

  test.each([
    ['an error', refuses(500, 'broken')],
    ['a truncated answer', choice({ content: 'Half of' }, 'length')],
    ['a filtered answer', choice({ content: 'No' }, 'content_filter')],
    ['a refusal', choice({ content: null, refusal: 'I cannot' }, 'stop')],
    ['tool calls', choice({ content: null, tool_calls: [call] }, 'tool_calls')],
    ['a forced tool call', choice({ content: null, tool_calls: [call] }, 'stop')],
    ['an empty answer', choice({ content: '' }, 'stop')],
    ['an answer with search results', choice({ content: 'Sunny.', annotations: [cited] }, 'stop')],
  ])('%s', async (_what, behaviour) => {
    rig.upstream.next(behaviour);
    await rig.chat(ask('acme/large', 'hi'));

    const { headers, text } = await rig.chat(ask('acme/large', 'hi'));

    expect(headers.get('x-suffice-cache')).toBe('miss');
    expect(text).toContain('Hello from upstream.');
  });

  test('a stream with search results', async () => {
    const found = `data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"annotations":[${JSON.stringify(cited)}]},"finish_reason":null}]}\n\n`;
    const events = textEvents('Sunny.');
    rig.upstream.next(streams(...events.slice(0, 2), found, ...events.slice(2)));
    const first = await rig.chat(ask('acme/large', 'hi', { stream: true }));

    const { headers } = await rig.chat(ask('acme/large', 'hi', { stream: true }));

    expect(first.text).toContain('https://w.example');
    expect(headers.get('x-suffice-cache')).toBe('miss');
  });

  test('an answer to a request with web search', async () => {
    const searching = ask('acme/large', 'hi', { web_search_options: {} });
    await rig.chat(searching);

    const { headers } = await rig.chat(searching);
    const stats: unknown = await (await fetch(`${rig.gateway.url}/v1/cache/stats`)).json();

    expect(headers.get('x-suffice-cache')).toBe('miss');
    expect(stats).toMatchObject({ answers: 0, unkept: { searched: 2 } });
  });

  test('an interrupted stream', async () => {
    rig.upstream.next(streamsAndBreaks(...textEvents('Hello from')));
    await rig.chat(ask('acme/large', 'hi', { stream: true })).catch(() => undefined);

    const { headers } = await rig.chat(ask('acme/large', 'hi', { stream: true }));

    expect(headers.get('x-suffice-cache')).toBe('miss');
  });

  test('an answer over the size limit, which the client still receives', async () => {
    await rig.restart(cacheConfig(rig.upstream, ', max_entry_bytes: 1024'));
    const long = 'word '.repeat(1_000).trim();
    rig.upstream.always(answers(long));

    const streams = [];
    for (let i = 0; i < 2; i++)
      streams.push(await rig.chat(ask('acme/large', 'hi', { stream: true })));
    const whole = await rig.chat(ask('acme/large', 'hi'));

    expect(streams.map(({ text }) => said(text))).toEqual([long, long]);
    expect(streams[1]?.headers.get('x-suffice-cache')).toBe('miss');
    expect(whole.headers.get('x-suffice-cache')).toBe('miss');
  });

  test('tool calls, unless configured', async () => {
    await rig.restart(cacheConfig(rig.upstream, ', keep: [tool_calls]'));
    rig.upstream.always(choice({ content: null, tool_calls: [call] }, 'tool_calls'));
    await rig.chat(ask('acme/large', 'hi'));

    const { headers, text } = await rig.chat(ask('acme/large', 'hi', { stream: true }));

    expect(headers.get('x-suffice-cache')).toBe('hit');
    expect(text).toContain('"tool_calls":[{"index":0,"id":"c"');
  });
});
