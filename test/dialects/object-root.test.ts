import type { DialectName } from '../../src/dialects/dialect.js';
import { answered, eventsIn, streamed, translated } from '../support/translated.js';

const asking = (responseSchema: object) => ({
  contents: [{ parts: [{ text: 'hi' }] }],
  generationConfig: { responseMimeType: 'application/json', responseSchema },
});
const LIST = { type: 'ARRAY', items: { type: 'STRING' } };
const WORD = { type: 'STRING', enum: ['a', 'b'] };

const around = (value: object) => ({
  type: 'object',
  properties: { value },
  required: ['value'],
  additionalProperties: false,
});

/** A provider's answer, whole and as pieces of a stream. */
interface Provider {
  readonly name: DialectName;
  readonly model: string;
  readonly schemaIn: (json: Record<string, unknown>) => unknown;
  readonly whole: (text: string) => object;
  readonly pieces: (text: string) => Buffer[];
}

const data = (event: object) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
const chunk = (choice: object) => data({ id: 'c', model: 'm', choices: [{ index: 0, ...choice }] });

const OPENAI: Provider = {
  name: 'openai',
  model: 'gpt-5',
  schemaIn: (json) =>
    (json as { response_format: { json_schema: { schema: object } } }).response_format.json_schema
      .schema,
  whole: (content) => ({
    id: 'c',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  }),
  pieces: (text) => [
    ...Array.from(text, (content) => chunk({ delta: { content } })),
    chunk({ delta: {}, finish_reason: 'stop' }),
  ],
};
const CLAUDE: Provider = {
  name: 'anthropic',
  model: 'claude-3-5-haiku-latest',
  schemaIn: (json) => (json as { tools: { input_schema: object }[] }).tools[0]?.input_schema,
  whole: (text) => ({
    id: 'm',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'tool_use', id: 't', name: 'answer', input: JSON.parse(text) as object }],
    stop_reason: 'tool_use',
  }),
  pieces: (text) => [
    data({ type: 'message_start', message: { id: 'm' } }),
    data({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 't', name: 'answer', input: {} },
    }),
    ...Array.from(text, (partial_json) =>
      data({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'input_json_delta', partial_json },
      }),
    ),
    data({ type: 'content_block_stop', index: 0 }),
    data({ type: 'message_delta', delta: { stop_reason: 'tool_use' } }),
    data({ type: 'message_stop' }),
  ],
};

const PROVIDERS = [OPENAI, CLAUDE];
const titles = PROVIDERS.map((provider) => [provider.name, provider] as const);

interface GeminiAnswer {
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly { readonly text?: string }[] };
  }[];
}
const textIn = (answers: readonly object[]) =>
  answers
    .flatMap((answer) => (answer as GeminiAnswer).candidates ?? [])
    .flatMap(({ content }) => content?.parts ?? [])
    .map(({ text }) => text ?? '')
    .join('');

function said({ name, model, whole, pieces }: Provider, schema: object, text: string) {
  const { asked } = translated('gemini', name, asking(schema), { model });
  return {
    whole: textIn([answered('gemini', name, whole(text), asked).json]),
    streamed: textIn(eventsIn(streamed('gemini', name, pieces(text), asked).text)),
  };
}

describe.each(titles)('non-object answer from %s', (_, provider) => {
  const { name, model, schemaIn } = provider;

  test('is requested wrapped in an object', () => {
    const ask = (schema: object) =>
      schemaIn(translated('gemini', name, asking(schema), { model }).json);

    expect(ask(LIST)).toEqual(around({ type: 'array', items: { type: 'string' } }));
    expect(ask(WORD)).toEqual(around({ type: 'string', enum: ['a', 'b'] }));
  });

  test.each([
    ['["a","b"]', LIST],
    ['"a"', WORD],
    ['"},]{\\""', WORD],
    ['[{"a":{"b":"}"}},[]]', LIST],
    ['7', { type: 'NUMBER' }],
  ])('is unwrapped for the client: %s', (value, schema) => {
    const text = `{"value":${value}}`;

    expect(said(provider, schema, text)).toEqual({ whole: value, streamed: value });
  });

  test('is unwrapped regardless of white space', () => {
    const text = '{\n  "value": [\n    "a"\n  ]\n}\n';
    const { streamed: pieces } = said(provider, LIST, text);

    expect(JSON.parse(pieces)).toEqual(['a']);
  });

  test('is not unwrapped if the schema is an object', () => {
    const schema = { type: 'OBJECT', properties: { value: { type: 'STRING' } } };
    const text = '{"value":"a"}';

    expect(said(provider, schema, text)).toEqual({ whole: text, streamed: text });
  });
});

describe('non-object answer', () => {
  test('is passed on as is if the model ignored the schema', () => {
    expect(said(OPENAI, LIST, '["a"]')).toEqual({ whole: '["a"]', streamed: '["a"]' });
    expect(said(OPENAI, LIST, '{"val":1}').streamed).toBe('{"val":1}');
  });

  test('is unwrapped as far as it goes if it is cut off', () => {
    const { asked } = translated('gemini', 'openai', asking(LIST));
    const cut = OPENAI.whole('{"value":[{"a":{}}');

    expect(textIn([answered('gemini', 'openai', cut, asked).json])).toBe('[{"a":{}}');
  });

  test('has its definitions at the root, with references adjusted', () => {
    const schema = {
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
      anyOf: [{ $ref: '#/$defs/node' }, { type: 'array', items: { $ref: '#' } }],
    };
    const response_format = { type: 'json_schema', json_schema: { name: 'a', schema } };
    const messages = [{ role: 'user', content: 'hi' }];
    const { json } = translated('openai', 'responses', { model: 'm', messages, response_format });

    expect(json['text']).toMatchObject({
      format: {
        schema: {
          ...around({
            anyOf: [
              { $ref: '#/$defs/node' },
              { type: 'array', items: { $ref: '#/properties/value' } },
            ],
          }),
          $defs: schema.$defs,
        },
      },
    });
  });

  test('is requested directly from models that accept any schema', () => {
    const { json } = translated('gemini', 'anthropic', asking(LIST), {
      model: 'claude-sonnet-4-5',
    });

    expect(json['output_config']).toEqual({
      format: { type: 'json_schema', schema: { type: 'array', items: { type: 'string' } } },
    });
  });

  test('is requested wrapped in an object from Bedrock models that need a tool for it', () => {
    const model = 'meta.llama3-70b-instruct-v1:0';
    const { json } = translated('gemini', 'bedrock', asking(LIST), { model });

    expect(JSON.stringify(json['toolConfig'])).toContain('"properties":{"value":{"type":"array"');
  });
});
