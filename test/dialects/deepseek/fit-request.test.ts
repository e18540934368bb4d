import { fitForDeepSeek } from '../../../src/dialects/deepseek/fit-request.js';

const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
const user = { role: 'user', content: 'a' };
const calls = { role: 'assistant', content: null, tool_calls: [call] };
const result = { role: 'tool', tool_call_id: 'call_1', content: '1' };

function fitted(messages: readonly unknown[], more: object = {}) {
  const bytes = fitForDeepSeek(Buffer.from(JSON.stringify({ model: 'm', messages, ...more })));
  return (JSON.parse(bytes.toString()) as { messages: unknown[] }).messages;
}

describe('a request for DeepSeek', () => {
  test.each([
    ['is without calls', [user, { role: 'assistant', content: 'b' }, user]],
    ['has its thoughts', [user, { ...calls, reasoning_content: 'hm' }, result]],
    ['has no messages', null],
    ['has what is none', ['a', { role: 'x', tool_calls: [] }]],
  ])('is the very bytes where it %s', (_what, messages) => {
    const body = Buffer.from(JSON.stringify({ messages, seed: 1 }));

    expect(fitForDeepSeek(body)).toBe(body);
  });

  test('has a thought with everything the model said in a conversation with calls', () => {
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

  test('has the thought that the client has under its other name', () => {
    expect(fitted([user, { ...calls, reasoning: 'hm' }, result])[1]).toEqual({
      ...calls,
      reasoning: 'hm',
      reasoning_content: 'hm',
    });
  });

  test('has prompts of the developer as those of the system', () => {
    expect(fitted([{ role: 'developer', content: 'Be brief.' }, user])).toEqual([
      { role: 'system', content: 'Be brief.' },
      user,
    ]);
  });

  test('has large numbers as they were written', () => {
    const tools = '[{"function":{"parameters":{"enum":[1234567890123456789]}}}]';
    const body = `{"messages":[{"role":"developer","content":"a"}],"tools":${tools}}`;

    expect(fitForDeepSeek(Buffer.from(body)).toString()).toContain(`"tools":${tools}`);
  });
});
