import { fc } from '../../support/fast-check.js';
import type {
  EmbeddingClient,
  EmbeddingTarget,
} from '../../../src/dialects/embeddings/embedding.js';
import { embeddingAdapter } from '../../../src/dialects/embeddings/embeddings.js';
import { geminiEmbeddingsAt } from '../../../src/dialects/embeddings/gemini.js';
import { openAiEmbeddings } from '../../../src/dialects/embeddings/openai.js';
import { asBase64, asNumbers } from '../../../src/dialects/embeddings/vector-bytes.js';

const TARGET: EmbeddingTarget = {
  model: 'vec-there',
  provider: 'acme',
  renames: {},
  onLoss: 'drop',
  trusted: false,
};
const DEFAULTS = { model: 'acme/vec', inputTokens: 7 };
const gemini = geminiEmbeddingsAt('vec', 'batchEmbedContents');
const geminiOne = geminiEmbeddingsAt('vec', 'embedContent');

const bytes = (body: unknown) =>
  Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

function asked(client: EmbeddingClient, to: 'openai' | 'gemini', body: unknown, target = {}) {
  const request = client.readRequest(bytes(body));
  const { requests, dropped } = embeddingAdapter(client, to).prepareRequests(request, {
    ...TARGET,
    ...target,
  });
  const [first] = requests;
  return {
    path: first?.path,
    text: String(first?.body),
    dropped: dropped.map(({ field }) => field),
  };
}

function answered(
  client: EmbeddingClient,
  from: 'openai' | 'gemini',
  body: unknown,
  { request = {}, trusted = false }: { request?: object; trusted?: boolean } = {},
) {
  const contents = { requests: [{ content: { parts: [{ text: 'a' }] } }] };
  const plain = client.name === 'openai' ? { model: 'vec', input: 'a' } : contents;
  const read = client.readRequest(bytes({ ...plain, ...request }));
  const target = { ...TARGET, trusted };
  const answers = [{ body: bytes(body), header: () => undefined }];
  const passed = embeddingAdapter(client, from).readAnswers(answers, read, target, DEFAULTS);
  return { ...passed, json: JSON.parse(passed.body.toString()) as unknown };
}

describe('embeddings request', () => {
  test('is unchanged within one dialect but for the model and renamed members', () => {
    const body = `{"model" : "acme/vec","input":"caf\\u00e9", "dimensions":8,"user":"u","future":1}`;

    const plain = asked(openAiEmbeddings, 'openai', body);
    const renamed = asked(openAiEmbeddings, 'openai', body, {
      renames: { dimensions: 'output_dimension', user: null },
    });

    expect(plain).toEqual({
      path: '/embeddings',
      text: body.replace('acme/vec', 'vec-there'),
      dropped: [],
    });
    expect(renamed.text).toBe(
      `{"model" : "vec-there","input":"caf\\u00e9", "output_dimension":8,"future":1}`,
    );
  });

  test('becomes a batch request for Gemini', () => {
    const { path, text, dropped } = asked(openAiEmbeddings, 'gemini', {
      model: 'x',
      input: ['a', 'b'],
      dimensions: 8,
      user: 'u',
    });

    const one = (said: string) => ({
      model: 'models/vec-there',
      content: { parts: [{ text: said }] },
      outputDimensionality: 8,
    });
    expect(path).toBe('/models/vec-there:batchEmbedContents');
    expect(JSON.parse(text)).toEqual({ requests: [one('a'), one('b')] });
    expect(dropped).toEqual(['user']);
  });

  test('of a Gemini client becomes one list of texts for OpenAI', () => {
    const requests = [
      { model: 'models/vec', content: { parts: [{ text: 'a' }, { text: 'b' }] }, title: 'T' },
      { content: { parts: { text: 'c' } }, output_dimensionality: 8, task_type: 'X' },
    ];

    const batch = asked(gemini, 'openai', { requests });
    const one = asked(geminiOne, 'openai', requests[1]);

    expect(JSON.parse(batch.text)).toEqual({
      model: 'vec-there',
      input: ['a\nb', 'c'],
      encoding_format: 'float',
    });
    expect(batch.dropped).toEqual(['requests[0].title', 'requests[1].taskType']);
    expect(JSON.parse(one.text)).toMatchObject({ input: ['c'], dimensions: 8 });
    expect(one.dropped).toEqual(['taskType']);
  });

  test('of a Gemini client names the provider’s model for Gemini', () => {
    const content = { parts: [{ text: 'a' }] };

    const batch = asked(gemini, 'gemini', { requests: [{ model: 'models/vec', content, x: 1 }] });
    const one = asked(
      geminiOne,
      'gemini',
      `{"model" : "models/vec","content":{"parts":[{"text":"a"}]}}`,
    );

    expect(JSON.parse(batch.text)).toEqual({
      requests: [{ model: 'models/vec-there', content, x: 1 }],
    });
    expect(one).toMatchObject({
      path: '/models/vec-there:embedContent',
      text: `{"model" : "models/vec-there","content":{"parts":[{"text":"a"}]}}`,
    });
  });

  test.each([
    [{ input: 'a' }, 'model'],
    [{ model: 'x' }, 'input'],
    [{ model: 'x', input: [] }, 'input'],
    [{ model: 'x', input: [1, 'a'] }, 'input[0]'],
    [{ model: 'x', input: ['a', {}] }, 'input[1]'],
    [{ model: 'x', input: 'a', dimensions: 0 }, 'dimensions'],
    [{ model: 'x', input: 'a', encoding_format: 'int8' }, 'encoding_format'],
  ])('is rejected with the faulty field named: %j', (body, param) => {
    expect(() => openAiEmbeddings.readRequest(bytes(body))).toThrow(
      expect.objectContaining({ code: 'invalid_request', param }),
    );
  });

  test.each([
    [{ requests: [] }, 'requests'],
    [{ requests: [{ content: {} }] }, 'requests[0].content.parts'],
    [{ requests: [{ content: { parts: [{ inlineData: {} }] } }] }, 'requests[0].content.parts'],
  ])('of a Gemini client is rejected with the faulty field named: %j', (body, param) => {
    expect(() => gemini.readRequest(bytes(body))).toThrow(
      expect.objectContaining({ code: 'invalid_request', param }),
    );
  });

  test('can have token ids, but not for Gemini', () => {
    const one = openAiEmbeddings.readRequest(bytes({ model: 'x', input: [1, 2] }));
    const two = openAiEmbeddings.readRequest(bytes({ model: 'x', input: [[1], [2, 3]] }));

    expect([one.inputs, two.inputs]).toEqual([[[1, 2]], [[1], [2, 3]]]);
    expect(() => asked(openAiEmbeddings, 'gemini', { model: 'x', input: [1] })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'input[0]' }),
    );
  });

  test('is rejected for a dialect without embeddings', () => {
    expect(() => embeddingAdapter(openAiEmbeddings, 'anthropic')).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'model' }),
    );
  });
});

describe('embeddings answer', () => {
  const list = (data: object[], more = {}) => ({ object: 'list', data, ...more });
  const usage = { prompt_tokens: 3, total_tokens: 3 };

  test('of a trusted provider is passed on byte for byte', () => {
    const body = `{ "data" : [ {"embedding":"AACAPw=="} ], "usage":{"prompt_tokens": 3} }`;

    const { body: out, inputTokens } = answered(openAiEmbeddings, 'openai', body, {
      trusted: true,
    });

    expect([out.toString(), inputTokens]).toEqual([body, 3]);
    const without = answered(openAiEmbeddings, 'openai', '{"data":[]}', { trusted: true });
    expect(without.inputTokens).toBeNull();
  });

  test('of other providers is put in order and completed to OpenAI’s format', () => {
    const data = [
      { embedding: [2, 0], index: 1 },
      { embedding: [1, 0], index: 0 },
    ];

    const { json, inputTokens } = answered(
      openAiEmbeddings,
      'openai',
      { data, own: 1 },
      { request: { input: ['a', 'b'] } },
    );

    expect(json).toEqual({
      own: 1,
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1, 0] },
        { object: 'embedding', index: 1, embedding: [2, 0] },
      ],
      model: 'acme/vec',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
    expect(inputTokens).toBeNull();
  });

  test('has the requested encoding, whatever the provider sends', () => {
    const numbers = list([{ embedding: [1, -2.5] }], { model: 'm', usage });
    const text = list([{ embedding: 'AACAPwAAIMA=' }], { model: 'm', usage });
    const base64 = { request: { encoding_format: 'base64' } };

    const asText = answered(openAiEmbeddings, 'openai', numbers, base64);
    const asList = answered(openAiEmbeddings, 'openai', text);

    expect(asText.json).toMatchObject({ data: [{ embedding: 'AACAPwAAIMA=' }], model: 'm', usage });
    expect(asList.json).toMatchObject({ data: [{ embedding: [1, -2.5] }] });
  });

  test('is translated between Gemini and OpenAI in both directions', () => {
    const two = { embeddings: [{ values: [1] }, { values: [2] }] };
    const fromGemini = answered(openAiEmbeddings, 'gemini', two, {
      request: { input: ['a', 'b'] },
    });
    const toGemini = answered(gemini, 'openai', list([{ embedding: [1] }], { usage }));

    expect(fromGemini.json).toMatchObject({ data: [{ embedding: [1] }, { embedding: [2] }] });
    expect(toGemini.json).toEqual({
      embeddings: [{ values: [1] }],
      usageMetadata: { promptTokenCount: 3 },
    });
  });

  test('of Gemini reaches a Gemini client unchanged', () => {
    const body = { embedding: { values: [1] }, usageMetadata: { promptTokenCount: 2 } };

    expect(answered(gemini, 'gemini', body)).toMatchObject({ json: body, inputTokens: 2 });
  });

  test('has a single embedding for embedContent', () => {
    const request = geminiOne.readRequest(bytes({ content: { parts: [{ text: 'a' }] } }));
    const answer = { vectors: [[1]], model: null, inputTokens: null };

    expect(JSON.parse(geminiOne.writeAnswer(answer, request, DEFAULTS).toString())).toEqual({
      embedding: { values: [1] },
    });
  });

  test.each([
    ['openai', {}],
    ['openai', { data: [{ embedding: { x: 1 } }] }],
    ['openai', { error: { message: 'no' } }],
    ['gemini', {}],
    ['gemini', { embeddings: [{ values: 'x' }] }],
    ['gemini', { error: { message: 'no', code: 500 } }],
  ] as const)('without vectors is an error: %s, %j', (from, body) => {
    expect(() => answered(openAiEmbeddings, from, body)).toThrow(
      expect.objectContaining({ code: 'upstream_failed' }),
    );
  });

  test.each([
    [openAiEmbeddings, 'openai', { data: [{ embedding: [1], index: 1 }] }, { input: ['a', 'b'] }],
    [openAiEmbeddings, 'gemini', { embeddings: [{ values: [1] }] }, { input: ['a', 'b'] }],
    [openAiEmbeddings, 'openai', { data: [{ embedding: [1] }, { embedding: [2] }] }, {}],
    [gemini, 'gemini', { embeddings: [{ values: [1] }, { values: [2] }] }, {}],
  ] as const)('must have one vector per input (case %#)', (client, from, body, request) => {
    expect(() => answered(client, from, body, { request })).toThrow(
      expect.objectContaining({
        code: 'upstream_failed',
        message: expect.stringMatching(/^The provider sent [12] vectors? for [12] inputs?\.$/u),
      }),
    );
  });

  test('survives a base64 round trip', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true })), (vector) => {
        expect(asNumbers(asBase64(vector))).toEqual(vector);
      }),
    );
  });
});
