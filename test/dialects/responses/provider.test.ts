import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { answered, translated } from '../../support/translated.js';
import { message, over, read, sse } from './wire.js';

const textsOf = (events: readonly AnswerEvent[], kind: string) =>
  events.flatMap((event) => (event.kind === kind && 'text' in event ? [event.text] : [])).join('');

describe('Responses provider', () => {
  test('gets store false, and a request for encrypted reasoning if the model reasons', () => {
    const body = {
      model: 'm',
      max_tokens: 5,
      stop: ['x'],
      seed: 1,
      n: 2,
      presence_penalty: 1,
      frequency_penalty: 1,
      logprobs: true,
      top_logprobs: 3,
      service_tier: 'default',
      user: 'u',
      parallel_tool_calls: false,
      reasoning_effort: 'xhigh',
      response_format: { type: 'json_object' },
      tools: [{ type: 'function', function: { name: 'f', description: 'Does.' } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      messages: [{ role: 'user', content: 'Hi JSON' }],
    };

    const { json, dropped } = translated('openai', 'responses', body);
    const blunt = translated('openai', 'responses', body, { canThink: false });

    expect(json).toEqual({
      model: 'model-there',
      input: [{ role: 'user', content: 'Hi JSON' }],
      store: false,
      max_output_tokens: 16,
      tools: [
        {
          type: 'function',
          name: 'f',
          description: 'Does.',
          parameters: { type: 'object', properties: {} },
          strict: false,
        },
      ],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
      text: { format: { type: 'json_object' } },
      reasoning: { effort: 'high' },
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      top_logprobs: 3,
      safety_identifier: 'u',
      service_tier: 'default',
    });
    expect(dropped).toEqual([
      'n',
      'stop',
      'seed',
      'frequency_penalty',
      'presence_penalty',
      'max_tokens',
      'reasoning_effort',
    ]);
    expect(blunt.json).toMatchObject({ include: ['message.output_text.logprobs'] });
    expect(blunt.json['reasoning']).toBeUndefined();
    expect(blunt.dropped).toContain('reasoning_effort');
  });

  test('gets message contents as items', () => {
    const png = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
    const long = `toolu_${'x'.repeat(80)}`;
    const { json, dropped } = translated('anthropic', 'responses', {
      model: 'm',
      max_tokens: 100,
      system: 'Be brief.',
      top_k: 3,
      thinking: { type: 'disabled' },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: png },
            { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
            { type: 'document', source: { ...png, media_type: 'application/pdf' }, title: 'A' },
            { type: 'document', source: { type: 'url', url: 'https://a.example/c.pdf' } },
            { type: 'document', source: { type: 'text', data: 'plain', media_type: 'text/plain' } },
            { type: 'document', source: { type: 'file', file_id: 'file_1' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
            { type: 'text', text: 'Look.' },
            { type: 'tool_use', id: long, name: 'f', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: long,
              is_error: true,
              content: [{ type: 'image', source: png }],
            },
          ],
        },
      ],
    });

    const call_id = expect.stringMatching(/^call_[0-9a-f]{32}$/) as string;
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AAAA' };
    expect(json['input']).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          image,
          { type: 'input_image', image_url: 'https://a.example/b.png' },
          {
            type: 'input_file',
            filename: 'A',
            file_data: 'data:application/pdf;base64,AAAA',
          },
          { type: 'input_file', file_url: 'https://a.example/c.pdf' },
          { type: 'input_text', text: 'plain' },
        ],
      },
      { role: 'assistant', content: 'Look.' },
      { type: 'function_call', call_id, name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id, output: [image] },
    ]);
    expect(dropped).toEqual(
      expect.arrayContaining(['top_k', 'messages[0].content[5]', 'messages[1].content[0]']),
    );
  });

  test('can send items complete, or only in the final response', () => {
    const call = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{}' };
    const output = [
      { type: 'reasoning', id: 'rs_1', content: [{ type: 'reasoning_text', text: 'Hm.' }] },
      message('Hello'),
      call,
      { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c2', name: 'p', input: 'x' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
    ];

    const ends = output.map((item, index) => ({
      type: 'response.output_item.done',
      output_index: index,
      item,
    }));
    const completed = { type: 'response.completed', response: over(output) };
    const [late, last] = [read(sse(...ends, completed)), read(sse(completed))];

    for (const events of [late, last]) {
      expect(textsOf(events, 'text')).toBe('Hello');
      expect(textsOf(events, 'reasoning')).toBe('Hm.');
      expect(events.filter(({ kind }) => kind === 'call')).toEqual([
        { kind: 'call', choice: 0, call: 0, id: 'c1', name: 'f' },
        { kind: 'call', choice: 0, call: 1, id: 'c2', name: 'p' },
      ]);
      expect(textsOf(events, 'arguments')).toBe('{}{"input":"x"}');
      expect(events.at(-1)).toMatchObject({ kind: 'finish', reason: 'tool_calls' });
    }
  });

  test('can have inconsistent indexes, ids and final text', () => {
    const said = (id: string, index: number, delta: string) => ({
      type: 'response.output_text.delta',
      item_id: id,
      output_index: index,
      content_index: 0,
      delta,
    });
    const counted = read(
      sse(said('msg_1', 1, 'Hello'), {
        type: 'response.completed',
        response: over([message('Hello')]),
      }),
    );
    const renamed = read(
      sse(said('msg_x', 0, 'Hel'), said('msg_y', 0, 'lo'), {
        type: 'response.completed',
        response: over([message('Hello')]),
      }),
    );
    const other = read(
      sse(said('msg_1', 0, 'Hi.'), {
        type: 'response.completed',
        response: over([message('Hello')]),
      }),
    );

    expect([counted, renamed, other].map((events) => textsOf(events, 'text'))).toEqual([
      'Hello',
      'Hello',
      'Hi.',
    ]);
  });

  test('has its deltas emitted once, and summary parts separated', () => {
    const at = { item_id: 'rs_1', output_index: 0 };
    const delta = (index: number, text: string) => ({
      type: 'response.reasoning_summary_text.delta',
      ...at,
      summary_index: index,
      delta: text,
    });
    const parts = ['One', 'Two and more'].map((text) => ({ type: 'summary_text', text }));
    const item = { type: 'reasoning', id: 'rs_1', summary: parts, encrypted_content: 'gAAAA' };

    const events = read(
      sse(
        { type: 'response.created', response: over([], { status: 'in_progress' }) },
        { type: 'response.output_item.added', output_index: 0, item: { ...item, summary: [] } },
        delta(0, 'One'),
        delta(1, 'Two'),
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: over([item]) },
      ),
    );

    expect(textsOf(events, 'reasoning')).toBe('One\n\nTwo and more');
    expect(events.filter(({ kind }) => kind === 'signature')).toEqual([
      { kind: 'signature', choice: 0, signature: 'gAAAA', vendor: 'openai' },
    ]);
  });

  test.each([
    ['content_filter', 'content_filter'],
    ['max_output_tokens', 'length'],
  ])('has the incomplete reason %s mapped to %s', (reason, expected) => {
    const response = over([message('Hal')], {
      status: 'incomplete',
      incomplete_details: { reason },
    });

    const { json, summary } = answered('openai', 'responses', response);

    expect(json['choices']).toEqual([expect.objectContaining({ finish_reason: expected })]);
    expect(summary.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
  });
});
