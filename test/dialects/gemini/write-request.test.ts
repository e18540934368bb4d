import type { Target } from '../../../src/dialects/dialect.js';
import { translated } from '../../support/translated.js';

const GEMINI: Partial<Target> = { model: 'gemini-2.5-flash', provider: 'google' };
const user = (content: unknown) => ({ role: 'user', content });

function toGemini(body: object, target: Partial<Target> = {}) {
  const request = { model: 'auto', messages: [user('hi')], ...body };
  return translated('openai', 'gemini', request, { ...GEMINI, ...target });
}

const tool = (name: string, more: object = {}) => ({
  type: 'function',
  function: { name, ...more },
});
const call = (id: string, name: string, args = '{}') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

describe('chat completion request for Gemini', () => {
  test('translates everything that both dialects support', () => {
    const schema = { $schema: 'x', type: 'object', properties: { a: { const: 1 } } };
    const { json, dropped } = toGemini({
      messages: [{ role: 'system', content: 'Be brief.' }, user('a'), user('b')],
      max_tokens: 9,
      temperature: 1.5,
      top_p: 0.5,
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      stop: 'END',
      n: 2,
      tools: [tool('f', { description: 'does', parameters: schema })],
      tool_choice: { type: 'function', function: { name: 'f' } },
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
      provider_options: { gemini: { safetySettings: [] } },
    });

    expect(dropped).toEqual([]);
    expect(json).toEqual({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [{ role: 'user', parts: [{ text: 'a' }, { text: 'b' }] }],
      tools: [
        {
          functionDeclarations: [{ name: 'f', description: 'does', parametersJsonSchema: schema }],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: {
        temperature: 1.5,
        topP: 0.5,
        seed: 7,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        maxOutputTokens: 9,
        stopSequences: ['END'],
        candidateCount: 2,
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
      },
      safetySettings: [],
    });
  });

  test.each([
    ['auto', 'AUTO'],
    ['none', 'NONE'],
    ['required', 'ANY'],
  ])('translates tool_choice %s', (choice, mode) => {
    const { json } = toGemini({ tools: [tool('f')], tool_choice: choice });

    expect(json['toolConfig']).toEqual({ functionCallingConfig: { mode } });
  });

  test('has tool results as objects, under the name of the call', () => {
    const { json } = toGemini(
      {
        messages: [
          user('hi'),
          {
            role: 'assistant',
            content: 'Let me see.',
            tool_calls: [call('1', 'f', '{"x":1}'), call('2', 'g', 'oops'), call('3', 'h', '')],
          },
          { role: 'tool', tool_call_id: '1', content: '{"ok":true}' },
          { role: 'tool', tool_call_id: '2', content: 'text' },
          { role: 'tool', tool_call_id: '3', content: '[1]' },
        ],
      },
      { model: 'gemini-3-pro' },
    );

    expect(json['contents']).toEqual([
      { role: 'user', parts: [{ text: 'hi' }] },
      {
        role: 'model',
        parts: [
          { text: 'Let me see.' },
          {
            functionCall: { name: 'f', args: { x: 1 } },
            thoughtSignature: Buffer.from('skip_thought_signature_validator').toString('base64'),
          },
          { functionCall: { name: 'g', args: { arguments: 'oops' } } },
          { functionCall: { name: 'h', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'f', response: { ok: true } } },
          { functionResponse: { name: 'g', response: { result: 'text' } } },
          { functionResponse: { name: 'h', response: { result: '[1]' } } },
        ],
      },
    ]);
  });

  test('has tool results in call order, and images under their registered media type', () => {
    const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: `of ${id}` });
    const { json } = toGemini({
      messages: [
        user([{ type: 'image_url', image_url: { url: 'data:image/jpg;base64,AAAA' } }]),
        { role: 'assistant', tool_calls: [call('one', 'f'), call('two', 'f')] },
        result('two'),
        result('one'),
        { role: 'assistant', tool_calls: [call('three', 'f')] },
        result('three'),
      ],
    });

    expect(json['contents']).toMatchObject([
      { parts: [{ inlineData: { mimeType: 'image/jpeg', data: 'AAAA' } }] },
      { parts: [{ functionCall: {} }, { functionCall: {} }] },
      {
        parts: [
          { functionResponse: { response: { result: 'of one' } } },
          { functionResponse: { response: { result: 'of two' } } },
        ],
      },
      { parts: [{ functionCall: {} }] },
      { parts: [{ functionResponse: { response: { result: 'of three' } } }] },
    ]);
  });

  test('has signatures of Gemini’s own thoughts only', () => {
    const turn = (format: string) => ({
      role: 'assistant',
      reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 'c2ln', format }],
      tool_calls: [call('1', 'f')],
    });
    const after = (format: string) =>
      toGemini({
        messages: [user('hi'), turn(format), { role: 'tool', tool_call_id: '1', content: 'x' }],
      });

    const own = after('google-gemini-v1');
    const other = after('anthropic-claude-v1');

    expect(JSON.stringify(own.json)).toContain('"thoughtSignature":"c2ln"');
    expect(JSON.stringify(other.json)).not.toContain('thoughtSignature');
    expect(other.dropped).toEqual(['messages[1].reasoning_details[0]']);
  });

  test('keeps media and reports unsupported parts as dropped', () => {
    const { json, dropped } = toGemini({
      messages: [
        user([
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'image_url', image_url: { url: 'https://example.com/x.webp?y' } },
          { type: 'input_audio', input_audio: { data: 'BBBB', format: 'wav' } },
          { type: 'file', file: { file_id: 'file-1' } },
        ]),
      ],
    });

    expect(json['contents']).toEqual([
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
          { fileData: { fileUri: 'https://example.com/x.webp?y', mimeType: 'image/webp' } },
          { inlineData: { mimeType: 'audio/wav', data: 'BBBB' } },
        ],
      },
    ]);
    expect(dropped).toEqual(['messages[0].content[3]']);
  });

  test('reports everything that Gemini does not support as dropped', () => {
    const { dropped } = toGemini({
      logprobs: true,
      logit_bias: { 1: 1 },
      user: 'u1',
      service_tier: 'flex',
      stop: ['a', 'b', 'c', 'd', 'e', 'f'],
      tools: [tool('f', { strict: true })],
      parallel_tool_calls: false,
    });

    expect([...dropped].sort()).toEqual([
      'logit_bias',
      'parallel_tool_calls',
      'service_tier',
      'stop[5]',
      'tools[0].strict',
      'user',
    ]);
  });

  test('has tool errors as errors, and a lone system prompt as a user message', () => {
    const { json } = translated('anthropic', 'gemini', {
      model: 'auto',
      messages: [
        user('hi'),
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
        user([{ type: 'tool_result', tool_use_id: 'a', is_error: true, content: 'no' }]),
      ],
    });
    const alone = toGemini({ messages: [{ role: 'system', content: 'Tell a joke.' }] });

    expect(JSON.stringify(json)).toContain('"response":{"error":"no"}');
    expect(alone.json).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Tell a joke.' }] }] });
  });
});

describe('Gemini thinking', () => {
  test.each([
    ['gemini-2.5-flash', { reasoning_effort: 'minimal' }, { thinkingBudget: 512 }],
    ['gemini-2.5-flash', { reasoning_effort: 'high' }, { thinkingBudget: 24_576 }],
    ['gemini-2.5-flash', { reasoning: { max_tokens: 99_999 } }, { thinkingBudget: 24_576 }],
    ['gemini-3-pro', { reasoning_effort: 'low' }, { thinkingLevel: 'low' }],
    ['gemini-3-pro-preview', { reasoning_effort: 'medium' }, { thinkingLevel: 'high' }],
    ['gemini-3.1-pro-preview', { reasoning_effort: 'medium' }, { thinkingLevel: 'medium' }],
    ['gemini-3-flash-preview', { reasoning_effort: 'minimal' }, { thinkingLevel: 'low' }],
    ['gemini-flash-latest', { reasoning_effort: 'medium' }, { thinkingLevel: 'high' }],
  ])('is requested from %s in its own format: %j', (model, body, expected) => {
    const { json } = toGemini(body, { model });

    expect(json['generationConfig']).toEqual({
      thinkingConfig: { ...expected, includeThoughts: true },
    });
  });

  test('has no level if the client leaves it to the model', () => {
    const body = {
      model: 'm',
      max_tokens: 9,
      messages: [user('hi')],
      thinking: { type: 'adaptive' },
    };

    const { json, dropped } = translated('anthropic', 'gemini', body, { model: 'gemini-3-pro' });

    expect(json['generationConfig']).toMatchObject({ thinkingConfig: { includeThoughts: true } });
    expect(JSON.stringify(json)).not.toContain('thinkingLevel');
    expect(dropped).toEqual([]);
  });

  test('is disabled if possible, and reported otherwise', () => {
    const off = { reasoning_effort: 'none' };

    expect(toGemini(off).json['generationConfig']).toEqual({
      thinkingConfig: { thinkingBudget: 0 },
    });
    const kept = toGemini(off, { model: 'gemini-3-pro' });
    expect(kept.json['generationConfig']).toEqual({ thinkingConfig: { thinkingLevel: 'low' } });
    expect(kept.dropped).toEqual(['reasoning_effort']);
    expect(toGemini({ reasoning_effort: 'xhigh' }, { model: 'gemini-3-pro' }).dropped).toEqual([
      'reasoning_effort',
    ]);
    expect(toGemini(off, { canThink: false }).dropped).toEqual([]);
    expect(toGemini({ reasoning_effort: 'low' }, { canThink: false }).dropped).toEqual([
      'reasoning_effort',
    ]);
  });
});
