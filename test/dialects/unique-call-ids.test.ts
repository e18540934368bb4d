import type { ClientDialectName, DialectName } from '../../src/dialects/dialect.js';
import type { JsonObject } from '../../src/dialects/json.js';
import { withUniqueCallIds } from '../../src/dialects/neutral/unique-call-ids.js';
import type { ContentPart, Turn } from '../../src/dialects/neutral/part.js';
import { translated } from '../support/translated.js';
import { growthOf } from '../support/growth.js';

interface Ids {
  readonly calls: readonly unknown[];
  readonly results: readonly (readonly [unknown, unknown])[];
}

/** The ids of calls, and contents and ids of results, in the order sent to Anthropic. */
function idsAtAnthropic(messages: readonly unknown[], from: ClientDialectName = 'openai'): Ids {
  const { json } = translated(from, 'anthropic', { model: 'm', messages });
  const blocks = (json['messages'] as JsonObject[]).flatMap(({ content }) =>
    Array.isArray(content) ? (content as JsonObject[]) : [],
  );
  const ofType = (type: string): JsonObject[] => blocks.filter((block) => block['type'] === type);
  return {
    calls: ofType('tool_use').map(({ id }) => id),
    results: ofType('tool_result').map((block) => [block['content'], block['tool_use_id']]),
  };
}

const user = { role: 'user', content: 'x' };
const calling = (...calls: readonly (readonly [string, string])[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: calls.map(([id, name]) => ({
    id,
    type: 'function',
    function: { name, arguments: '{}' },
  })),
});
const result = (id: string, content: string) => ({ role: 'tool', tool_call_id: id, content });

describe('tool call ids', () => {
  test('are made unique across turns, with results matched to their calls', () => {
    const { calls, results } = idsAtAnthropic([
      user,
      calling(['0', 'f'], ['1', 'f']),
      result('0', 'A'),
      result('1', 'B'),
      calling(['0', 'f'], ['1', 'f']),
      result('1', 'D'),
      result('0', 'C'),
    ]);

    expect(new Set(calls).size).toBe(4);
    expect(calls.slice(0, 2)).toEqual(['0', '1']);
    const [a, b, c, d] = calls;
    expect(Object.fromEntries(results)).toEqual({ A: a, B: b, C: c, D: d });
  });

  test('are made unique within a turn, with results matched in order', () => {
    const { calls, results } = idsAtAnthropic([
      user,
      calling(['0', 'f'], ['0', 'g']),
      result('0', 'A'),
      result('0', 'B'),
    ]);

    expect(new Set(calls).size).toBe(2);
    expect(results).toEqual([
      ['A', calls[0]],
      ['B', calls[1]],
    ]);
  });

  test('are added if missing, with results matched in order', () => {
    const { calls, results } = idsAtAnthropic([
      user,
      calling(['', 'f'], ['', 'g']),
      result('', 'A'),
      result('', 'B'),
    ]);

    expect(new Set(calls).size).toBe(2);
    expect(results).toEqual([
      ['A', calls[0]],
      ['B', calls[1]],
    ]);
  });

  test('are made unique for legacy function calls', () => {
    const called = {
      role: 'assistant',
      content: null,
      function_call: { name: 'f', arguments: '{}' },
    };
    const { calls, results } = idsAtAnthropic([
      user,
      called,
      { role: 'function', name: 'f', content: 'A' },
      called,
      { role: 'function', name: 'f', content: 'B' },
    ]);

    expect(new Set(calls).size).toBe(2);
    expect(results).toEqual([
      ['A', calls[0]],
      ['B', calls[1]],
    ]);
  });

  test('match a result to the later of two calls if the earlier one has none', () => {
    const { calls, results } = idsAtAnthropic([
      user,
      calling(['0', 'f']),
      user,
      calling(['0', 'f']),
      result('0', 'A'),
    ]);

    expect(results).toEqual([['A', calls[1]]]);
  });

  test('do not change as the conversation continues', () => {
    const begun = [
      user,
      calling(['0', 'f']),
      result('0', 'A'),
      calling(['0', 'f']),
      result('0', 'B'),
    ];

    const { calls } = idsAtAnthropic(begun);
    const later = idsAtAnthropic([...begun, calling(['0', 'f']), result('0', 'C')]);

    expect(later.calls.slice(0, 2)).toEqual(calls);
  });

  test.each<DialectName>(['bedrock', 'cohere', 'responses'])('are unique for %s', (to) => {
    const messages = [
      user,
      calling(['0', 'f']),
      result('0', 'A'),
      calling(['0', 'f']),
      result('0', 'B'),
    ];

    const told = JSON.stringify(translated('openai', to, { model: 'm', messages }).json);

    const ids = [...told.matchAll(/"(?:toolUseId|tool_call_id|call_id|id)":"([^"]+)"/gu)].map(
      ([, id]) => id,
    );
    // Each occurs at its call and at its result.
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(2);
  });

  test('are unchanged if distinct', () => {
    const { calls, results } = idsAtAnthropic([user, calling(['a', 'f']), result('a', 'A')]);

    expect(calls).toEqual(['a']);
    expect(results).toEqual([['A', 'a']]);
  });

  test('are made unique in linear time', async () => {
    const at = 'messages[0]';
    const call: ContentPart = { kind: 'tool_call', id: '0', name: 'f', arguments: '{}', at };
    const answer: ContentPart = { kind: 'tool_result', callId: '0', parts: [], isError: false, at };
    const turns = (count: number): Turn[] => [
      { role: 'assistant', parts: new Array<ContentPart>(count).fill(call), at },
      { role: 'tool', parts: new Array<ContentPart>(count).fill(answer), at },
    ];
    const sizes = { small: 500, large: 10_000 };

    const [calls, results] = withUniqueCallIds(turns(sizes.large));

    const ids = calls?.parts.map((part) => part.kind === 'tool_call' && part.id);
    expect(new Set(ids).size).toBe(sizes.large);
    expect(await growthOf(turns, withUniqueCallIds, sizes)).toBeLessThan(120);
    expect(results?.parts.map((part) => part.kind === 'tool_result' && part.callId)).toEqual(ids);
  });
});
