import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { translated } from '../../support/translated.js';
import { answer, call, finish, START, type Json } from './events.js';

describe('Responses reasoning items', () => {
  const thought: readonly AnswerEvent[] = [
    START,
    { kind: 'reasoning', choice: 0, text: 'I look it ' },
    { kind: 'reasoning', choice: 0, text: 'up.' },
    { kind: 'signature', choice: 0, signature: 'c2ln', vendor: 'anthropic' },
    { kind: 'redacted', choice: 0, data: 'sealed' },
    { kind: 'signature', choice: 0, signature: 'Z2Vt', vendor: 'gemini' },
    call(0, 'c0', 'weather'),
    finish('stop'),
  ];
  const next = (output: readonly Json[], to: 'anthropic' | 'gemini') =>
    translated('responses', to, {
      model: 'm',
      reasoning: { effort: 'low' },
      tools: [{ type: 'function', name: 'weather' }],
      input: [
        { role: 'user', content: 'Weather?' },
        ...output,
        { type: 'function_call_output', call_id: 'c0', output: 'rain' },
      ],
    });

  test('carry signatures, each sent back to its own vendor only', () => {
    const { output } = answer(thought);

    const { json, dropped } = next(output, 'anthropic');

    expect(output.map(({ type }) => type)).toEqual([
      'reasoning',
      'reasoning',
      'reasoning',
      'function_call',
    ]);
    expect((json['messages'] as Json[])[1]?.['content']).toEqual([
      { type: 'thinking', thinking: 'I look it up.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'sealed' },
      { type: 'tool_use', id: 'c0', name: 'weather', input: {} },
    ]);
    expect(dropped).toEqual(['input[3]']);
  });

  test('are dropped if their encrypted content was tampered with', () => {
    const { output } = answer(thought.filter(({ kind }) => kind !== 'redacted'));
    const garbled = output.map((item) =>
      item['type'] === 'reasoning' ? { ...item, encrypted_content: 'suffice1.e30' } : item,
    );

    const { json } = next(garbled, 'anthropic');

    expect((json['messages'] as Json[])[1]?.['content']).toEqual([
      expect.objectContaining({ type: 'tool_use' }),
    ]);
  });
});
