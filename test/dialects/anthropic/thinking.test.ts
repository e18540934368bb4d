import { translated } from '../../support/translated.js';
import { toAnthropic, user } from './to-anthropic.js';

const SUMMARIZED = { type: 'adaptive', display: 'summarized' };

describe('Anthropic thinking', () => {
  const effort = { reasoning_effort: 'high', max_tokens: 40_000 };

  test.each([
    ['claude-sonnet-4-5', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
    ['claude-3-7-sonnet-latest', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
    ['claude-opus-4-6', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['claude-opus-4-8', { thinking: SUMMARIZED, output_config: { effort: 'high' } }],
    ['claude-sonnet-5', { thinking: SUMMARIZED, output_config: { effort: 'high' } }],
    ['claude-haiku-5-5', { thinking: SUMMARIZED, output_config: { effort: 'high' } }],
    ['glm-5', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
  ])('is requested from %s in its own format', (model, expected) => {
    expect(toAnthropic(effort, { model }).json).toMatchObject(expected);
  });

  const OFF = { reasoning_effort: 'none' };

  test.each([
    ['claude-3-5-haiku-20241022', OFF, {}, []],
    ['claude-opus-4-8', OFF, {}, []],
    ['claude-opus-5', OFF, { thinking: { type: 'disabled' } }, []],
    ['claude-sonnet-5', OFF, { thinking: { type: 'disabled' } }, []],
    ['claude-haiku-5-5', OFF, { thinking: { type: 'disabled' } }, []],
    ['claude-sonnet-5-5', OFF, { thinking: { type: 'between_tools' } }, []],
    ['claude-fable-5', OFF, { output_config: { effort: 'low' } }, ['reasoning_effort']],
    ['claude-opus-5-5', OFF, { output_config: { effort: 'low' } }, ['reasoning_effort']],
    ['claude-sonnet-6', OFF, { output_config: { effort: 'low' } }, ['reasoning_effort']],
    ['claude-sonnet-5-5', {}, {}, []],
  ])(
    'is disabled as far as possible for %s only if requested: %j',
    (model, asked, expected, lost) => {
      const { json, dropped } = toAnthropic(asked, { model });

      expect(json).toEqual({ model, max_tokens: 8_192, messages: [user('hi')], ...expected });
      expect(dropped).toEqual(lost);
    },
  );

  test.each([
    ['claude-opus-4-6', 'xhigh', 'high'],
    ['claude-opus-4-8', 'xhigh', 'xhigh'],
    ['claude-opus-4-8', 'minimal', 'low'],
    ['claude-opus-4-8', 'heroic', undefined],
  ])('maps for %s the effort %s to %s and reports a difference', (model, asked, written) => {
    const { json, dropped } = toAnthropic({ reasoning_effort: asked }, { model });

    expect((json['output_config'] as { effort?: string } | undefined)?.effort).toBe(written);
    expect(dropped).toEqual(asked === written ? [] : ['reasoning_effort']);
  });

  test('has no summary for a client that did not ask for thoughts', () => {
    const generationConfig = { thinkingConfig: { thinkingLevel: 'high' } };
    const request = { contents: [{ parts: [{ text: 'hi' }] }], generationConfig };
    const target = { provider: 'anthropic', model: 'claude-opus-5' };

    expect(translated('gemini', 'anthropic', request, target).json['thinking']).toEqual({
      type: 'adaptive',
    });
  });

  const forced = {
    tools: [{ type: 'function', function: { name: 'f' } }],
    tool_choice: 'required',
  };

  test.each([
    ['claude-sonnet-5', 'any', []],
    ['claude-fable-5', 'any', []],
    ['claude-haiku-5-5', 'any', []],
    ['claude-sonnet-5-5', 'auto', ['tool_choice']],
    ['claude-opus-5-5', 'auto', ['tool_choice']],
    ['claude-fable-5-1', 'auto', ['tool_choice']],
    ['claude-haiku-6', 'auto', ['tool_choice']],
  ])('stays on for %s with a required tool, sent as tool_choice %s', (model, type, lost) => {
    const { json, dropped } = toAnthropic({ ...effort, ...forced }, { model });

    expect(json).toMatchObject({ thinking: SUMMARIZED, tool_choice: { type } });
    expect(dropped).toEqual(lost);
  });

  test.each([
    ['claude-opus-4-6', { thinking: { type: 'adaptive' } }],
    ['claude-sonnet-5', { thinking: SUMMARIZED }],
  ])('stays on for %s after a tool call without its thinking block', (model, expected) => {
    const calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const messages = [
      user('hi'),
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', tool_call_id: 'a', content: 'x' },
    ];
    const { json, dropped } = toAnthropic({ ...effort, messages }, { model });

    expect(json).toMatchObject(expected);
    expect(dropped).toEqual([]);
  });

  test('gets at most half of max_tokens, and is dropped if that is too little', () => {
    const tight = toAnthropic({ ...effort, max_tokens: 3_000 });
    const none = toAnthropic({ ...effort, max_tokens: 1_000 });

    expect(tight.json['thinking']).toEqual({ type: 'enabled', budget_tokens: 1_500 });
    expect(none.json).not.toHaveProperty('thinking');
    expect(none.dropped).toEqual(['reasoning_effort']);
  });

  test('keeps the effort next to a response schema', () => {
    const schema = {
      type: 'json_schema',
      json_schema: { name: 'x', schema: { type: 'object', properties: {} } },
    };
    const { json } = toAnthropic(
      { ...effort, response_format: schema },
      { model: 'claude-opus-4-8' },
    );

    expect(json['output_config']).toMatchObject({
      effort: 'high',
      format: { type: 'json_schema' },
    });
  });

  test.each([
    ['a model without reasoning', {}, { canThink: false }],
    ['an older model', {}, { model: 'claude-3-5-sonnet-20240620' }],
    [
      'a forced tool',
      { tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'required' },
      {},
    ],
    [
      'a tool call without its thinking block',
      {
        messages: [
          user('hi'),
          {
            role: 'assistant',
            tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
            reasoning_content: 'another vendor’s thought',
          },
          { role: 'tool', tool_call_id: 'a', content: 'x' },
        ],
      },
      {},
    ],
  ])('is dropped and reported for %s', (_why, body, target) => {
    const { json, dropped } = toAnthropic({ ...effort, ...body }, target);

    expect(json).not.toHaveProperty('thinking');
    expect(dropped).toContain('reasoning_effort');
  });

  test('is sent back unchanged in earlier turns', () => {
    const { json } = toAnthropic({
      ...effort,
      messages: [
        user('hi'),
        {
          role: 'assistant',
          content: 'hm',
          reasoning_details: [
            { type: 'reasoning.text', text: 'first ' },
            { type: 'reasoning.text', text: 'thought', signature: 'sig' },
            { type: 'reasoning.encrypted', data: 'secret', format: 'anthropic-claude-v1' },
            { type: 'reasoning.encrypted', data: 'theirs', format: 'openai-responses-v1' },
          ],
        },
        user('go on'),
      ],
    });

    expect((json['messages'] as unknown[])[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'first thought', signature: 'sig' },
        { type: 'redacted_thinking', data: 'secret' },
        { type: 'text', text: 'hm' },
      ],
    });
  });

  test('drops temperature, top_p and top_k', () => {
    const hot = toAnthropic({ ...effort, temperature: 0.2, top_p: 0.5, top_k: 4 });

    expect(hot.json).not.toHaveProperty('temperature');
    expect(hot.dropped).toEqual(['temperature', 'top_p', 'top_k']);
  });
});

describe('Anthropic sampling parameters', () => {
  test.each([
    ['claude-3-haiku-20240307', { temperature: 0.3, top_p: 0.9 }, []],
    ['claude-haiku-4-5', { temperature: 0.3 }, ['top_p']],
    ['claude-opus-4-8', {}, ['temperature', 'top_p']],
    ['claude-sonnet-5', {}, ['temperature', 'top_p']],
    ['claude-fable-5', {}, ['temperature', 'top_p']],
    ['claude-haiku-5-5', {}, ['temperature', 'top_p']],
  ])('are reduced to those that %s accepts', (model, expected, lost) => {
    const { json, dropped } = toAnthropic({ temperature: 0.3, top_p: 0.9 }, { model });

    expect({ ...json, model: '', max_tokens: 0, messages: [] }).toEqual({
      model: '',
      max_tokens: 0,
      messages: [],
      ...expected,
    });
    expect(dropped).toEqual(lost);
  });
});

describe('assistant prefill', () => {
  const messages = [user('hi'), { role: 'assistant', content: '{ ' }];

  test('is kept for models that continue it', () => {
    const { json, dropped } = toAnthropic({ messages }, { model: 'claude-sonnet-4-5' });

    expect(json['messages']).toEqual([user('hi'), { role: 'assistant', content: '{' }]);
    expect(dropped).toEqual([]);
  });

  test.each(['anthropic', 'bedrock'] as const)(
    'is followed by a user turn at %s for other models',
    (to) => {
      const request = { model: 'auto', messages };
      const { json, dropped } = translated('openai', to, request, { model: 'claude-opus-4-6' });

      expect((json['messages'] as { role: string }[]).map(({ role }) => role)).toEqual([
        'user',
        'assistant',
        'user',
      ]);
      expect(dropped).toEqual(['messages[1]']);
    },
  );
});
