import type { ClientDialectName, DialectName } from '../../src/dialects/dialect.js';
import { answered, eventsIn, streamed, translated } from '../support/translated.js';

const PIXEL = 'iVBORw0KGgo=';
const CLIENTS: readonly ClientDialectName[] = [
  'openai',
  'anthropic',
  'gemini',
  'responses',
  'completions',
];

const openaiAnswer = (message: object, more: object = {}) => ({
  id: 'c1',
  model: 'm',
  created: 1,
  choices: [
    { index: 0, message: { role: 'assistant', content: 'hi', ...message }, finish_reason: 'stop' },
  ],
  ...more,
});

const geminiAnswer = (parts: readonly object[], more: object = {}, usage: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0, ...more }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5, ...usage },
});

/** Answers of providers with a picture in them. */
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

/** What shows a picture in each client's dialect; `null` where nothing does. */
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

const lostIn = (summary: { lost?: readonly { field: string }[] }): readonly string[] =>
  (summary.lost ?? []).map(({ field }) => field);

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

/** Answers that tell what they were served as: `default`, in the provider's words. */
const SERVED: readonly [DialectName, object][] = [
  ['openai', openaiAnswer({}, { service_tier: 'default' })],
  ['openai', openaiAnswer({}, { service_tier: 'on_demand' })],
  [
    'anthropic',
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'hi' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 5, service_tier: 'standard' },
    },
  ],
  ['gemini', geminiAnswer([{ text: 'hi' }], {}, { serviceTier: 'standard' })],
  [
    'responses',
    {
      id: 'resp_1',
      status: 'completed',
      service_tier: 'default',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'hi' }] }],
    },
  ],
  [
    'bedrock',
    {
      output: { message: { content: [{ text: 'hi' }] } },
      stopReason: 'end_turn',
      serviceTier: { type: 'default' },
    },
  ],
];

const TIER: Readonly<Record<ClientDialectName, object>> = {
  openai: { service_tier: 'default' },
  completions: { service_tier: 'default' },
  responses: { service_tier: 'default' },
  anthropic: { usage: { service_tier: 'standard' } },
  gemini: { usageMetadata: { serviceTier: 'standard' } },
};

describe.each(SERVED)('the service tier of an answer from %s', (provider, answer) => {
  test.each(CLIENTS.filter((client) => client !== (provider as string)))('reaches %s', (client) => {
    const { json, summary } = answered(client, provider, answer);

    expect(json).toMatchObject(TIER[client]);
    expect(lostIn(summary)).toEqual([]);
  });
});

test.each([
  ['reserved', 'openai', 'anthropic'],
  ['flex', 'openai', 'anthropic'],
] as const)('a service tier without a word for it (%s) is said to be lost', (tier, from, to) => {
  const { summary } = answered(to, from, openaiAnswer({}, { service_tier: tier }));

  expect(lostIn(summary)).toEqual(['answer.service_tier']);
});

test('the service tier is in the stream of a client, in chunks and in the end of a message', () => {
  const chunk = openaiAnswer({}, { service_tier: 'priority' });
  const delta = {
    ...chunk,
    choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: 'stop' }],
  };
  const sent = [Buffer.from(`data: ${JSON.stringify(delta)}\n\ndata: [DONE]\n\n`)];
  const message = [
    {
      type: 'message_start',
      message: { id: 'a', usage: { input_tokens: 1, service_tier: 'priority' } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'hi' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ].map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`));

  const toAnthropic = eventsIn(streamed('anthropic', 'openai', sent).text);
  const toOpenai = eventsIn(streamed('openai', 'anthropic', message).text);

  expect(toAnthropic.at(-2)).toMatchObject({ usage: { service_tier: 'priority' } });
  expect(toOpenai.map(({ service_tier: tier }) => tier)).toEqual(toOpenai.map(() => 'priority'));
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
