import type { JsonObject } from '../../src/dialects/json.js';
import { readNeutral as readGemini } from '../../src/dialects/gemini/neutral-request.js';
import { readNeutral as readResponses } from '../../src/dialects/responses/neutral-request.js';
import { growthOf } from '../support/growth.js';
import { translated } from '../support/translated.js';

// One request of a few megabytes must not keep all others waiting.
const SIZES = { small: 500, large: 10_000 };
const COUNT = SIZES.large;

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const itemsOf = (count: number): JsonObject => ({
  model: 'm',
  input: [
    ...many(count, (i) => ({
      type: 'function_call',
      call_id: `c${i}`,
      name: 'f',
      arguments: '{}',
    })),
    ...many(count, (i) => ({ type: 'function_call_output', call_id: `c${i}`, output: 'x' })),
  ],
});

/** Answered last to first, so that no call is found at once. */
const contentsOf = (count: number): JsonObject => ({
  contents: [
    ...many(count, (i) => ({
      role: 'model',
      parts: [{ functionCall: { name: `f${i}`, args: {} } }],
    })),
    {
      role: 'user',
      parts: many(count, (i) => ({
        functionResponse: { name: `f${count - 1 - i}`, response: {} },
      })),
    },
  ],
});

describe('request with many parts', () => {
  test.each([
    ['items of the Responses API', itemsOf, readResponses],
    ['contents of Gemini', contentsOf, (json: JsonObject) => readGemini(json, false)],
  ])('is read in linear time: %s', async (_what, make, read) => {
    const { turns } = read(make(COUNT));

    expect(turns.map(({ role, parts }) => [role, parts.length])).toEqual([
      ['assistant', COUNT],
      ['tool', COUNT],
    ]);
    expect(await growthOf(make, read, SIZES)).toBeLessThan(120);
  });

  /** For Anthropic and Bedrock both are user content, with results first. */
  const talkOf = (count: number): JsonObject => ({
    model: 'm',
    messages: many(count, (i) =>
      i % 2 === 0
        ? { role: 'tool', tool_call_id: `c${i}`, content: 'x' }
        : { role: 'user', content: `u${i}` },
    ),
  });

  test.each(['anthropic', 'bedrock'] as const)(
    'has its turns joined for %s in linear time',
    async (provider) => {
      const translate = (talk: JsonObject) => translated('openai', provider, talk);

      const { json } = translate(talkOf(COUNT));

      const [message] = json['messages'] as { role: string; content: JsonObject[] }[];
      const kinds = message?.content.map((block) => block['text'] ?? 'result');
      expect(kinds?.indexOf('u1')).toBe(COUNT / 2);
      expect(kinds).toHaveLength(COUNT);
      expect(await growthOf(talkOf, translate, SIZES)).toBeLessThan(120);
    },
  );

  // More than a function call accepts as arguments.
  test.each(['anthropic', 'bedrock', 'gemini'] as const)(
    'can have 150,000 parts for %s',
    (provider) => {
      const content = Array.from({ length: 150_000 }, () => ({ type: 'text', text: 'a' }));
      const messages = [content.slice(0, 1), content].map((said) => ({
        role: 'user',
        content: said,
      }));
      const { json } = translated('openai', provider, { model: 'm', messages });

      const [said] = (json['messages'] ?? json['contents']) as Record<string, unknown[]>[];
      expect(said?.['content'] ?? said?.['parts']).toHaveLength(150_001);
    },
  );

  test('has its documents named for Bedrock in linear time', async () => {
    const requestOf = (count: number): JsonObject => {
      const content = many(count, () => ({
        type: 'document',
        title: 'a',
        source: { type: 'text', media_type: 'text/plain', data: 'x' },
      }));
      return { model: 'm', max_tokens: 5, messages: [{ role: 'user', content }] };
    };
    const translate = (request: JsonObject) => translated('anthropic', 'bedrock', request);

    const { json } = translate(requestOf(COUNT));

    const [message] = json['messages'] as { content: { document?: { name: string } }[] }[];
    const names = message?.content.flatMap(({ document }) => document?.name ?? []);
    expect(names?.slice(0, 2)).toEqual(['a', 'a 2']);
    expect(new Set(names).size).toBe(COUNT);
    expect(await growthOf(requestOf, translate, SIZES)).toBeLessThan(120);
  });
});
