import { fc } from '../../support/fast-check.js';
import { fitForMistral, mistralId } from '../../../src/dialects/mistral/fit-request.js';

const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });

function fitted(messages: readonly unknown[], more: object = {}) {
  const bytes = fitForMistral(Buffer.from(JSON.stringify({ model: 'm', messages, ...more })));
  return (JSON.parse(bytes.toString()) as { messages: Record<string, unknown>[] }).messages;
}

describe('Mistral request', () => {
  test('is unchanged if nothing has to change', () => {
    const body = Buffer.from(
      '{"messages" : [{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"abcDEF123"}]},{"role":"tool","tool_call_id":"abcDEF123"}], "seed": 12345678901234567890}',
    );

    expect(fitForMistral(body)).toBe(body);
  });

  test('has ids of nine letters or digits, the same in call and result', () => {
    const messages = fitted([
      {
        role: 'assistant',
        content: '',
        tool_calls: [call('toolu_01'), call('call_2'), call('abcDEF123')],
      },
      { role: 'tool', tool_call_id: 'call_2', content: '2' },
      { role: 'tool', tool_call_id: 'toolu_01', content: '1' },
    ]);

    const ids = (messages[0]?.['tool_calls'] as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual([mistralId('toolu_01'), mistralId('call_2'), 'abcDEF123']);
    expect(messages.slice(1).map((message) => message['tool_call_id'])).toEqual([ids[1], ids[0]]);
  });

  test('is sent without response-only members of assistant messages', () => {
    const messages = fitted([
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'a', name: 'me' },
      { role: 'assistant', content: 'b', refusal: null, annotations: [], reasoning_content: 'hm' },
      { role: 'user', content: 'c' },
    ]);

    expect(messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      // Mistral rejects a name with an error: it is part of the request.
      { role: 'user', content: 'a', name: 'me' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ]);
  });

  test('has an assistant prefill marked as prefix', () => {
    expect(
      fitted([
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ])[1],
    ).toEqual({
      role: 'assistant',
      content: 'b',
      prefix: true,
    });
  });

  test('has an assistant message between tool results and a user message', () => {
    const result = { role: 'tool', tool_call_id: 'abcDEF123', content: '1' };
    const messages = [
      { role: 'assistant', tool_calls: [call('abcDEF123'), call('abcDEF124')] },
      result,
      { ...result, tool_call_id: 'abcDEF124' },
      { role: 'user', content: 'And now?' },
      { role: 'user', content: 'Well?' },
    ];

    expect(fitted(messages)).toEqual([
      ...messages.slice(0, 3),
      { role: 'assistant', content: 'OK.' },
      ...messages.slice(3),
    ]);
  });

  test('has a system message directly after an answer as a user message', () => {
    const answer = { role: 'assistant', content: 'b' };
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'a' },
      { role: 'developer', content: 'Be kind.' },
      answer,
      { role: 'system', content: 'Be quick.' },
      { role: 'developer', content: 'Be good.' },
      { role: 'user', content: 'c' },
    ];

    expect(fitted(messages)).toEqual([
      messages[0],
      messages[1],
      { role: 'system', content: 'Be kind.' },
      answer,
      { role: 'user', content: 'Be quick.' },
      { role: 'system', content: 'Be good.' },
      messages[6],
    ]);
  });

  test('has a system message after a tool result as a user message, behind an assistant message', () => {
    const messages = [
      { role: 'assistant', tool_calls: [call('abcDEF123')] },
      { role: 'tool', tool_call_id: 'abcDEF123', content: '1' },
      { role: 'system', content: 'Be quick.' },
    ];

    expect(fitted(messages).slice(2)).toEqual([
      { role: 'assistant', content: 'OK.' },
      { role: 'user', content: 'Be quick.' },
    ]);
  });

  test('keeps large numbers exact', () => {
    const tools = '[{"function":{"parameters":{"enum":[1234567890123456789]}}}]';
    const body = `{"messages":[{"role":"developer","content":"a"}],"tools":${tools}}`;

    expect(fitForMistral(Buffer.from(body)).toString()).toContain(`"tools":${tools}`);
  });

  test.each(['{"messages":null}', '{"messages":["a",{"role":"x"}]}', '{}'])(
    'accepts %s',
    (body) => {
      expect(fitForMistral(Buffer.from(body)).toString()).toBe(body);
    },
  );
});

test('mistralId maps different ids to different ids', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 50 }), (ids) => {
      const own = ids.map(mistralId);

      expect(own.every((id) => /^[a-zA-Z0-9]{9}$/u.test(id))).toBe(true);
      expect(new Set(own).size).toBe(ids.length);
    }),
  );
});
