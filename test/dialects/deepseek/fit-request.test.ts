import { fitForDeepSeek } from '../../../src/dialects/deepseek/fit-request.js';

const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
const user = { role: 'user', content: 'a' };
const calls = { role: 'assistant', content: null, tool_calls: [call] };
const result = { role: 'tool', tool_call_id: 'call_1', content: '1' };

function fitted(messages: readonly unknown[], more: object = {}) {
  const bytes = fitForDeepSeek(Buffer.from(JSON.stringify({ model: 'm', messages, ...more })));
  return (JSON.parse(bytes.toString()) as { messages: unknown[] }).messages;
}

describe('DeepSeek request', () => {
  test.each([
    ['has no tool calls', [user, { role: 'assistant', content: 'b' }, user]],
    ['has its reasoning', [user, { ...calls, reasoning_content: 'hm' }, result]],
    ['has no messages', null],
    ['has invalid messages', ['a', { role: 'x', tool_calls: [] }]],
  ])('is unchanged if it %s', (_what, messages) => {
    const body = Buffer.from(JSON.stringify({ messages, seed: 1 }));

    expect(fitForDeepSeek(body)).toBe(body);
  });

  test('has reasoning_content in every assistant message if there are tool calls', () => {
    const answer = { role: 'assistant', content: 'b' };
    const messages = [user, { ...calls, reasoning_content: 'hm' }, result, answer, user];

    expect(fitted(messages)).toEqual([
      ...messages.slice(0, 3),
      { ...answer, reasoning_content: ' ' },
      user,
    ]);
    expect(fitted([user, { ...calls, reasoning_content: '' }, result])[1]).toEqual({
      ...calls,
      reasoning_content: ' ',
    });
  });

  test('has reasoning of the client as reasoning_content', () => {
    expect(fitted([user, { ...calls, reasoning: 'hm' }, result])[1]).toEqual({
      ...calls,
      reasoning: 'hm',
      reasoning_content: 'hm',
    });
  });

  test('has developer messages as system messages', () => {
    expect(fitted([{ role: 'developer', content: 'Be brief.' }, user])).toEqual([
      { role: 'system', content: 'Be brief.' },
      user,
    ]);
  });

  test('keeps large numbers exact', () => {
    const tools = '[{"function":{"parameters":{"enum":[1234567890123456789]}}}]';
    const body = `{"messages":[{"role":"developer","content":"a"}],"tools":${tools}}`;

    expect(fitForDeepSeek(Buffer.from(body)).toString()).toContain(`"tools":${tools}`);
  });
});
