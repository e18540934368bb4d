import type { ClientDialectName, DialectName } from '../../src/dialects/dialect.js';
import { answered, eventsIn, streamed, translated } from '../support/translated.js';
import { CLIENTS, geminiAnswer, lostIn, openaiAnswer } from './odd-parts.js';

const PIXEL = 'iVBORw0KGgo=';
/** Providers' answers with an image. */
const DRAWN: readonly [DialectName, object][] = [
  [
    'gemini',
    geminiAnswer([{ text: 'hi' }, { inlineData: { mimeType: 'image/png', data: PIXEL } }]),
  ],
  [
    'openai',
    openaiAnswer({
      images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }],
    }),
  ],
  [
    'responses',
    {
      id: 'resp_1',
      status: 'completed',
      output: [
        { type: 'message', content: [{ type: 'output_text', text: 'hi' }] },
        { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: PIXEL },
      ],
    },
  ],
  [
    'bedrock',
    {
      output: {
        message: {
          role: 'assistant',
          content: [{ text: 'hi' }, { image: { format: 'png', source: { bytes: PIXEL } } }],
        },
      },
      stopReason: 'end_turn',
    },
  ],
];

/** The image in each client's dialect; `null` if it has none. */
const SHOWN: Readonly<Record<ClientDialectName, object | null>> = {
  openai: {
    choices: [
      {
        message: {
          content: 'hi',
          images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }],
        },
      },
    ],
  },
  gemini: {
    candidates: [
      {
        content: {
          parts: [{ text: 'hi' }, { inlineData: { mimeType: 'image/png', data: PIXEL } }],
        },
      },
    ],
  },
  responses: {
    output: [
      { type: 'message' },
      { type: 'image_generation_call', status: 'completed', result: PIXEL },
    ],
  },
  anthropic: null,
  completions: null,
};

describe.each(DRAWN)('a picture that a model of %s drew', (provider, answer) => {
  test.each(CLIENTS.filter((client) => client !== (provider as string)))(
    'is shown to a client of %s, or said to be lost',
    (client) => {
      const { json, summary } = answered(client, provider, answer);

      expect(lostIn(summary)).toEqual(SHOWN[client] === null ? ['answer.images'] : []);
      expect(json).toMatchObject(SHOWN[client] ?? {});
    },
  );
});

test('a picture comes in a stream as well, and back with the next request', () => {
  const said = geminiAnswer([{ inlineData: { mimeType: 'image/png', data: PIXEL } }]);
  const { text } = streamed('openai', 'gemini', [Buffer.from(`data: ${JSON.stringify(said)}\n\n`)]);
  const deltas = eventsIn(text).flatMap(
    ({ choices }) => (choices as { delta: { images?: object[] } }[])[0]?.delta.images ?? [],
  );

  const { json, dropped } = translated('openai', 'gemini', {
    model: 'm',
    messages: [
      { role: 'user', content: 'Draw.' },
      { role: 'assistant', content: null, images: deltas },
      { role: 'user', content: 'Bluer.' },
    ],
  });

  expect(deltas).toHaveLength(1);
  expect(dropped).toEqual([]);
  expect(json['contents']).toMatchObject([
    {},
    { role: 'model', parts: [{ inlineData: { mimeType: 'image/png', data: PIXEL } }] },
    {},
  ]);
});

describe('sources', () => {
  const URL = 'https://a.example/x';

  test.each<[string, DialectName, object]>([
    [
      'what Gemini repeats of a text',
      'gemini',
      geminiAnswer([{ text: 'hi' }], { citationMetadata: { citationSources: [{ uri: URL }] } }),
    ],
    [
      'what Vertex calls the same',
      'gemini',
      geminiAnswer([{ text: 'hi' }], {
        citationMetadata: { citations: [{ uri: URL, title: 'X' }] },
      }),
    ],
    [
      'a place on a map',
      'gemini',
      geminiAnswer([{ text: 'hi' }], {
        groundingMetadata: { groundingChunks: [{ maps: { uri: URL, title: 'X' } }] },
      }),
    ],
    ['what Perplexity has read', 'openai', openaiAnswer({}, { citations: [URL] })],
    [
      'what Perplexity has read, with titles',
      'openai',
      openaiAnswer({}, { citations: [URL], search_results: [{ url: URL, title: 'X' }] }),
    ],
  ])('are cited: %s', (_what, provider, answer) => {
    const { json, summary } = answered('anthropic', provider, answer);

    expect(json['content']).toMatchObject([{ text: 'hi', citations: [{ url: URL }] }]);
    expect(lostIn(summary)).toEqual([]);
    expect(lostIn(answered('completions', provider, answer).summary)).toEqual(['answer.citations']);
  });

  test('that chunks repeat are cited once', () => {
    const chunk = { ...openaiAnswer({}), citations: [URL] };
    const pieces = ['a', 'b'].map((content) => {
      const choices = [
        { index: 0, delta: { content }, finish_reason: content === 'b' ? 'stop' : null },
      ];
      return Buffer.from(`data: ${JSON.stringify({ ...chunk, choices })}\n\n`);
    });

    const { text } = streamed('anthropic', 'openai', pieces);

    expect(text.match(/citations_delta/g)).toHaveLength(1);
  });
});

test.each<[string, ClientDialectName, DialectName, object, string]>([
  [
    'what Anthropic’s own tools did',
    'openai',
    'anthropic',
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }],
      stop_reason: 'end_turn',
    },
    'server_tools',
  ],
  [
    'code that Google ran',
    'openai',
    'gemini',
    geminiAnswer([{ executableCode: { code: '1' } }]),
    'server_tools',
  ],
  [
    'speech',
    'openai',
    'gemini',
    geminiAnswer([{ inlineData: { mimeType: 'audio/L16', data: 'AA==' } }]),
    'audio',
  ],
  [
    'speech of OpenAI',
    'gemini',
    'openai',
    openaiAnswer({ audio: { id: 'a', data: 'AA==' } }),
    'audio',
  ],
  [
    'what OpenAI’s own tools did',
    'gemini',
    'responses',
    { status: 'completed', output: [{ type: 'web_search_call', id: 'w' }] },
    'server_tools',
  ],
  [
    'likelihoods that nobody can be told',
    'anthropic',
    'ollama',
    { message: { content: 'hi' }, logprobs: [{ token: 'hi', logprob: -1 }], done: true },
    'logprobs',
  ],
  ['thoughts', 'completions', 'openai', openaiAnswer({ reasoning_content: 'Hm.' }), 'reasoning'],
])('a loss is named where the client has no place for it: %s', (_what, to, from, body, part) => {
  expect(lostIn(answered(to, from, body).summary)).toEqual([`answer.${part}`]);
});
