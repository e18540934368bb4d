import { fc } from '../../support/fast-check.js';

import { GatewayError } from '../../../src/core/errors.js';
import { openai } from '../../../src/dialects/openai/openai.js';

const user = { role: 'user', content: 'hi' };

function read(body: unknown) {
  return openai.readRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
}

function refusal(body: unknown): GatewayError {
  try {
    read(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the body was accepted');
}

describe('OpenAI request', () => {
  test('is read with model, stream, usage option and metadata', () => {
    const body = {
      model: 'auto',
      messages: [user],
      stream: true,
      stream_options: { include_usage: true },
      metadata: { team: 'red', n: 3 },
    };

    const request = read(body);

    expect(request).toMatchObject({
      model: 'auto',
      stream: true,
      includeUsage: true,
      metadata: { team: 'red' },
    });
  });

  test.each([
    { what: 'null content', add: { messages: [{ role: 'assistant', content: null }] } },
    { what: 'missing content', add: { messages: [{ role: 'assistant' }] } },
    {
      what: 'a part of a new type',
      add: { messages: [{ role: 'user', content: [{ type: 'x' }] }] },
    },
    { what: 'empty lists', add: { tools: [], include: [], messages: [user] } },
    { what: 'tools of new types', add: { tools: [{ type: 'namespace', x: 1 }] } },
    { what: 'null members', add: { tools: null, n: null, stream: null, stop: null } },
    { what: 'a limit of -1', add: { max_tokens: -1 } },
    { what: 'unknown members', add: { reasoning: { effort: 'low' }, x_new: [1] } },
    { what: 'a named tool', add: { tool_choice: { type: 'function', function: { name: 'f' } } } },
  ])('is accepted with $what', ({ add }) => {
    const reading = () => read({ model: 'auto', messages: [user], ...add });

    expect(reading).not.toThrow();
  });

  test.each([
    { param: 'model', body: { messages: [user] } },
    { param: 'model', body: { model: ' ', messages: [user] } },
    { param: 'model', body: { model: 4, messages: [user] } },
    { param: 'messages', body: { model: 'm' } },
    { param: 'messages', body: { model: 'm', messages: 'hi' } },
    { param: 'messages', body: { model: 'm', messages: [] } },
    { param: 'messages[1]', body: { model: 'm', messages: [user, 'hi'] } },
    { param: 'messages[0].role', body: { model: 'm', messages: [{ role: 'boss', content: '' }] } },
    { param: 'messages[0].role', body: { model: 'm', messages: [{ content: '' }] } },
    {
      param: 'messages[0].content',
      body: { model: 'm', messages: [{ role: 'user', content: 4 }] },
    },
    {
      param: 'messages[0].content[1]',
      body: { model: 'm', messages: [{ role: 'user', content: [{ type: 'text' }, null] }] },
    },
    {
      param: 'messages[0].tool_calls',
      body: { model: 'm', messages: [{ role: 'assistant', tool_calls: {} }] },
    },
    {
      param: 'messages[0].tool_calls[0]',
      body: { model: 'm', messages: [{ role: 'assistant', tool_calls: [1] }] },
    },
    { param: 'stream', body: { model: 'm', messages: [user], stream: 'yes' } },
    { param: 'stream_options', body: { model: 'm', messages: [user], stream_options: [] } },
    { param: 'tools', body: { model: 'm', messages: [user], tools: {} } },
    { param: 'tools[0]', body: { model: 'm', messages: [user], tools: ['f'] } },
    { param: 'n', body: { model: 'm', messages: [user], n: 0 } },
    { param: 'n', body: { model: 'm', messages: [user], n: 1.5 } },
    { param: 'max_tokens', body: { model: 'm', messages: [user], max_tokens: '5' } },
    { param: 'temperature', body: { model: 'm', messages: [user], temperature: 'hot' } },
    { param: 'response_format', body: { model: 'm', messages: [user], response_format: 'json' } },
  ])('is rejected with the faulty field $param named (case $#)', ({ param, body }) => {
    const error = refusal(body);

    expect(error).toMatchObject({ code: 'invalid_request', status: 400, param });
    expect(error.message).toContain(param);
  });

  test.each([
    { text: '{"model": ', says: 'line 1, column 11' },
    { text: '{"model": "m",\n "messages": [}', says: 'line 2, column 15, near' },
    { text: '', says: 'empty' },
    { text: '  \n', says: 'empty' },
  ])('is rejected with the position of invalid JSON: $text', ({ text, says }) => {
    const error = refusal(text);

    expect(error.code).toBe('invalid_json');
    expect(error.message).toContain(says);
  });

  test.each(['[]', 'null', '"x"', '3'])('is rejected when it is %s', (text) => {
    expect(refusal(text)).toMatchObject({ code: 'invalid_request' });
  });

  test('is rejected when it is not UTF-8', () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]);

    const reading = () => openai.readRequest(body);

    expect(reading).toThrow('UTF-8');
  });
});

describe('edited OpenAI request', () => {
  function edit(text: string, askUsage = false): string {
    return openai.editRequest(read(text), { model: 'up/stream', askUsage }).toString();
  }

  test.each([
    {
      what: 'the model as first member',
      text: '{"model":"m","messages":[{"role":"user","content":"\\"model\\":\\"x\\""}]}',
      sent: '{"model":"up/stream","messages":[{"role":"user","content":"\\"model\\":\\"x\\""}]}',
    },
    {
      what: 'nested members of the same name',
      text: '{"messages":[{"role":"user","content":"a","model":"q"}], "model" : "m" }',
      sent: '{"messages":[{"role":"user","content":"a","model":"q"}], "model" : "up/stream" }',
    },
    {
      what: 'an escaped and a repeated name',
      text: '{"model":1,"messages":[{"role":"user"}],"mod\\u0065l":"m"}',
      sent: '{"model":"up/stream","messages":[{"role":"user"}],"mod\\u0065l":"up/stream"}',
    },
    {
      what: 'numbers that JavaScript would change',
      text: '{"messages":[{"role":"user"}],"seed":12345678901234567890,"top_p":1.0,"model":"\\u00e9"}',
      sent: '{"messages":[{"role":"user"}],"seed":12345678901234567890,"top_p":1.0,"model":"up/stream"}',
    },
  ])('keeps all other bytes with $what', ({ text, sent }) => {
    expect(edit(text)).toBe(sent);
  });

  const start = '"model":"m","messages":[{"role":"user"}],"stream":true';
  const made = '"model":"up/stream","messages":[{"role":"user"}],"stream":true';
  test.each([
    {
      what: 'no options',
      text: `{${start}}`,
      sent: `{"stream_options":{"include_usage":true},${made}}`,
    },
    {
      what: 'null',
      text: `{${start},"stream_options":null}`,
      sent: `{${made},"stream_options":{"include_usage":true}}`,
    },
    {
      what: 'empty options',
      text: `{${start},"stream_options":{ }}`,
      sent: `{${made},"stream_options":{"include_usage":true }}`,
    },
    {
      what: 'other options',
      text: `{"stream_options":{"x":1.0},${start}}`,
      sent: `{"stream_options":{"include_usage":true,"x":1.0},${made}}`,
    },
    {
      what: 'include_usage false',
      text: `{"stream_options":{"include_usage":false,"x":1},${start}}`,
      sent: `{"stream_options":{"include_usage":true,"x":1},${made}}`,
    },
  ])('asks for usage if the client sent $what', ({ text, sent }) => {
    expect(edit(text, true)).toBe(sent);
  });

  test('does not ask for usage without a stream', () => {
    const text = '{"model":"m","messages":[{"role":"user"}]}';

    expect(edit(text, true)).toBe('{"model":"up/stream","messages":[{"role":"user"}]}');
  });

  const RENAMES = { seed: 'random_seed', max_completion_tokens: 'max_tokens', user: null, a: null };
  const base = '"messages":[{"role":"user","seed":1}],"model":"m"';
  const sentBase = base.replace('"m"', '"up/stream"');
  test.each([
    {
      what: 'one renamed',
      text: `{"seed": 1.0,${base}}`,
      sent: `{"random_seed": 1.0,${sentBase}}`,
    },
    { what: 'the first removed', text: `{"user":"u", ${base}}`, sent: `{ ${sentBase}}` },
    {
      what: 'one in the middle removed',
      text: `{"x":1,"user":"u" ,${base}}`,
      sent: `{"x":1,${sentBase}}`,
    },
    { what: 'the last removed', text: `{${base}, "user":{"a":[]} }`, sent: `{${sentBase} }` },
    { what: 'several at the end removed', text: `{${base},"user":1,"a":2}`, sent: `{${sentBase}}` },
    {
      what: 'two around another at the end removed',
      text: `{${base},"user":1,"x":3,"a":2}`,
      sent: `{${sentBase},"x":3}`,
    },
    {
      what: 'one present under both names',
      text: `{"max_completion_tokens":9,"max_tokens":5,${base}}`,
      sent: `{"max_tokens":5,${sentBase}}`,
    },
  ])('has members renamed or removed: $what', ({ text, sent }) => {
    const edits = { model: 'up/stream', askUsage: false, renames: RENAMES };

    expect(openai.editRequest(read(text), edits).toString()).toBe(sent);
  });

  test('asks for usage even if its first member is removed', () => {
    const text =
      '{"user":"u","stream":true,"model":"m","messages":[{"role":"user","content":"a"}]}';
    const edits = { model: 'n', askUsage: true, renames: { user: null } };

    const sent = openai.editRequest(read(text), edits).toString();

    expect(sent).toBe(
      '{"stream_options":{"include_usage":true},"stream":true,"model":"n","messages":[{"role":"user","content":"a"}]}',
    );
  });

  test('is unchanged but for removed members', () => {
    const value = fc.dictionary(fc.constantFrom('user', 'a', 'x', 'y', 'z'), fc.jsonValue());

    fc.assert(
      fc.property(value, value, fc.constantFrom(0, 1), (before, after, space) => {
        const whole = { ...before, model: 'm', messages: [user], ...after };
        const text = JSON.stringify(whole, null, space);
        const edits = {
          model: 'n',
          askUsage: false,
          renames: { user: null, a: null, messages: null },
        };

        const sent = openai.editRequest(read(text), edits).toString();

        const kept = Object.entries(JSON.parse(text) as object).filter(
          ([name]) => !['user', 'a', 'messages'].includes(name),
        );
        expect(JSON.parse(sent)).toEqual({ ...Object.fromEntries(kept), model: 'n' });
      }),
    );
  });

  test('is unchanged but for the model', () => {
    const extras = fc.dictionary(fc.string(), fc.jsonValue());
    const model = fc.string({ minLength: 1 }).filter((name) => name.trim() !== '');
    const reserved = Object.keys({ ...user, model: 1, messages: 1, stream: 1, stream_options: 1 });
    const checked = ['tools', 'functions', 'n', 'max_tokens', 'max_completion_tokens'];
    const typed = [...reserved, ...checked, 'temperature', 'top_p', 'response_format'];

    fc.assert(
      fc.property(extras, model, model, fc.constantFrom(0, 2), (extra, old, next, space) => {
        const others = Object.entries(extra).filter(([name]) => !typed.includes(name));
        const before = Object.fromEntries([...others, ['model', old], ['messages', [user]]]);
        const text = JSON.stringify(before, null, space);

        const sent = openai.editRequest(read(text), { model: next, askUsage: false }).toString();

        expect(JSON.parse(sent)).toEqual({ ...(JSON.parse(text) as object), model: next });
        expect(sent).toBe(JSON.stringify({ ...before, model: next }, null, space));
      }),
    );
  });
});
