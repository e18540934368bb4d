import type { ClientDialectName, DialectName } from '../../src/dialects/dialect.js';
import { answered, eventsIn, streamed, translated } from '../support/translated.js';
import { CLIENTS, geminiAnswer, lostIn, openaiAnswer } from './odd-parts.js';

const PIXEL = 'iVBORw0KGgo=';
/** Providers' answers with an image. */
const IMAGE_ANSWERS: readonly [DialectName, object][] = [
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
const EXPECTED: Readonly<Record<ClientDialectName, object | null>> = {
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

describe.each(IMAGE_ANSWERS)('image from a model of %s', (provider, answer) => {
  test.each(CLIENTS.filter((client) => client !== (provider as string)))(
    'reaches a client of %s or is reported as dropped',
    (client) => {
      const { json, summary } = answered(client, provider, answer);

      expect(lostIn(summary)).toEqual(EXPECTED[client] === null ? ['answer.images'] : []);
      expect(json).toMatchObject(EXPECTED[client] ?? {});
    },
  );
});

test('an image is streamed, and sent back with the next request', () => {
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

describe('citations', () => {
  const URL = 'https://a.example/x';

  test.each<[string, DialectName, object]>([
    [
      'Gemini citationSources',
      'gemini',
      geminiAnswer([{ text: 'hi' }], { citationMetadata: { citationSources: [{ uri: URL }] } }),
    ],
    [
      'Vertex citations',
      'gemini',
      geminiAnswer([{ text: 'hi' }], {
        citationMetadata: { citations: [{ uri: URL, title: 'X' }] },
      }),
    ],
    [
      'Google Maps grounding',
      'gemini',
      geminiAnswer([{ text: 'hi' }], {
        groundingMetadata: { groundingChunks: [{ maps: { uri: URL, title: 'X' } }] },
      }),
    ],
    ['Perplexity citations', 'openai', openaiAnswer({}, { citations: [URL] })],
    [
      'Perplexity citations with search results',
      'openai',
      openaiAnswer({}, { citations: [URL], search_results: [{ url: URL, title: 'X' }] }),
    ],
  ])(
    'reach Anthropic clients and are reported as dropped for completions: %s',
    (_what, provider, answer) => {
      const { json, summary } = answered('anthropic', provider, answer);

      expect(json['content']).toMatchObject([{ text: 'hi', citations: [{ url: URL }] }]);
      expect(lostIn(summary)).toEqual([]);
      expect(lostIn(answered('completions', provider, answer).summary)).toEqual([
        'answer.citations',
      ]);
    },
  );

  test('are sent once if chunks repeat them', () => {
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
    'Anthropic server tools',
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
    'Gemini code execution',
    'openai',
    'gemini',
    geminiAnswer([{ executableCode: { code: '1' } }]),
    'server_tools',
  ],
  [
    'Gemini audio',
    'openai',
    'gemini',
    geminiAnswer([{ inlineData: { mimeType: 'audio/L16', data: 'AA==' } }]),
    'audio',
  ],
  ['OpenAI audio', 'gemini', 'openai', openaiAnswer({ audio: { id: 'a', data: 'AA==' } }), 'audio'],
  [
    'OpenAI web search',
    'gemini',
    'responses',
    { status: 'completed', output: [{ type: 'web_search_call', id: 'w' }] },
    'server_tools',
  ],
  [
    'log probabilities of Ollama',
    'anthropic',
    'ollama',
    { message: { content: 'hi' }, logprobs: [{ token: 'hi', logprob: -1 }], done: true },
    'logprobs',
  ],
  ['reasoning', 'completions', 'openai', openaiAnswer({ reasoning_content: 'Hm.' }), 'reasoning'],
])(
  'an answer part without an equivalent is reported as dropped: %s',
  (_what, to, from, body, part) => {
    expect(lostIn(answered(to, from, body).summary)).toEqual([`answer.${part}`]);
  },
);
