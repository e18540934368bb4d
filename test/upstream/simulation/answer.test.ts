import { openai } from '../../../src/dialects/openai/openai.js';
import { bytesOf, readAll } from '../support.js';
import { HELLO, RULES, SimulationBench } from './support.js';

let bench: SimulationBench;

beforeEach(() => {
  bench = new SimulationBench();
});

describe('simulated answer', () => {
  test('names the simulation, the model and the prompt', async () => {
    const { choices, system_fingerprint } = await bench.complete({});

    expect(choices[0]?.message.content).toMatch(
      /^This is a simulated answer by simulation\/small; no language model wrote it\. You wrote: "What is the capital of France\?"/u,
    );
    expect(choices[0]?.finish_reason).toBe('stop');
    expect(system_fingerprint).toBe('simulation');
  });

  test('quotes the beginning of a long prompt on one line, in whole characters', async () => {
    const content = `Line\n\n one ${'🙂'.repeat(100)}`;

    const { choices } = await bench.complete({ messages: [{ role: 'user', content }] });

    const quote = /"(?<quote>.*)"/u.exec(choices[0]?.message.content ?? '')?.groups?.['quote'];
    expect(quote).toMatch(/^Line one (?:🙂)+…$/u);
    expect(quote?.length).toBeLessThanOrEqual(81);
  });

  test('reads content parts and accepts a request without user content', async () => {
    const parts = [
      { type: 'text', text: 'Look:' },
      { type: 'image_url', image_url: { url: 'data:,' } },
    ];

    const some = await bench.complete({ messages: [{ role: 'user', content: parts }] });
    const none = await bench.complete({ messages: [{ role: 'system', content: 'Be brief.' }] });

    expect(some.choices[0]?.message.content).toContain('"Look:"');
    expect(none.choices[0]?.message.content).toContain('You wrote: ""');
  });

  test('varies in length by model', async () => {
    const models = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

    const answers = await Promise.all(models.map((model) => bench.complete({ model })));

    const lengths = new Set(answers.map((answer) => answer.usage.completion_tokens));
    expect(lengths.size).toBeGreaterThan(2);
  });

  test('estimates tokens from text lengths', async () => {
    const { choices, usage } = await bench.complete({});

    expect(usage.completion_tokens).toBe(Math.ceil((choices[0]?.message.content?.length ?? 0) / 4));
    expect(usage.prompt_tokens).toBe(Math.ceil('What is the capital of France?'.length / 4) + 4);
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
  });

  test('has a new id but the same content each time', async () => {
    const [a, b] = [await bench.complete({}), await bench.complete({})];

    expect(a.id).not.toBe(b.id);
    expect(a.choices).toEqual(b.choices);
  });

  test.each(['max_tokens', 'max_completion_tokens'])('stops at %s', async (limit) => {
    const { choices, usage } = await bench.complete({ [limit]: 5 });

    expect(choices[0]).toMatchObject({ finish_reason: 'length' });
    expect(choices[0]?.message.content).toHaveLength(20);
    expect(usage.completion_tokens).toBe(5);
  });

  test('has the requested number of choices', async () => {
    const { choices } = await bench.complete({ n: 3 });

    expect(choices).toHaveLength(3);
    expect(choices[2]?.message.content).toContain('(Choice 3.)');
  });

  test.each([
    ['invalid JSON', Buffer.from('{')],
    ['missing messages', Buffer.from('{"model":"m"}')],
    ['an invalid limit', Buffer.from('{"model":"m","messages":[{"role":"user"}],"max_tokens":0}')],
  ])('rejects %s as OpenAI does', async (_, body) => {
    const answer = await bench.send(body, false, new AbortController().signal);

    expect(answer.status).toBe(400);
    expect(openai.readError(400, bytesOf(answer), undefined)).toMatchObject({
      code: 'upstream_rejected',
      upstreamType: 'invalid_request_error',
    });
  });

  test('is valid in OpenAI’s dialect', async () => {
    const whole = openai.readAnswer(bytesOf(await bench.ask({})), RULES);

    expect(whole.summary).toMatchObject({ finishReason: 'stop', usage: { estimated: false } });
  });
});

describe('simulated structured output', () => {
  const SCHEMA = {
    type: 'object',
    properties: { city: { type: 'string' }, people: { type: 'integer', minimum: 1000 } },
    required: ['city', 'people'],
    additionalProperties: false,
  };
  const TOOLS = [
    { type: 'function', function: { name: 'get_time', parameters: { type: 'object' } } },
    { type: 'function', function: { name: 'get_city', parameters: SCHEMA } },
  ];

  test('matches the requested schema', async () => {
    const { choices } = await bench.complete({
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema: SCHEMA } },
    });

    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({
      city: 'simulated',
      people: 1000,
    });
  });

  test('is an object in JSON mode', async () => {
    const { choices } = await bench.complete({ response_format: { type: 'json_object' } });

    expect(JSON.parse(choices[0]?.message.content ?? '')).toMatchObject({ simulated: true });
  });

  test.each([
    ['a tool is required', { tool_choice: 'required' }, 'get_time'],
    [
      'a tool is forced',
      { tool_choice: { type: 'function', function: { name: 'get_city' } } },
      'get_city',
    ],
    [
      'the prompt names a tool',
      { messages: [{ role: 'user', content: 'Use get_city, please' }] },
      'get_city',
    ],
  ])('is a tool call when %s', async (_, body, name) => {
    const { choices } = await bench.complete({ tools: TOOLS, ...body });

    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ type: 'function', function: { name } }] },
    });
    const made = JSON.parse(
      choices[0]?.message.tool_calls?.[0]?.function.arguments ?? '',
    ) as object;
    expect(Object.keys(made)).toEqual(name === 'get_city' ? ['city', 'people'] : []);
  });

  test.each([
    ['no tool is named', {}],
    [
      'tool_choice is none',
      { tool_choice: 'none', messages: [{ role: 'user', content: 'get_city' }] },
    ],
    [
      'the forced tool does not exist',
      { tool_choice: { type: 'function', function: { name: 'x' } } },
    ],
  ])('is not a tool call when %s', async (_, body) => {
    const { choices } = await bench.complete({ tools: TOOLS, ...body });

    expect(choices[0]?.message).not.toHaveProperty('tool_calls');
  });

  test('quotes tool results', async () => {
    const { choices } = await bench.complete({
      tools: TOOLS,
      tool_choice: 'required',
      messages: [
        ...HELLO,
        { role: 'assistant', content: null, tool_calls: [] },
        { role: 'tool', tool_call_id: 'call_1', content: 'Paris, 2 million' },
      ],
    });

    expect(choices[0]).toMatchObject({ finish_reason: 'stop' });
    expect(choices[0]?.message.content).toContain('The tools returned: Paris, 2 million');
  });

  test('is a tool call in a stream as well', async () => {
    const answer = await bench.ask({ tools: TOOLS, tool_choice: 'required', stream: true });
    const stream = openai.openStream(RULES);
    const { text } = await readAll(answer);

    const out = stream.push(Buffer.from(text)).toString() + stream.end().toString();

    expect(stream.failure).toBeNull();
    expect(out).toContain('"name":"get_time","arguments":""');
    expect(stream.summary.finishReason).toBe('tool_calls');
  });
});
