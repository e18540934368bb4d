import {
  embeddingAdapter,
  type EmbeddingFormat,
} from '../../../src/dialects/embeddings/embeddings.js';
import type { EmbeddingRequest } from '../../../src/dialects/embeddings/embedding.js';
import { geminiEmbeddingsAt } from '../../../src/dialects/embeddings/gemini.js';
import { openAiEmbeddings } from '../../../src/dialects/embeddings/openai.js';
import { growthOf } from '../../support/growth.js';

const bytes = (body: unknown) => Buffer.from(JSON.stringify(body));
const DEFAULTS = { model: 'cloud/vec', inputTokens: 9 };
const target = (model: string) =>
  ({ model, provider: 'cloud', renames: {}, onLoss: 'drop', trusted: false }) as const;

function asked(form: EmbeddingFormat, model: string, input: unknown, more: object = {}) {
  const request = openAiEmbeddings.readRequest(bytes({ model: 'x', input, ...more }));
  const { requests, dropped } = embeddingAdapter(openAiEmbeddings, form).prepareRequests(
    request,
    target(model),
  );
  return {
    paths: requests.map(({ path }) => path),
    bodies: requests.map(({ body }) => JSON.parse(body.toString()) as unknown),
    dropped: dropped.map(({ field }) => field),
  };
}

function answered(
  form: EmbeddingFormat,
  answers: readonly { body: unknown; tokens?: string }[],
  input: readonly string[],
) {
  const request = openAiEmbeddings.readRequest(bytes({ model: 'x', input }));
  const read = embeddingAdapter(openAiEmbeddings, form).readAnswers(
    answers.map(({ body, tokens }) => ({
      body: bytes(body),
      header: (name) => (name === 'x-amzn-bedrock-input-token-count' ? tokens : undefined),
    })),
    request,
    target('m'),
    DEFAULTS,
  );
  const json = JSON.parse(read.body.toString()) as { data: { embedding: number[] }[] };
  return { vectors: json.data.map(({ embedding }) => embedding), inputTokens: read.inputTokens };
}

const INVOKE = '/model/amazon.titan-embed-text-v2%3A0/invoke';

describe('Bedrock embeddings', () => {
  test('send one request per text to Titan', () => {
    const { paths, bodies } = asked('bedrock', 'amazon.titan-embed-text-v2:0', ['a', 'b'], {
      dimensions: 256,
    });

    expect(paths).toEqual([INVOKE, INVOKE]);
    expect(bodies).toEqual([
      { inputText: 'a', dimensions: 256 },
      { inputText: 'b', dimensions: 256 },
    ]);
  });

  test('translate a request in linear time in the number of texts', async () => {
    const textsOf = (count: number) => Array<string>(count).fill('a');
    const hint = { input_type: 'query', vendor_hint: 1 };
    const ask = (texts: string[]) => asked('bedrock', 'amazon.titan-embed-text-v2:0', texts, hint);

    const { paths, dropped } = ask(textsOf(10_000));

    expect(paths).toHaveLength(10_000);
    expect(dropped).toEqual(['input_type', 'vendor_hint']);
    expect(await growthOf(textsOf, ask, { small: 500, large: 10_000 })).toBeLessThan(120);
  });

  test('translate a request in linear time in the number of dropped members', async () => {
    const content = { parts: [{ text: 'a' }] };
    const client = geminiEmbeddingsAt('x', 'batchEmbedContents');
    const requestOf = (count: number) => {
      const requests = Array.from({ length: count }, () => ({ content, taskType: 'CLUSTERING' }));
      return client.readRequest(bytes({ requests }));
    };
    const ask = (request: EmbeddingRequest) =>
      embeddingAdapter(client, 'bedrock').prepareRequests(
        request,
        target('amazon.titan-embed-text-v2:0'),
      );

    const { requests: all, dropped } = ask(requestOf(10_000));

    expect(all).toHaveLength(10_000);
    expect(dropped).toHaveLength(10_000);
    expect(await growthOf(requestOf, ask, { small: 500, large: 10_000 })).toBeLessThan(120);
  });

  test.each([
    [
      'amazon.titan-embed-image-v1',
      { inputText: 'a', embeddingConfig: { outputEmbeddingLength: 256 } },
    ],
    [
      'us.amazon.nova-2-multimodal-embeddings-v1:0',
      {
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_INDEX',
          embeddingDimension: 256,
          text: { truncationMode: 'NONE', value: 'a' },
        },
      },
    ],
    [
      'us.cohere.embed-v4:0',
      {
        texts: ['a'],
        input_type: 'search_document',
        embedding_types: ['float'],
        output_dimension: 256,
      },
    ],
  ])('use the request format of %s', (model, body) => {
    expect(asked('bedrock', model, 'a', { dimensions: 256 }).bodies).toEqual([body]);
  });

  test.each([
    ['amazon.titan-embed-text-v1', { inputText: 'a' }, ['user', 'input_type', 'dimensions']],
    [
      'cohere.embed-multilingual-v3',
      { texts: ['a'], input_type: 'search_query', embedding_types: ['float'] },
      ['user', 'dimensions'],
    ],
  ])('report members that %s does not support as dropped', (model, body, lost) => {
    const wishes = { user: 'u', input_type: 'search_query', dimensions: 8 };

    const { bodies, dropped } = asked('bedrock', model, 'a', wishes);

    expect(bodies).toEqual([body]);
    expect(dropped).toEqual(lost);
  });

  test('split the texts over as many requests as needed', () => {
    const texts = Array.from({ length: 97 }, (_, i) => `t${i}`);

    const { bodies } = asked('bedrock', 'cohere.embed-v4:0', texts);

    expect(bodies).toMatchObject([{ texts: texts.slice(0, 96) }, { texts: ['t96'] }]);
  });

  test('reject unknown models and token ids', () => {
    expect(() => asked('bedrock', 'arn:aws:bedrock:x:1:provisioned-model/abc', 'a')).toThrow(
      'none of the supported families',
    );
    expect(() => asked('bedrock', 'amazon.titan-embed-text-v2:0', ['a', [1, 2]])).toThrow(
      'consists of token ids',
    );
  });

  test('return vectors in the order of the texts, with the total token count', () => {
    const one = (value: number, inputTextTokenCount: number) => ({
      body: { embedding: [value], inputTextTokenCount },
    });

    expect(answered('bedrock', [one(1, 3), one(2, 4)], ['a', 'b'])).toEqual({
      vectors: [[1], [2]],
      inputTokens: 7,
    });
  });

  test.each([
    ['as a list', { embeddings: [[1], [2]] }],
    ['by type', { embeddings: { float: [[1], [2]] } }],
    ['as objects', { embeddings: [{ embedding: [1] }, { embedding: [2] }] }],
  ])('read vectors %s, with the token count from the header', (_form, body) => {
    expect(answered('bedrock', [{ body, tokens: '5' }], ['a', 'b'])).toEqual({
      vectors: [[1], [2]],
      inputTokens: 5,
    });
  });

  test.each([
    ['an error', { message: 'no such model' }, 'no such model'],
    ['an answer without vectors', {}, 'no vectors'],
    ['too few vectors', { embeddings: [[1]] }, '1 vector for 2 inputs'],
  ])('reject %s', (_what, body, said) => {
    expect(() => answered('bedrock', [{ body }], ['a', 'b'])).toThrow(said);
  });

  test('have no token count if one of the answers lacks it', () => {
    const told = { body: { embedding: [1], inputTextTokenCount: 3 } };

    expect(answered('bedrock', [told, { body: { embedding: [2] } }], ['a', 'b'])).toMatchObject({
      inputTokens: null,
    });
  });
});

describe('Vertex embeddings', () => {
  test('use predict, with one text per request for Gemini models', () => {
    const { paths, bodies } = asked('vertex', 'gemini-embedding-001', ['a', 'b'], {
      dimensions: 8,
    });
    const parameters = { autoTruncate: false, outputDimensionality: 8 };

    expect(paths[0]).toBe('/models/gemini-embedding-001:predict');
    expect(bodies).toEqual([
      { instances: [{ content: 'a' }], parameters },
      { instances: [{ content: 'b' }], parameters },
    ]);
    expect(asked('vertex', 'text-embedding-005', ['a', 'b'], { user: 'u' })).toMatchObject({
      bodies: [{ instances: [{ content: 'a' }, { content: 'b' }] }],
      dropped: ['user'],
    });
  });

  test('are read with their token count, or rejected', () => {
    const prediction = (value: number) => ({
      embeddings: { values: [value], statistics: { token_count: 2 } },
    });

    expect(
      answered('vertex', [{ body: { predictions: [prediction(1), prediction(2)] } }], ['a', 'b']),
    ).toEqual({ vectors: [[1], [2]], inputTokens: 4 });
    expect(() => answered('vertex', [{ body: { error: { message: 'quota' } } }], ['a'])).toThrow(
      'quota',
    );
    expect(() => answered('vertex', [{ body: {} }], ['a'])).toThrow('no vectors');
  });

  test('reach Gemini clients', () => {
    const client = geminiEmbeddingsAt('vec', 'embedContent');
    const request = client.readRequest(bytes({ content: { parts: [{ text: 'a' }] } }));
    const passage = embeddingAdapter(client, 'vertex');
    const answer = { predictions: [{ embeddings: { values: [1] } }] };

    const { body } = passage.readAnswers(
      [{ body: bytes(answer), header: () => undefined }],
      request,
      target('gemini-embedding-001'),
      DEFAULTS,
    );

    expect(JSON.parse(body.toString())).toEqual({ embedding: { values: [1] } });
  });
});
