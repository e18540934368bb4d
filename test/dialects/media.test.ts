import { DIALECT_NAMES } from '../../src/dialects/dialect.js';
import { translated } from '../support/translated.js';

const showing = (mimeType: string) => ({
  contents: [{ role: 'user', parts: [{ inlineData: { mimeType, data: 'AAAA' } }, { text: 'hi' }] }],
});

describe('a recording for chat completions', () => {
  test.each([
    ['audio/mpeg', 'mp3'],
    ['audio/mp3', 'mp3'],
    ['audio/x-wav', 'wav'],
    ['audio/wave', 'wav'],
    ['audio/wav', 'wav'],
  ])('of %s is one of %s', (mimeType, format) => {
    const { json, dropped } = translated('gemini', 'openai', showing(mimeType));

    expect(json['messages']).toMatchObject([
      { content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format } }, {}] },
    ]);
    expect(dropped).toEqual([]);
  });

  test.each(['audio/ogg', 'audio/flac'])('of %s is named as lost', (mimeType) => {
    const { json, dropped } = translated('gemini', 'openai', showing(mimeType));

    expect(json['messages']).toEqual([{ role: 'user', content: 'hi' }]);
    expect(dropped).toEqual(['contents[0].parts[0]']);
  });
});

describe.each(['openai', 'responses', 'anthropic'] as const)('a picture for %s', (provider) => {
  test.each(['image/heic', 'image/svg+xml'])('of %s is named as lost', (mimeType) => {
    const { json, dropped } = translated('gemini', provider, showing(mimeType));

    expect(JSON.stringify(json)).not.toContain('AAAA');
    expect(dropped).toEqual(['contents[0].parts[0]']);
  });

  test('of image/jpg is one of image/jpeg', () => {
    const { json, dropped } = translated('gemini', provider, showing('image/jpg'));

    expect(JSON.stringify(json)).toContain('image/jpeg');
    expect(dropped).toEqual([]);
  });
});

describe.each(['anthropic', 'bedrock', 'gemini', 'responses', 'cohere'] as const)(
  'a picture under another type than its own, for %s,',
  (provider) => {
    test.each([
      ['png', 'image/jpeg', 'iVBORw0KGgoAAAANSUhEUg=='],
      ['jpeg', 'image/png', '/9j/4AAQSkZJRg=='],
      ['gif', 'application/octet-stream', 'R0lGODlhAQABAA=='],
      ['webp', 'image/jpeg', 'UklGRv////9XRUJQVlA4IA=='],
    ])('is the %s that its bytes are', (type, told, bytes) => {
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

test('a picture that is text in its URL is one of its type, and never somewhere to be fetched from', () => {
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

test('Ollama is shown pictures alone, whatever they are called', () => {
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

describe('a picture in a system prompt', () => {
  const user = { role: 'user', content: 'Well?' };

  test('is said by the user to Anthropic, whose system prompts are text', () => {
    const { json, dropped } = translated('responses', 'anthropic', prompted(user));

    expect(dropped).toEqual([]);
    expect(json).toMatchObject({
      system: 'Find this.',
      messages: [{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'Well?' }] }],
    });
  });

  test.each(DIALECT_NAMES.filter((name) => name !== 'responses' && name !== 'ollama'))(
    'reaches %s outside of the prompt, whoever speaks next',
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
