import { translated } from '../../support/translated.js';

const hi = { model: 'm', input: 'Hi' };
const weather = {
  type: 'function',
  name: 'weather',
  parameters: { type: 'object', properties: {} },
  strict: null,
};

const CLOSED = { type: 'object', properties: {}, additionalProperties: false };

describe('Responses request for another dialect', () => {
  test('has items as messages, with text and calls of a turn in one', () => {
    const { json, dropped } = translated('responses', 'openai', {
      model: 'm',
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'Use tools.' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA-of-OpenAI' },
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Let me see.', annotations: [] }],
        },
        { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'weather', arguments: '{"a":1}' },
        { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c2', name: 'patch', input: '*** Begin' },
        { type: 'function_call_output', call_id: 'c1', output: 'rain' },
        {
          type: 'custom_tool_call_output',
          call_id: 'c2',
          output: [{ type: 'input_text', text: 'done' }],
        },
        { role: 'assistant', content: 'It rains.' },
        { role: 'user', content: 'Thanks' },
      ],
    });

    expect(json['messages']).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'system', content: 'Use tools.' },
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: 'Let me see.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"a":1}' } },
          {
            id: 'c2',
            type: 'function',
            function: { name: 'patch', arguments: '{"input":"*** Begin"}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'rain' },
      { role: 'tool', tool_call_id: 'c2', content: 'done' },
      { role: 'assistant', content: 'It rains.' },
      { role: 'user', content: 'Thanks' },
    ]);
    expect(dropped).toEqual(['input[2]']);
  });

  test('has its settings translated', () => {
    const { json, dropped } = translated('responses', 'openai', {
      ...hi,
      stream: true,
      max_output_tokens: 50,
      temperature: 0.3,
      top_p: 0.9,
      top_logprobs: 2,
      include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
      parallel_tool_calls: false,
      tools: [weather],
      tool_choice: { type: 'function', name: 'weather' },
      reasoning: { effort: 'low', summary: 'auto' },
      text: {
        format: { type: 'json_schema', name: 'verdict', schema: CLOSED, strict: true },
      },
      user: 'u1',
      store: false,
      metadata: {},
      truncation: 'disabled',
      background: false,
      stream_options: { include_obfuscation: false },
    });

    expect(json).toEqual({
      model: 'model-there',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 50,
      temperature: 0.3,
      top_p: 0.9,
      logprobs: true,
      top_logprobs: 2,
      parallel_tool_calls: false,
      tools: [
        {
          type: 'function',
          function: { name: 'weather', parameters: weather.parameters },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      reasoning_effort: 'low',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'verdict', schema: CLOSED, strict: true },
      },
      user: 'u1',
    });
    expect(dropped).toEqual([]);
  });

  test('reports OpenAI-only members as dropped and is never rejected for hints', () => {
    const body = {
      ...hi,
      tools: [{ type: 'web_search' }, weather, { type: 'mcp', server_label: 'x' }],
      prompt_cache_key: 'k',
      client_metadata: { a: 'b' },
      truncation: 'auto',
      include: ['web_search_call.results'],
      text: { verbosity: 'low' },
      max_tool_calls: 3,
      x_future: 1,
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        { role: 'user', content: 'And?' },
      ],
    };
    const hints = {
      ...hi,
      prompt_cache_key: 'k',
      truncation: 'auto',
      include: ['web_search_call.results'],
    };

    const { dropped, json } = translated('responses', 'openai', body);

    expect(dropped.toSorted()).toEqual([
      'client_metadata',
      'include[0]',
      'input[1]',
      'max_tool_calls',
      'prompt_cache_key',
      'text.verbosity',
      'tools[0]',
      'tools[2]',
      'truncation',
      'x_future',
    ]);
    expect(json['tools']).toHaveLength(1);
    expect(() => translated('responses', 'openai', body, { onLoss: 'refuse' })).toThrow(
      /has no equivalent/,
    );
    expect(translated('responses', 'openai', hints, { onLoss: 'refuse' }).dropped).toHaveLength(3);
  });

  test('has custom and namespaced tools as functions', () => {
    const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' };
    const { json } = translated('responses', 'openai', {
      ...hi,
      tools: [
        { type: 'custom', name: 'patch', description: 'Patches.', format: grammar },
        { type: 'custom', name: 'note' },
        {
          type: 'namespace',
          name: 'crm',
          description: 'Customers.',
          tools: [weather, { ...weather, name: 'a'.repeat(64) }],
        },
      ],
      tool_choice: {
        type: 'allowed_tools',
        mode: 'required',
        tools: [{ type: 'custom', name: 'patch' }],
      },
    });
    const all = translated('responses', 'openai', {
      ...hi,
      tools: [
        { type: 'namespace', name: 'crm', tools: [weather, { ...weather, name: 'a'.repeat(64) }] },
      ],
    }).json['tools'] as { function: { name: string } }[];

    expect(json['tool_choice']).toBe('required');
    expect(json['tools']).toEqual([
      {
        type: 'function',
        function: {
          name: 'patch',
          description: 'Patches.',
          parameters: {
            type: 'object',
            properties: {
              input: {
                type: 'string',
                description: expect.stringContaining('start: "a"') as string,
              },
            },
            required: ['input'],
            additionalProperties: false,
          },
        },
      },
    ]);
    expect(all.map((tool) => tool.function.name)).toEqual([
      'crm__weather',
      expect.stringMatching(/^crm__a{50}_[0-9a-f]{8}$/) as string,
    ]);
  });

  test.each([
    [{ type: 'web_search' }, ['tool_choice']],
    [null, []],
    ['auto', []],
  ])('has tool_choice %j translated, reporting as dropped %j', (choice, expected) => {
    const { dropped, json } = translated('responses', 'openai', {
      ...hi,
      tools: [weather],
      tool_choice: choice,
    });

    expect(dropped).toEqual(expected);
    expect(json['tool_choice']).toBe(choice === 'auto' ? 'auto' : undefined);
  });

  test('requests no thinking without an effort', () => {
    const off = translated('responses', 'anthropic', { ...hi, reasoning: { effort: 'none' } });
    const seen = translated('responses', 'anthropic', { ...hi, reasoning: { summary: 'auto' } });

    expect([off.json['thinking'], seen.json['thinking']]).toEqual([undefined, undefined]);
  });
});
