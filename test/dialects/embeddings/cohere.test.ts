import { embeddingAdapter } from '../../../src/dialects/embeddings/embeddings.js';
import { openAiEmbeddings } from '../../../src/dialects/embeddings/openai.js';

const TARGET = {
  model: 'embed-v4.0',
  provider: 'cohere',
  renames: {},
  onLoss: 'drop',
  trusted: false,
} as const;
const passage = embeddingAdapter(openAiEmbeddings, 'cohere');
const bytes = (body: unknown) => Buffer.from(JSON.stringify(body));
const read = (more: object = {}) =>
  openAiEmbeddings.readRequest(bytes({ model: 'x', input: ['a', 'b'], ...more }));
const asked = (more: object = {}) => {
  const { requests, dropped } = passage.prepareRequests(read(more), TARGET);
  const [first] = requests;
  return { path: first?.path, json: JSON.parse(String(first?.body)) as unknown, dropped };
};
const answered = (answer: unknown) =>
  passage.readAnswers([{ body: bytes(answer), header: () => undefined }], read(), TARGET, DEFAULTS);
const DEFAULTS = { model: 'cohere/embed', inputTokens: 9 };

describe('Cohere embeddings for an OpenAI client', () => {
  test('use the request format of Cohere', () => {
    expect(asked({ dimensions: 8 })).toEqual({
      path: '/embed',
      json: {
        model: 'embed-v4.0',
        texts: ['a', 'b'],
        input_type: 'search_document',
        embedding_types: ['float'],
        output_dimension: 8,
      },
      dropped: [],
    });
  });

  test('keep input_type, report unknown members as dropped and reject token ids', () => {
    const { json, dropped } = asked({ input_type: 'search_query', future: 1 });

    expect(json).toMatchObject({ input_type: 'search_query' });
    expect(dropped.map(({ field }) => field)).toEqual(['future']);
    expect(() => asked({ input: [[1, 2]] })).toThrow('consists of token ids');
  });

  test('are returned in OpenAI’s format with their token count', () => {
    const answer = {
      embeddings: {
        float: [
          [1, 2],
          [3, 4],
        ],
      },
      meta: { billed_units: { input_tokens: 5 } },
    };

    const { body, inputTokens } = answered(answer);

    expect(inputTokens).toBe(5);
    expect(JSON.parse(body.toString())).toMatchObject({
      data: [{ embedding: [1, 2] }, { embedding: [3, 4] }],
      usage: { prompt_tokens: 5 },
    });
  });

  test.each([
    ['an error', { message: 'invalid model' }, 'invalid model'],
    ['missing vectors', { embeddings: {} }, 'no vectors'],
    ['vectors that are not numbers', { embeddings: { float: ['a'] } }, 'not consist of numbers'],
  ])('are rejected for %s', (_what, answer, said) => {
    expect(() => answered(answer)).toThrow(said);
  });
});
