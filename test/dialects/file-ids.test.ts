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

describe('file id', () => {
  test.each(DIALECT_NAMES.filter((name) => name !== 'responses'))(
    'of an image at OpenAI is reported as dropped for %s',
    (provider) => {
      const { json, dropped } = translated('responses', provider, ofResponses(image));

      expect(dropped).toContain('input[0].content[0]');
      expect(JSON.stringify(json)).not.toContain('file-123');
      expect(JSON.stringify(json)).not.toMatch(/"(url|fileUri)":""/);
      expect(JSON.stringify(json)).toContain(ASK);
    },
  );

  test('of a document at OpenAI is kept for Chat Completions', () => {
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

  test('of an image is kept for Responses', () => {
    const messages = ofResponses(image).input;
    const { json, dropped } = translated('openai', 'responses', { model: 'm', messages });

    expect(dropped).toEqual([]);
    expect(json['input']).toMatchObject([{ content: [image, { text: ASK }] }]);
  });

  test.each(['openai', 'responses'] as const)(
    'of another vendor is reported as dropped for OpenAI (%s)',
    (dialect) => {
      for (const type of ['image', 'document']) {
        const { json, dropped } = translated('anthropic', dialect, ofAnthropic(type));
        expect(dropped).toEqual(['messages[0].content[0]']);
        expect(JSON.stringify(json)).not.toContain('file_011C');
      }
      for (const mimeType of ['image/png', 'application/pdf']) {
        const { json, dropped } = translated('gemini', dialect, {
          contents: [{ parts: [{ fileData: { fileUri, mimeType } }, { text: ASK }] }],
        });
        expect(dropped).toEqual(['contents[0].parts[0]']);
        expect(JSON.stringify(json)).not.toContain(fileUri);
      }
    },
  );

  test('that is missing is reported as dropped, or the request is rejected', () => {
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
