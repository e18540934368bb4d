import { gemini, geminiDialect } from '../../../src/dialects/gemini/gemini.js';
import { translated } from '../../support/translated.js';
import { hi, model, user } from './contents.js';

function toOpenAi(body: object, target = {}) {
  return translated('gemini', 'openai', body, target);
}

describe('request of a Gemini client', () => {
  test('can have snake_case names, and single values for lists', () => {
    const { json, dropped } = toOpenAi({
      system_instruction: { parts: { text: 'Be brief.' } },
      contents: { parts: { inline_data: { mime_type: 'image/png', data: 'AA-_' } } },
      generation_config: {
        max_output_tokens: 9,
        stop_sequences: ['x'],
        top_p: 0.5,
        candidate_count: 2,
        seed: 3,
      },
      tools: { function_declarations: { name: 'f', parameters_json_schema: { type: 'object' } } },
      tool_config: { function_calling_config: { mode: 'any' } },
    });

    expect(json).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA+/' } }],
        },
      ],
      max_tokens: 9,
      stop: ['x'],
      top_p: 0.5,
      n: 2,
      seed: 3,
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      tool_choice: 'required',
    });
    expect(dropped).toEqual([]);
  });

  test('has its schemas converted to JSON Schema', () => {
    const responseSchema = {
      type: 'OBJECT',
      required: ['b'],
      propertyOrdering: ['b', 'a'],
      properties: {
        a: { type: 'STRING', nullable: true, enum: ['x'], maxLength: '5', example: 'x' },
        b: {
          type: 'ARRAY',
          min_items: '1',
          items: { anyOf: [{ type: 'INTEGER' }, { type: 'NULL' }] },
        },
        any_of: { type: 'NUMBER' },
      },
    };

    const { json } = toOpenAi({ ...hi, generationConfig: { responseSchema } });

    const format = json['response_format'] as { json_schema: { schema: object } };
    expect(JSON.stringify(format.json_schema.schema)).toBe(
      JSON.stringify({
        type: 'object',
        required: ['b'],
        properties: {
          b: {
            type: 'array',
            minItems: 1,
            items: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
          },
          a: { type: ['string', 'null'], enum: ['x', null], maxLength: 5 },
          any_of: { type: 'number' },
        },
      }),
    );
  });

  test('gets call ids, with results matched by id or by name and order', () => {
    const call = (args: object, more = {}) => ({ functionCall: { name: 'f', args, ...more } });
    const result = (response: object, more = {}) => ({
      functionResponse: { name: 'f', response, ...more },
    });

    const { json } = toOpenAi({
      contents: [
        user({ text: 'go' }),
        model({ text: 'I ' }),
        model({ text: 'call.' }, call({ n: 1 }), call({ n: 2 }), call({ n: 3 }, { id: 'own' })),
        user(
          result({ output: 'third' }, { id: 'own' }),
          result({ result: 'first' }),
          result({ error: 'second' }),
          { text: 'and now?' },
        ),
      ],
    });

    const [, said, ...rest] = json['messages'] as {
      content: string;
      tool_calls: { id: string }[];
      tool_call_id?: string;
    }[];
    const ids = said?.tool_calls.map(({ id }) => id) ?? [];
    expect(said?.content).toBe('I call.');
    expect(new Set(ids).size).toBe(3);
    expect(ids[2]).toBe('own');
    expect(rest.map(({ tool_call_id: id, content }) => [id, content])).toEqual([
      [ids[0], 'first'],
      [ids[1], 'second'],
      ['own', 'third'],
      [undefined, 'and now?'],
    ]);
  });

  test('keeps documents and reports Google-only members as dropped', () => {
    const file = (fileUri: string, mimeType: string) => ({ fileData: { fileUri, mimeType } });
    const { json, dropped } = translated('gemini', 'anthropic', {
      contents: [
        user(
          { inlineData: { mimeType: 'application/pdf', data: 'AAAA', displayName: 'a.pdf' } },
          { inlineData: { mimeType: 'text/plain', data: Buffer.from('né').toString('base64url') } },
          file('https://example.com/x.png', 'image/png'),
          file('gs://bucket/x.png', 'image/png'),
          file('https://generativelanguage.googleapis.com/v1beta/files/abc', 'application/pdf'),
          { inlineData: { mimeType: 'video/mp4', data: 'AAAA' } },
          { executableCode: { code: 'x' } },
        ),
      ],
      safetySettings: [{ category: 'C', threshold: 'BLOCK_NONE' }],
      cachedContent: 'cachedContents/1',
      labels: { team: 'a' },
      tools: [{ googleSearch: {} }],
      generationConfig: {
        responseModalities: ['TEXT'],
        mySecretName: 1,
        responseMimeType: 'text/x.enum',
      },
    });

    const [message] = json['messages'] as { content: object[] }[];
    expect(message?.content).toEqual([
      {
        type: 'document',
        title: 'a.pdf',
        source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
      },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'né' } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/x.png' } },
    ]);
    expect([...dropped].sort()).toEqual([
      'cachedContent',
      'contents[0].parts[3]',
      'contents[0].parts[4]',
      'contents[0].parts[5].inlineData',
      'contents[0].parts[6].executableCode',
      'generationConfig.mySecretName',
      'generationConfig.responseMimeType',
      'generationConfig.responseModalities',
      'safetySettings',
      'tools[0].googleSearch',
    ]);
  });

  test.each([
    [{ thinkingBudget: 0 }, undefined],
    [{ thinkingBudget: 2_000 }, 'low'],
    [{ thinkingLevel: 'HIGH' }, 'high'],
    [{ thinkingBudget: -1 }, 'medium'],
    [{ includeThoughts: true }, 'medium'],
    [{ includeThoughts: false }, undefined],
  ])('translates thinkingConfig %j', (thinkingConfig, expected) => {
    const { json } = toOpenAi({ ...hi, generationConfig: { thinkingConfig } });

    expect(json['reasoning_effort']).toBe(expected);
  });

  test.each([
    [{ mode: 'AUTO' }, 'auto', ['f', 'g']],
    [{ mode: 'VALIDATED', allowedFunctionNames: ['g'] }, 'auto', ['g']],
    [{ mode: 'NONE' }, 'none', ['f', 'g']],
    [
      { mode: 'ANY', allowedFunctionNames: ['f'] },
      { type: 'function', function: { name: 'f' } },
      ['f'],
    ],
    [{}, undefined, ['f', 'g']],
  ])('translates functionCallingConfig %j', (functionCallingConfig, choice, names) => {
    const { json } = toOpenAi({
      ...hi,
      tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }],
      toolConfig: { functionCallingConfig },
    });

    expect(json['tool_choice']).toEqual(choice);
    const tools = json['tools'] as { function: { name: string } }[];
    expect(tools.map((tool) => tool.function.name)).toEqual(names);
  });

  test('translates responseLogprobs', () => {
    const generationConfig = { responseLogprobs: true, logprobs: 2 };

    expect(toOpenAi({ ...hi, generationConfig }).json).toMatchObject({
      logprobs: true,
      top_logprobs: 2,
    });
  });

  test.each([
    ['{', 'invalid_json', null],
    [{}, 'invalid_request', 'contents'],
    [{ contents: 'hi' }, 'invalid_request', 'contents'],
    [{ contents: [] }, 'invalid_request', 'contents'],
    [{ contents: ['hi'] }, 'invalid_request', 'contents[0]'],
    [{ contents: [{ role: 'assistant', parts: [] }] }, 'invalid_request', 'contents[0].role'],
    [{ contents: [{ parts: ['hi'] }] }, 'invalid_request', 'contents[0].parts'],
    [{ contents: [{ parts: [{ text: 1 }] }] }, 'invalid_request', 'contents[0].parts[0].text'],
    [{ ...hi, generationConfig: 1 }, 'invalid_request', 'generationConfig'],
    [{ ...hi, tools: 'f' }, 'invalid_request', 'tools'],
    [{ ...hi, systemInstruction: 1 }, 'invalid_request', 'systemInstruction'],
  ])('is rejected with the faulty field named: %j', (body, code, param) => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

    expect(() => gemini.readRequest(bytes)).toThrow(expect.objectContaining({ code, param }));
  });

  test('has its labels as metadata, and can be wrapped for countTokens', () => {
    const dialect = geminiDialect({ model: 'm', stream: false });
    const body = { generateContentRequest: { ...hi, labels: { team: 'a', n: 1 } } };

    const request = dialect.readRequest(Buffer.from(JSON.stringify(body)));

    expect(request).toMatchObject({ model: 'm', metadata: { team: 'a' } });
    expect(request.conversation().messages).toEqual([
      { role: 'user', parts: [{ kind: 'text', text: 'hi' }] },
    ]);
  });
});
