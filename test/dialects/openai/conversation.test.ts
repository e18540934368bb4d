import { openai } from '../../../src/dialects/openai/openai.js';

function conversationOf(add: object) {
  const body = { model: 'auto', messages: [{ role: 'user', content: 'hi' }], ...add };
  return openai.readRequest(Buffer.from(JSON.stringify(body))).conversation();
}

describe('conversation of an OpenAI request', () => {
  test('has dialect-independent roles and parts', () => {
    const messages = [
      { role: 'developer', content: 'be kind' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          'and listen',
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          { type: 'input_audio', input_audio: {} },
          { type: 'file', file: {} },
          { type: 'hologram', hologram: {} },
          { type: 'toString' },
        ],
      },
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', type: 'custom', custom: { name: 'g', input: 'raw' } },
        ],
      },
      {
        role: 'tool',
        tool_call_id: 'a',
        content: [
          { type: 'text', text: '1' },
          { type: 'text', text: '2' },
        ],
      },
      { role: 'assistant', content: null, refusal: 'no' },
      { role: 'assistant', content: null, function_call: { name: 'h', arguments: '{}' } },
      { role: 'function', name: 'h', content: 'ok' },
    ];

    const conversation = conversationOf({ messages });

    expect(conversation.messages).toEqual([
      { role: 'system', parts: [{ kind: 'text', text: 'be kind' }] },
      {
        role: 'user',
        parts: [
          { kind: 'text', text: 'look' },
          { kind: 'text', text: 'and listen' },
          { kind: 'image' },
          { kind: 'audio' },
          { kind: 'file' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { kind: 'tool_call', name: 'f', arguments: '{"x":1}' },
          { kind: 'tool_call', name: 'g', arguments: 'raw' },
        ],
      },
      { role: 'tool', parts: [{ kind: 'tool_result', text: '12' }] },
      { role: 'assistant', parts: [{ kind: 'refusal', text: 'no' }] },
      { role: 'assistant', parts: [{ kind: 'tool_call', name: 'h', arguments: '{}' }] },
      { role: 'tool', parts: [{ kind: 'tool_result', text: 'ok' }] },
    ]);
  });

  test('has current, built-in and legacy tools', () => {
    const parameters = { type: 'object', properties: {} };
    const weather = {
      type: 'function',
      function: { name: 'weather', description: 'd', parameters },
    };

    const { tools } = conversationOf({
      tools: [weather, { type: 'web_search' }],
      functions: [{ name: 'old', parameters }],
    });

    expect(tools).toEqual([
      {
        name: 'weather',
        description: 'd',
        parameters,
        definitionLength: JSON.stringify(weather).length,
      },
      { name: 'web_search', description: '', parameters: null, definitionLength: 21 },
      { name: 'old', description: '', parameters, definitionLength: expect.any(Number) },
    ]);
  });

  test.each([
    { choice: 'auto', required: false },
    { choice: 'none', required: false },
    { choice: 'required', required: true },
    { choice: 'any', required: true },
    { choice: { type: 'function', function: { name: 'f' } }, required: true },
    { choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto' } }, required: false },
    { choice: { type: 'allowed_tools', allowed_tools: { mode: 'required' } }, required: true },
  ])('requires a tool for $choice: $required', ({ choice, required }) => {
    expect(conversationOf({ tool_choice: choice }).toolRequired).toBe(required);
  });

  test.each([
    { add: {}, want: { choices: 1, maxOutputTokens: null, format: 'text', reasoningEffort: null } },
    { add: { max_tokens: 5 }, want: { maxOutputTokens: 5 } },
    { add: { max_tokens: 5, max_completion_tokens: 9 }, want: { maxOutputTokens: 9 } },
    { add: { max_tokens: -1 }, want: { maxOutputTokens: null } },
    { add: { n: 3 }, want: { choices: 3 } },
    { add: { response_format: { type: 'json_object' } }, want: { format: 'json_object' } },
    { add: { response_format: { type: 'json_schema' } }, want: { format: 'json_schema' } },
    { add: { response_format: { type: 'grammar' } }, want: { format: 'text' } },
    { add: { reasoning_effort: 'high' }, want: { reasoningEffort: 'high' } },
    { add: { reasoning: { effort: 'low' } }, want: { reasoningEffort: 'low' } },
    { add: { parallel_tool_calls: false }, want: { parallelTools: false } },
  ])('has the settings $want', ({ add, want }) => {
    expect(conversationOf(add)).toMatchObject(want);
  });

  test('is created once', () => {
    const body = Buffer.from('{"model":"m","messages":[{"role":"user","content":"x"}]}');
    const request = openai.readRequest(body);

    expect(request.conversation()).toBe(request.conversation());
  });

  test('rejects tools that are nested too deeply', () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const body = `{"model":"m","messages":[{"role":"user"}],"tools":[{"x":${deep}}]}`;
    const request = openai.readRequest(Buffer.from(body));

    const reading = () => request.conversation();

    expect(reading).toThrow('nested too deeply');
  });
});
