import {
  assembled,
  callsOf,
  chunk,
  deltasOf,
  finishesOf,
  run,
  sse,
  STOP,
} from '../../support/openai-stream.js';

describe('OpenAI stream tool calls', () => {
  const fn = (name: string | undefined, args: unknown) => ({ name, arguments: args });

  test.each([
    {
      what: 'as by OpenAI',
      deltas: [
        [{ index: 0, id: 'a', type: 'function', function: fn('f', '') }],
        [{ index: 0, function: { arguments: '{"x":' } }],
        [{ index: 0, function: { arguments: '1}' } }],
        [{ index: 1, id: 'b', type: 'function', function: fn('g', '{}') }],
      ],
      calls: [
        ['a', 'f', '{"x":1}'],
        ['b', 'g', '{}'],
      ],
    },
    {
      what: 'without index and type',
      deltas: [
        [
          { id: 'a', function: fn('f', '{"x":1}') },
          { id: 'b', function: fn('g', '{}') },
        ],
      ],
      calls: [
        ['a', 'f', '{"x":1}'],
        ['b', 'g', '{}'],
      ],
    },
    {
      what: 'in pieces without index',
      deltas: [
        [{ id: 'a', function: fn('f', '{"x"') }],
        [{ function: fn('', ':1}') }],
        [{ id: 'b', function: fn('g', '') }],
        [{ id: 'b', function: { arguments: '{}' } }],
      ],
      calls: [
        ['a', 'f', '{"x":1}'],
        ['b', 'g', '{}'],
      ],
    },
    {
      what: 'with indexes that start at 1 and leave gaps',
      deltas: [
        [{ index: 1, id: 'a', type: 'function', function: fn('f', '{}') }],
        [{ index: 4, id: 'b', type: 'function', function: fn('g', '{}') }],
      ],
      calls: [
        ['a', 'f', '{}'],
        ['b', 'g', '{}'],
      ],
    },
    {
      what: 'all with index 0',
      deltas: [
        [{ index: 0, id: 'a', type: 'function', function: fn('f', '{}') }],
        [{ index: 0, id: 'b', type: 'function', function: fn('f', '{"y":2}') }],
      ],
      calls: [
        ['a', 'f', '{}'],
        ['b', 'f', '{"y":2}'],
      ],
    },
    {
      what: 'with id, type and name in every delta',
      deltas: [
        [{ index: 0, id: 'a', type: 'function', function: fn('f', '{"x"') }],
        [{ index: 0, id: 'a', type: 'function', function: fn('f', ':1}') }],
        [{ index: 0, id: '', type: 'function', function: fn('', '') }],
      ],
      calls: [['a', 'f', '{"x":1}']],
    },
    {
      what: 'with another id in every delta',
      deltas: [
        [{ index: 0, id: 'a', type: 'function', function: fn('f', '{"x"') }],
        [{ index: 0, id: 'zz', function: { arguments: ':1}' } }],
      ],
      calls: [['a', 'f', '{"x":1}']],
    },
    {
      what: 'with the name after the first arguments',
      deltas: [
        [{ index: 0, id: 'a', type: 'function', function: { arguments: '{"x"' } }],
        [{ index: 0, function: fn('f', ':1}') }],
      ],
      calls: [['a', 'f', '{"x":1}']],
    },
    {
      what: 'with arguments as an object',
      deltas: [[{ index: 0, id: 'a', type: 'function', function: fn('f', { x: 1 }) }]],
      calls: [['a', 'f', '{"x":1}']],
    },
    {
      what: 'with ids that are numbers',
      deltas: [[{ index: 0, id: 0, type: 'function', function: fn('f', '{}') }]],
      calls: [['0', 'f', '{}']],
    },
    ...['', null, undefined].map((args) => ({
      what: `without arguments (${JSON.stringify(args)})`,
      deltas: [[{ index: 0, id: 'a', type: 'function', function: fn('f', args) }]],
      calls: [['a', 'f', '{}']],
    })),
  ])('are normalised when sent $what', ({ deltas, calls }) => {
    const items = deltas.map((tool_calls) => chunk({ tool_calls }));

    const result = run(sse(...items, chunk({}, 'tool_calls'), '[DONE]'));

    expect(assembled(result)).toEqual(
      calls.map(([id, name, args]) => ({ id, type: 'function', name, arguments: args })),
    );
    expect(callsOf(result).filter(({ id }) => id !== undefined)).toHaveLength(calls.length);
    expect(finishesOf(result)).toEqual(['tool_calls']);
  });

  test('get ids if the provider gives none', () => {
    const call = { function: fn('f', '{}') };

    const result = run(sse(chunk({ tool_calls: [call, call] }, 'stop')));

    const ids = assembled(result).map(({ id }) => id);
    expect(ids).toEqual([
      expect.stringMatching(/^call_[0-9a-f]{24}$/),
      expect.stringMatching(/^call_[0-9a-f]{24}$/),
    ]);
    expect(new Set(ids).size).toBe(2);
  });

  test.each([
    { what: 'an empty object', pieces: ['{}'], told: '{}' },
    { what: 'the text null', pieces: ['null'], told: '{}' },
    {
      what: 'an empty object before the real arguments',
      pieces: ['{}', '{"x"', ':1}'],
      told: '{"x":1}',
    },
  ])('have complete arguments when the provider sends $what', ({ pieces, told }) => {
    const deltas = pieces.map((piece, i) =>
      chunk({ tool_calls: [{ index: 0, ...(i === 0 && { id: 'a' }), function: fn('f', piece) }] }),
    );

    const result = run(sse(...deltas, STOP));

    const calls = deltasOf(result).flatMap(
      (delta) => (delta['tool_calls'] ?? []) as { function: { arguments: string } }[],
    );
    expect(calls.map((call) => call.function.arguments).join('')).toBe(told);
  });

  test('turn finish_reason stop into tool_calls', () => {
    const call = { index: 0, id: 'a', type: 'function', function: fn('f', '{}') };

    const result = run(sse(chunk({ tool_calls: [call] }, 'stop')));

    expect(finishesOf(result)).toEqual(['tool_calls']);
  });

  test('keep unknown members and calls of other types', () => {
    const call = {
      index: 0,
      id: 'a',
      type: 'function',
      extra_content: { signature: 's' },
      function: fn('f', '{"x":1}'),
    };
    const custom = { index: 1, id: 'b', type: 'custom', custom: { name: 'g', input: 'x' } };

    const result = run(sse(chunk({ tool_calls: [call, custom] }), STOP));

    expect(deltasOf(result)[0]).toMatchObject({ tool_calls: [call, custom] });
  });

  test.each([
    { what: 'null', delta: { tool_calls: null } },
    { what: 'an empty array', delta: { tool_calls: [] } },
    { what: 'an empty item', delta: { tool_calls: [{ function: {} }] } },
    { what: 'an empty function call', delta: { function_call: { name: '', arguments: '' } } },
    { what: 'an empty audio', delta: { audio: { id: '', data: '' } } },
    { what: 'null annotations', delta: { annotations: null } },
  ])('are absent when the provider sends $what', ({ delta }) => {
    const result = run(sse(chunk({ role: 'assistant', content: 'a', ...delta }), STOP));

    expect(deltasOf(result)[0]).toEqual({ role: 'assistant', content: 'a' });
    expect(finishesOf(result)).toEqual(['stop']);
  });

  test('in the legacy form end with function_call', () => {
    const call = chunk({ content: null, function_call: { name: 'f', arguments: '{}' } });

    const result = run(sse(call, STOP));

    expect(finishesOf(result)).toEqual(['function_call']);
    expect(result.stream.summary.outputChars).toBe(3);
  });
});
