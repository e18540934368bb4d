import type { Target } from '../../../src/dialects/dialect.js';
import { translated } from '../../support/translated.js';

const user = (content: unknown) => ({ role: 'user', content });

function toOpenAi(body: object, target: Partial<Target> = {}) {
  const request = { model: 'auto', max_tokens: 100, messages: [user('hi')], ...body };
  return translated('anthropic', 'openai', request, target);
}

const CLOSED = { type: 'object', properties: {}, additionalProperties: false };

describe('Anthropic request for OpenAI', () => {
  test('translates everything that both dialects support', () => {
    const { json, dropped } = toOpenAi({
      system: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
      stream: true,
      temperature: 0.5,
      top_p: 0.9,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      service_tier: 'auto',
      tools: [{ name: 'f', description: 'does', input_schema: CLOSED, strict: true }],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      thinking: { type: 'enabled', budget_tokens: 10_000 },
      output_config: { format: { type: 'json_schema', schema: CLOSED } },
    });

    expect(dropped).toEqual([]);
    expect(json).toEqual({
      model: 'model-there',
      messages: [
        { role: 'system', content: 'one\n\ntwo' },
        { role: 'user', content: 'hi' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 100,
      stop: ['END'],
      temperature: 0.5,
      top_p: 0.9,
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            description: 'does',
            parameters: CLOSED,
            strict: true,
          },
        },
      ],
      tool_choice: 'required',
      parallel_tool_calls: false,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: CLOSED, strict: true },
      },
      reasoning_effort: 'medium',
      user: 'u1',
    });
  });

  test('follows the peculiarities of the provider', () => {
    const { json, dropped } = toOpenAi(
      { stream: true, metadata: { user_id: 'u1' } },
      {
        acceptsStreamOptions: false,
        outputLimitMember: 'max_completion_tokens',
        renames: { user: null, max_completion_tokens: 'max_out' },
      },
    );

    expect(json).toMatchObject({ max_out: 100, stream: true });
    expect(json).not.toHaveProperty('stream_options');
    expect(json).not.toHaveProperty('user');
    expect(dropped).toEqual(['metadata.user_id']);
  });

  test('has tool results as separate messages, and their images in a user message', () => {
    const source = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
    const { json, dropped } = toOpenAi({
      messages: [
        user('hi'),
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
            { type: 'tool_use', id: 'b', name: 'g', input: {} },
          ],
        },
        user([
          { type: 'tool_result', tool_use_id: 'a', content: 'one' },
          {
            type: 'tool_result',
            tool_use_id: 'b',
            is_error: true,
            content: [
              { type: 'text', text: 'two' },
              { type: 'image', source },
            ],
          },
          { type: 'text', text: 'and?' },
        ]),
      ],
    });

    expect(json['messages']).toEqual([
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: 'Let me see.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
      { role: 'tool', tool_call_id: 'b', content: 'two' },
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
      },
      { role: 'user', content: 'and?' },
    ]);
    expect(dropped).toEqual(['messages[2].content[1].is_error']);
  });

  test('keeps images and documents', () => {
    const pdf = { type: 'base64', media_type: 'application/pdf', data: 'BBBB' };
    const { json, dropped } = toOpenAi({
      messages: [
        user([
          { type: 'image', source: { type: 'url', url: 'https://example.com/x.png' } },
          { type: 'document', source: pdf, title: 'A.pdf' },
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: 'All of it.' },
            title: 'B',
            context: 'About B.',
            citations: { enabled: true },
          },
          { type: 'document', source: { type: 'content', content: 'Found.' } },
          { type: 'document', source: { type: 'url', url: 'https://example.com/x.pdf' } },
          { type: 'image', source: { type: 'file', file_id: 'file_1' } },
        ]),
      ],
    });

    expect(json['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'https://example.com/x.png' } },
          {
            type: 'file',
            file: { filename: 'A.pdf', file_data: 'data:application/pdf;base64,BBBB' },
          },
          { type: 'text', text: 'B\n\nAbout B.\n\nAll of it.' },
          { type: 'text', text: 'Found.' },
        ],
      },
    ]);
    expect(dropped).toEqual([
      'messages[0].content[2].citations',
      'messages[0].content[4]',
      'messages[0].content[5]',
    ]);
  });

  test('reports everything that OpenAI does not support as dropped', () => {
    const marker = { cache_control: { type: 'ephemeral' } };
    const { dropped, json, asked } = toOpenAi({
      system: [{ type: 'text', text: 'one', ...marker }],
      top_k: 3,
      stop_sequences: ['a', 'b', 'c', 'd', 'e'],
      service_tier: 'standard_only',
      context_management: { edits: [] },
      mcp_servers: [],
      my_own: true,
      tools: [
        { name: 'f', input_schema: { type: 'object' }, defer_loading: true, ...marker },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      messages: [
        user('hi'),
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'sig' },
            { type: 'redacted_thinking', data: 'x' },
            { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
            { type: 'text', text: 'so', citations: [{ type: 'char_location' }] },
          ],
        },
        { role: 'system', content: 'now be brief' },
        user('go on'),
      ],
    });

    expect(dropped).toEqual([
      'context_management',
      'mcp_servers',
      'my_own',
      'tools[1]',
      'tools[0].defer_loading',
      'tools[0].cache_control',
      'system[0].cache_control',
      'messages[1].content[0]',
      'messages[1].content[1]',
      'messages[1].content[2]',
      'messages[1].content[3].citations',
      'stop_sequences[4]',
      'top_k',
      'service_tier',
    ]);
    expect(new Set(asked.dropped.map(({ what }) => what))).toContain('unknown member');
    expect(json).toMatchObject({ stop: ['a', 'b', 'c', 'd'] });
    expect((json['messages'] as unknown[])[3]).toEqual({ role: 'system', content: 'now be brief' });
  });

  test('is not rejected for reasoning of another vendor or cache markers', () => {
    const marker = { cache_control: { type: 'ephemeral' } };
    const thought = { type: 'thinking', thinking: 'hm', signature: 'sig' };
    const messages = [
      user([{ type: 'text', text: 'hi', ...marker }]),
      { role: 'assistant', content: [thought, { type: 'text', text: 'so' }] },
      user('go on'),
    ];

    const { dropped } = toOpenAi({ messages, ...marker }, { onLoss: 'refuse' });

    expect(dropped).toEqual([
      'cache_control',
      'messages[0].content[0].cache_control',
      'messages[1].content[0]',
    ]);
  });

  test.each([
    [{ thinking: { type: 'enabled', budget_tokens: 2_000 } }, 'low'],
    [{ thinking: { type: 'enabled', budget_tokens: 31_999 } }, 'high'],
    [{ thinking: { type: 'adaptive' } }, 'medium'],
    [{ output_config: { effort: 'low' } }, 'low'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }, 'high'],
  ])('translates %j to the effort %s', (body, effort) => {
    expect(toOpenAi(body).json['reasoning_effort']).toBe(effort);
  });

  test('drops thinking for a model without reasoning, and reports it', () => {
    const wants = toOpenAi({ thinking: { type: 'adaptive' } }, { canThink: false });
    const not = toOpenAi({ thinking: { type: 'disabled' } }, { canThink: false });

    expect(wants.json).not.toHaveProperty('reasoning_effort');
    expect(wants.dropped).toEqual(['thinking']);
    expect(not.dropped).toEqual([]);
    expect(toOpenAi({ thinking: { type: 'disabled' } }).dropped).toEqual(['thinking']);
  });

  test.each([
    [{ type: 'auto' }, 'auto'],
    [{ type: 'none' }, 'none'],
    [
      { type: 'tool', name: 'f' },
      { type: 'function', function: { name: 'f' } },
    ],
  ])('translates tool_choice %j', (choice, expected) => {
    const tools = [{ name: 'f', input_schema: { type: 'object' } }];

    expect(toOpenAi({ tools, tool_choice: choice }).json['tool_choice']).toEqual(expected);
  });

  test('keeps the service tier for OpenAI itself', () => {
    const { json } = toOpenAi({ service_tier: 'standard_only' }, { kind: 'openai' });

    expect(json['service_tier']).toBe('default');
  });
});
