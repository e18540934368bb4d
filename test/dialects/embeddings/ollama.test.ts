import { embeddingAdapter } from '../../../src/dialects/embeddings/embeddings.js';
import { openAiEmbeddings } from '../../../src/dialects/embeddings/openai.js';

const bytes = (body: unknown) => Buffer.from(JSON.stringify(body));

describe('Ollama embeddings', () => {
  const target = { model: 'nomic', provider: 'ollama', renames: {}, trusted: false } as const;
  const passage = embeddingAdapter(openAiEmbeddings, 'ollama');
  const request = openAiEmbeddings.readRequest(
    bytes({ model: 'x', input: ['a'], dimensions: 8, user: 'u', keep_alive: '1h' }),
  );
  const read = (body: object) =>
    passage.readAnswers(
      [{ body: bytes(body), header: () => undefined }],
      request,
      { ...target, onLoss: 'drop' },
      { model: 'ollama/nomic', inputTokens: 9 },
    );

  test('use the request format of Ollama', () => {
    const { requests, dropped } = passage.prepareRequests(request, { ...target, onLoss: 'drop' });

    expect(
      requests.map(({ path, body }) => [path, JSON.parse(body.toString()) as unknown]),
    ).toEqual([
      [
        '/api/embed',
        { model: 'nomic', input: ['a'], truncate: false, dimensions: 8, keep_alive: '1h' },
      ],
    ]);
    expect(dropped.map(({ field }) => field)).toEqual(['user']);
  });

  test('are read with their token count, or rejected', () => {
    const { body, inputTokens } = read({ embeddings: [[1]], prompt_eval_count: 4 });

    expect(JSON.parse(body.toString())).toMatchObject({ data: [{ embedding: [1] }] });
    expect(inputTokens).toBe(4);
    expect(() => read({ error: 'input length exceeds' })).toThrow('input length exceeds');
    expect(() => read({})).toThrow('no vectors');
  });
});
