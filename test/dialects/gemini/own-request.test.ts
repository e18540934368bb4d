import { gemini } from '../../../src/dialects/gemini/gemini.js';
import { translated } from '../../support/translated.js';
import { user } from './contents.js';

describe('Gemini request for a Gemini provider', () => {
  const edited = (body: string) =>
    gemini
      .editRequest(gemini.readRequest(Buffer.from(body)), { model: 'gemini-3', askUsage: true })
      .toString();

  test('is unchanged but for the model in the body', () => {
    const body = `{"contents" : [{"parts":[{"text":"caf\\u00e9"}]}], "model":"models/x",  "future":{"model":"y"}}`;

    expect(edited(body)).toBe(body.replace('"models/x"', '"models/gemini-3"'));
  });

  test('keeps calls but drops and reports thoughts of other vendors’ models', () => {
    const body = { contents: [user({ text: 'hi' }), thoughtOfClaude(), user({ text: 'on' })] };

    const { json, dropped } = translated('gemini', 'gemini', body);

    expect((json['contents'] as object[])[1]).toEqual({
      role: 'model',
      parts: [
        {
          functionCall: { id: 'toolu_1', name: 'f', args: {} },
          thoughtSignature: Buffer.from('skip_thought_signature_validator').toString('base64'),
        },
      ],
    });
    expect(dropped).toEqual(['contents[1].parts[0]', 'contents[1].parts[1]']);
  });
});

test('a turn with nothing but a thought of another vendor’s model is removed', () => {
  const [thought] = thoughtOfClaude().parts;
  const lone = { contents: { role: 'model', parts: thought } };
  const among = { contents: [user({ text: 'hi' }), { role: 'model', parts: [thought] }] };

  expect(translated('gemini', 'gemini', lone).json).toEqual({ contents: [] });
  expect(translated('gemini', 'gemini', among).json).toEqual({ contents: [user({ text: 'hi' })] });
});

/** An answer of Claude with a thought and a call, as a client of Gemini gets it. */
function thoughtOfClaude() {
  const bytes = gemini.writeAnswer(
    [
      { kind: 'start', id: 'msg_1', model: 'claude', createdS: null },
      { kind: 'reasoning', choice: 0, text: 'Hm' },
      { kind: 'signature', choice: 0, signature: 'c2ln', vendor: 'anthropic' },
      { kind: 'redacted', choice: 0, data: 'ZGF0YQ==' },
      { kind: 'call', choice: 0, call: 0, id: 'toolu_1', name: 'f' },
      { kind: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null, native: null },
    ],
    { trusted: false, includeUsage: true, model: 'm', createdS: 1, seed: 'seed' },
  );
  const { candidates } = JSON.parse(bytes.toString()) as {
    candidates: [{ content: { role: string; parts: object[] } }];
  };
  return candidates[0].content;
}

test('thoughts of Claude are sent back to Claude with their signatures', () => {
  const { json } = translated('gemini', 'anthropic', {
    contents: [
      user({ text: 'hi' }),
      thoughtOfClaude(),
      user({ functionResponse: { name: 'f', response: { output: 'ok' } } }),
    ],
    tools: [{ functionDeclarations: [{ name: 'f' }] }],
  });

  const messages = json['messages'] as { content: object[] }[];
  expect(messages[1]?.content).toEqual([
    { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
    { type: 'redacted_thinking', data: 'ZGF0YQ==' },
    { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
  ]);
});
