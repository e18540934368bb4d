import type { Target } from '../../../src/dialects/dialect.js';
import { translated } from '../../support/translated.js';

const CLAUDE: Partial<Target> = { model: 'claude-sonnet-4-5', provider: 'anthropic' };
const user = (content: unknown) => ({ role: 'user', content });

function toAnthropic(body: object, target: Partial<Target> = {}) {
  const request = { model: 'auto', messages: [user('hi')], ...body };
  return translated('openai', 'anthropic', request, { ...CLAUDE, ...target });
}

describe('thinking', () => {
  const effort = { reasoning_effort: 'high', max_tokens: 40_000 };

  test.each([
    ['claude-sonnet-4-5', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
    ['claude-3-7-sonnet-latest', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
    ['claude-opus-4-8', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['claude-sonnet-5', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['glm-5', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
  ])('is asked of %s in words that it knows', (model, expected) => {
    expect(toAnthropic(effort, { model }).json).toMatchObject(expected);
  });

  test('leaves half of the length for the answer, and is left out where it has no room', () => {
    const tight = toAnthropic({ ...effort, max_tokens: 3_000 });
    const none = toAnthropic({ ...effort, max_tokens: 1_000 });

    expect(tight.json['thinking']).toEqual({ type: 'enabled', budget_tokens: 1_500 });
    expect(none.json).not.toHaveProperty('thinking');
    expect(none.dropped).toEqual(['reasoning_effort']);
  });

  test('keeps an effort beside a schema', () => {
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
    ['a model that cannot', {}, { canThink: false }],
    ['a model of before', {}, { model: 'claude-3-5-sonnet-20240620' }],
    [
      'a forced tool',
      { tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'required' },
      {},
    ],
    [
      'a call whose thought is gone',
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
  ])('is left out for %s, and said to be', (_why, body, target) => {
    const { json, dropped } = toAnthropic({ ...effort, ...body }, target);

    expect(json).not.toHaveProperty('thinking');
    expect(dropped).toContain('reasoning_effort');
  });

  test('takes its own thoughts back as they were', () => {
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

  test('has no temperature but one', () => {
    const hot = toAnthropic({ ...effort, temperature: 0.2, top_p: 0.5, top_k: 4 });

    expect(hot.json).not.toHaveProperty('temperature');
    expect(hot.dropped).toEqual(['temperature', 'top_p', 'top_k']);
  });
});

describe('sampling', () => {
  test.each([
    ['claude-3-haiku-20240307', { temperature: 0.3, top_p: 0.9 }, []],
    ['claude-haiku-4-5', { temperature: 0.3 }, ['top_p']],
    ['claude-opus-4-8', {}, ['temperature', 'top_p']],
  ])('of %s is what it takes', (model, expected, lost) => {
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
