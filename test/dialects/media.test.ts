import { DIALECT_NAMES } from '../../src/dialects/dialect.js';
import { translated } from '../support/translated.js';

const requestWith = (mimeType: string) => ({
  contents: [{ role: 'user', parts: [{ inlineData: { mimeType, data: 'AAAA' } }, { text: 'hi' }] }],
});

describe('audio for Chat Completions', () => {
  test.each([
    ['audio/mpeg', 'mp3'],
    ['audio/mp3', 'mp3'],
    ['audio/x-wav', 'wav'],
    ['audio/wave', 'wav'],
    ['audio/wav', 'wav'],
  ])('of type %s is sent as %s', (mimeType, format) => {
    const { json, dropped } = translated('gemini', 'openai', requestWith(mimeType));

    expect(json['messages']).toMatchObject([
      { content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format } }, {}] },
    ]);
    expect(dropped).toEqual([]);
  });

  test.each(['audio/ogg', 'audio/flac'])('of type %s is reported as dropped', (mimeType) => {
    const { json, dropped } = translated('gemini', 'openai', requestWith(mimeType));

    expect(json['messages']).toEqual([{ role: 'user', content: 'hi' }]);
    expect(dropped).toEqual(['contents[0].parts[0]']);
  });
});

describe.each(['openai', 'responses', 'anthropic'] as const)('image for %s', (provider) => {
  test.each(['image/heic', 'image/svg+xml'])('of type %s is reported as dropped', (mimeType) => {
    const { json, dropped } = translated('gemini', provider, requestWith(mimeType));

    expect(JSON.stringify(json)).not.toContain('AAAA');
    expect(dropped).toEqual(['contents[0].parts[0]']);
  });

  test('of type image/jpg is sent as image/jpeg', () => {
    const { json, dropped } = translated('gemini', provider, requestWith('image/jpg'));

    expect(JSON.stringify(json)).toContain('image/jpeg');
    expect(dropped).toEqual([]);
  });
});

describe.each(['anthropic', 'bedrock', 'gemini', 'responses', 'cohere'] as const)(
  'image with a wrong media type for %s',
  (provider) => {
    test.each([
      ['png', 'image/jpeg', 'iVBORw0KGgoAAAANSUhEUg=='],
      ['jpeg', 'image/png', '/9j/4AAQSkZJRg=='],
      ['gif', 'application/octet-stream', 'R0lGODlhAQABAA=='],
      ['webp', 'image/jpeg', 'UklGRv////9XRUJQVlA4IA=='],
    ])('is sent with the type of its bytes: %s', (type, told, bytes) => {
      const url = `data:${told};base64,${bytes}`;
      const content = [{ type: 'image_url', image_url: { url } }];

      const body = { model: 'm', messages: [{ role: 'user', content }] };
      const { json, dropped } = translated('openai', provider, body);

      expect(JSON.stringify(json)).toContain(bytes);
      expect(JSON.stringify(json)).toMatch(new RegExp(`image/${type}|"format":"${type}"`, 'u'));
      expect(JSON.stringify(json)).not.toContain(told);
      expect(dropped).toEqual([]);
    });
  },
);

test('an image in an unencoded data URL keeps its type and is never sent as a URL', () => {
  const url = 'data:image/svg+xml;utf8,%3Csvg/%3E';
  const content = [
    { type: 'text', text: 'hi' },
    { type: 'image_url', image_url: { url } },
  ];
  const body = { model: 'm', messages: [{ role: 'user', content }] };

  const toAnthropic = translated('openai', 'anthropic', body);
  const toGemini = translated('openai', 'gemini', body);

  expect(toAnthropic.json['messages']).toEqual([{ role: 'user', content: 'hi' }]);
  expect(toAnthropic.dropped).toEqual(['messages[0].content[1]']);
  expect(JSON.stringify(toGemini.json)).toContain(
    '"inlineData":{"mimeType":"image/svg+xml","data":"PHN2Zy8+"}',
  );
});

test('an image_url that is not an image is reported as dropped for Ollama', () => {
  const url = 'data:application/pdf;base64,JVBERi0xLjQ=';
  const content = [
    { type: 'text', text: 'hi' },
    { type: 'image_url', image_url: { url } },
  ];

  const body = { model: 'm', messages: [{ role: 'user', content }] };
  const { json, dropped } = translated('openai', 'ollama', body);

  expect(json['messages']).toEqual([{ role: 'user', content: 'hi' }]);
  expect(dropped).toEqual(['messages[0].content[1]']);
});

const PIXEL = 'iVBORw0KGgo=';
const prompted = (...after: object[]) => ({
  model: 'm',
  input: [
    {
      role: 'developer',
      content: [
        { type: 'input_text', text: 'Find this.' },
        { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` },
      ],
    },
    ...after,
  ],
});

describe('image in a system prompt', () => {
  const user = { role: 'user', content: 'Well?' };

  test('moves to the user message for Anthropic', () => {
    const { json, dropped } = translated('responses', 'anthropic', prompted(user));

    expect(dropped).toEqual([]);
    expect(json).toMatchObject({
      system: 'Find this.',
      messages: [{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'Well?' }] }],
    });
  });

  test.each(DIALECT_NAMES.filter((name) => name !== 'responses' && name !== 'ollama'))(
    'moves out of the system prompt for %s, whatever the next turn',
    (provider) => {
      const assistant = { role: 'assistant', content: 'Yes.' };
      for (const after of [[user], [assistant, user], []]) {
        const { json, dropped } = translated('responses', provider, prompted(...after));
        const { system, systemInstruction, messages } = json;
        const prompts = (Array.isArray(messages) ? (messages as { role: string }[]) : []).filter(
          ({ role }) => role === 'system',
        );

        expect(dropped).toEqual([]);
        expect(JSON.stringify(json)).toContain(PIXEL);
        expect(JSON.stringify([system, systemInstruction, prompts])).not.toContain(PIXEL);
      }
    },
  );
});
