import { createHash } from 'node:crypto';
import { answered, eventsIn, streamed, translated } from '../../support/translated.js';

const HI = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };

/** The value at a path of names and indexes. */
const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce((inner, name) => (inner as Readonly<Record<string, unknown>>)[name], value);

describe.each([
  { dialect: 'openai' as const, member: 'user' },
  { dialect: 'responses' as const, member: 'safety_identifier' },
])('end-user id for a provider of $dialect', ({ dialect, member }) => {
  const told = (id: string) =>
    translated('anthropic', dialect, { ...HI, metadata: { user_id: id } }).json[member];

  test('is passed on up to 64 characters', () => {
    expect(told('u'.repeat(64))).toBe('u'.repeat(64));
  });

  test('is replaced by its SHA-256 digest if longer', () => {
    const uuid = '11111111-2222-3333-4444-555555555555';
    const id = `user_${'a'.repeat(64)}_account_${uuid}_session_${uuid}`;

    expect(told(id)).toBe(createHash('sha256').update(id).digest('hex'));
    expect(told(`${id}0`)).not.toBe(told(id));
  });
});

/** As long as vLLM's call ids. */
const LONG_ID = `chatcmpl-tool-${'0123456789abcdef'.repeat(2)}`;

const called = (id: string) => ({
  ...HI,
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'ok' }] },
  ],
});

describe('tool call id', () => {
  const ids = (id: string, model = 'gpt-5') => {
    const { json } = translated('anthropic', 'openai', called(id), { model });
    return {
      inCall: at(json, 'messages.1.tool_calls.0.id'),
      inResult: at(json, 'messages.2.tool_call_id'),
    };
  };

  test('is shortened to the limit of Chat Completions, the same in call and result', () => {
    const { inCall, inResult } = ids(LONG_ID);

    expect(inCall).toMatch(/^call_[0-9a-f]{32}$/);
    expect(inResult).toBe(inCall);
    expect(ids(`${LONG_ID}0`).inCall).not.toBe(inCall);
    expect(ids('c'.repeat(40))).toEqual({ inCall: 'c'.repeat(40), inResult: 'c'.repeat(40) });
  });

  test('is unchanged for Kimi models, which interpret it', () => {
    const id = 'functions.mcp__github__create_pull_request:0';

    expect(ids(id, 'moonshotai/Kimi-K2-Instruct')).toEqual({ inCall: id, inResult: id });
  });
});

const DOTTED = 'fs.read:x';
const LONG = `mcp__${'x'.repeat(90)}`;

const offering = (name: string) => ({
  contents: [
    { role: 'user', parts: [{ text: 'hi' }] },
    { role: 'model', parts: [{ functionCall: { name, args: {} } }] },
    { role: 'user', parts: [{ functionResponse: { name, response: { output: 'ok' } } }] },
  ],
  tools: [{ functionDeclarations: [{ name, description: 'Reads.' }, { name: 'g' }] }],
  toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [name] } },
});

/** The paths of the first tool's name: in its definition, the tool choice and the earlier call. */
const NAMES_AT = {
  openai: ['tools.0.function', 'tool_choice.function', 'messages.1.tool_calls.0.function'],
  responses: ['tools.0', 'tool_choice', 'input.1'],
  anthropic: ['tools.0', 'tool_choice', 'messages.1.content.0'],
  bedrock: [
    'toolConfig.tools.0.toolSpec',
    'toolConfig.toolChoice.tool',
    'messages.1.content.0.toolUse',
  ],
};
const namesIn = (json: unknown, provider: keyof typeof NAMES_AT) =>
  NAMES_AT[provider].map((path) => String(at(json, `${path}.name`)));

describe.each(Object.keys(NAMES_AT) as (keyof typeof NAMES_AT)[])(
  'tool name that %s rejects',
  (provider) => {
    test.each([DOTTED, LONG + LONG])(
      'is replaced by the same valid name everywhere (case %#)',
      (name) => {
        const { json, dropped } = translated('gemini', provider, offering(name));
        const [offered, ...others] = namesIn(json, provider);

        expect(offered).toMatch(/^[\w-]{1,64}$/);
        expect(others).toEqual([offered, offered]);
        expect(dropped).toEqual([]);
        const again = translated('gemini', provider, offering(`${name}.`)).json;
        expect(namesIn(again, provider)[0]).not.toBe(offered);
      },
    );
  },
);

describe('call of a renamed tool', () => {
  const { json, asked } = translated('gemini', 'openai', offering(DOTTED));
  const [name = ''] = namesIn(json, 'openai');
  const call = (called: string) => ({
    index: 0,
    id: 'c1',
    type: 'function',
    function: { name: called, arguments: '{}' },
  });
  const answer = (said: object) => ({
    id: 'x',
    model: 'm',
    choices: [{ index: 0, ...said, finish_reason: 'tool_calls' }],
  });

  test.each([
    [name, DOTTED],
    ['g', 'g'],
  ])('named %s reaches the client as %s, streamed or not', (theirs, own) => {
    const message = { role: 'assistant', content: null, tool_calls: [call(theirs)] };
    const whole = answered('gemini', 'openai', answer({ message }), asked).json;
    const chunk = `data: ${JSON.stringify(answer({ delta: message }))}\n\n`;
    const { text } = streamed('gemini', 'openai', [Buffer.from(chunk)], asked);

    expect(JSON.stringify(whole)).toContain(`"name":"${own}"`);
    expect(JSON.stringify(eventsIn(text))).toContain(`"name":"${own}"`);
  });

  test('needs no restoring if all names are valid', () => {
    expect(translated('gemini', 'openai', offering('read')).asked.restoring).toBeNull();
    expect(translated('openai', 'gemini', { ...HI, tools: [] }).asked.restoring).toBeNull();
  });
});

describe.each(['openai', 'responses'] as const)('argument schema for %s', (dialect) => {
  const schemaOf = (schema: object) => {
    const tools = [{ name: 'f', input_schema: schema }];
    const { json } = translated('anthropic', dialect, { ...HI, tools });
    return at(json, dialect === 'openai' ? 'tools.0.function.parameters' : 'tools.0.parameters');
  };

  test('has properties even if the client sends none', () => {
    expect(schemaOf({ type: 'object' })).toEqual({ type: 'object', properties: {} });
    expect(schemaOf({ type: 'object', description: 'None.' })).toEqual({
      type: 'object',
      description: 'None.',
      properties: {},
    });
  });
});
