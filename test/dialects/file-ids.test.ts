import { DIALECT_NAMES } from '../../src/dialects/dialect.js';
import { translated } from '../support/translated.js';

const ASK = 'what is it?';
const image = { type: 'input_image', file_id: 'file-123', detail: 'low' };
const document = { type: 'input_file', file_id: 'file-123' };

const ofResponses = (part: object) => ({
  model: 'm',
  input: [{ role: 'user', content: [part, { type: 'input_text', text: ASK }] }],
});
const ofAnthropic = (type: string) => ({
  model: 'm',
  max_tokens: 99,
  messages: [
    {
      role: 'user',
      content: [
        { type, source: { type: 'file', file_id: 'file_011C' } },
        { type: 'text', text: ASK },
      ],
    },
  ],
});
const fileUri = 'https://generativelanguage.googleapis.com/v1beta/files/abc';

describe('a file by its id', () => {
  test.each(DIALECT_NAMES.filter((name) => name !== 'responses'))(
    'of a picture at OpenAI is named as lost to %s, which knows no such id',
    (provider) => {
      const { json, dropped } = translated('responses', provider, ofResponses(image));

      expect(dropped).toContain('input[0].content[0]');
      expect(JSON.stringify(json)).not.toContain('file-123');
      expect(JSON.stringify(json)).not.toMatch(/"(url|fileUri)":""/);
      expect(JSON.stringify(json)).toContain(ASK);
    },
  );

  test('of a document at OpenAI has a word in chat completions', () => {
    const { json, dropped } = translated('responses', 'openai', ofResponses(document));

    expect(dropped).toEqual([]);
    expect(json['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'file', file: { file_id: 'file-123' } },
          { type: 'text', text: ASK },
        ],
      },
    ]);
  });

  test('of a picture has a word in responses', () => {
    const messages = ofResponses(image).input;
    const { json, dropped } = translated('openai', 'responses', { model: 'm', messages });

    expect(dropped).toEqual([]);
    expect(json['input']).toMatchObject([{ content: [image, { text: ASK }] }]);
  });

  test.each(['openai', 'responses'] as const)(
    'that another vendor keeps is named as lost to OpenAI, at its %s',
    (door) => {
      for (const type of ['image', 'document']) {
        const { json, dropped } = translated('anthropic', door, ofAnthropic(type));
        expect(dropped).toEqual(['messages[0].content[0]']);
        expect(JSON.stringify(json)).not.toContain('file_011C');
      }
      for (const mimeType of ['image/png', 'application/pdf']) {
        const { json, dropped } = translated('gemini', door, {
          contents: [{ parts: [{ fileData: { fileUri, mimeType } }, { text: ASK }] }],
        });
        expect(dropped).toEqual(['contents[0].parts[0]']);
        expect(JSON.stringify(json)).not.toContain(fileUri);
      }
    },
  );

  test('that is none at all is named like anything else that cannot be said', () => {
    const nowhere = ofResponses({ type: 'input_image' });

    expect(translated('responses', 'openai', nowhere).dropped).toEqual(['input[0].content[0]']);
    expect(() =>
      translated('responses', 'anthropic', {
        model: 'm',
        input: [{ role: 'user', content: [{ type: 'input_file' }] }],
      }),
    ).toThrow('No content of `input[0]`');
  });
});
