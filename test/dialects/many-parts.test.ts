import type { JsonObject } from '../../src/dialects/json.js';
import { readNeutral as readGemini } from '../../src/dialects/gemini/neutral-request.js';
import { readNeutral as readResponses } from '../../src/dialects/responses/neutral-request.js';
import { translated } from '../support/translated.js';

const COUNT = 30_000;

const many = <T>(make: (i: number) => T): T[] => Array.from({ length: COUNT }, (_, i) => make(i));

const ITEMS: JsonObject = {
  model: 'm',
  input: [
    ...many((i) => ({ type: 'function_call', call_id: `c${i}`, name: 'f', arguments: '{}' })),
    ...many((i) => ({ type: 'function_call_output', call_id: `c${i}`, output: 'x' })),
  ],
};

/** Answered last to first, so that no call is found at once. */
const CONTENTS: JsonObject = {
  contents: [
    ...many((i) => ({ role: 'model', parts: [{ functionCall: { name: `f${i}`, args: {} } }] })),
    {
      role: 'user',
      parts: many((i) => ({ functionResponse: { name: `f${COUNT - 1 - i}`, response: {} } })),
    },
  ],
};

// One request of a few megabytes must not keep all others waiting.
test.each([
  ['items of the Responses API', () => readResponses(ITEMS)],
  ['contents of Gemini', () => readGemini(CONTENTS, false)],
])('reads %s in time proportional to them', (_what, read) => {
  const before = process.cpuUsage();
  const { turns } = read();
  const { user, system } = process.cpuUsage(before);

  expect(turns.map(({ role, parts }) => [role, parts.length])).toEqual([
    ['assistant', COUNT],
    ['tool', COUNT],
  ]);
  // Of the processor, as other work must not count: a tenth of a second. Quadratic time would be many seconds.
  expect(user + system).toBeLessThan(2_000_000);
});

/** Both are the user's to Anthropic and Bedrock, where results come first. */
const TALK: JsonObject = {
  model: 'm',
  messages: many((i) =>
    i % 2 === 0
      ? { role: 'tool', tool_call_id: `c${i}`, content: 'x' }
      : { role: 'user', content: `u${i}` },
  ),
};

test.each(['anthropic', 'bedrock'] as const)(
  'joins turns for %s in time proportional to them',
  (provider) => {
    const before = process.cpuUsage();
    const { json } = translated('openai', provider, TALK);
    const { user, system } = process.cpuUsage(before);

    const [message] = json['messages'] as { role: string; content: JsonObject[] }[];
    const kinds = message?.content.map((block) => block['text'] ?? 'result');
    expect(kinds?.indexOf('u1')).toBe(COUNT / 2);
    expect(kinds).toHaveLength(COUNT);
    expect(user + system).toBeLessThan(2_000_000);
  },
);

// More than a call takes arguments.
test.each(['anthropic', 'bedrock', 'gemini'] as const)('says 150,000 parts to %s', (provider) => {
  const content = Array.from({ length: 150_000 }, () => ({ type: 'text', text: 'a' }));
  const messages = ['user', 'user'].map((role) => ({ role, content }));
  const { json } = translated('openai', provider, { model: 'm', messages });

  const [said] = (json['messages'] ?? json['contents']) as Record<string, unknown[]>[];
  expect(said?.['content'] ?? said?.['parts']).toHaveLength(300_000);
});

test('names documents for Bedrock in time proportional to them', () => {
  const content = many(() => ({
    type: 'document',
    title: 'a',
    source: { type: 'text', media_type: 'text/plain', data: 'x' },
  }));
  const before = process.cpuUsage();
  const request = { model: 'm', max_tokens: 5, messages: [{ role: 'user', content }] };
  const { json } = translated('anthropic', 'bedrock', request);
  const { user, system } = process.cpuUsage(before);

  const [message] = json['messages'] as { content: { document?: { name: string } }[] }[];
  const names = message?.content.flatMap(({ document }) => document?.name ?? []);
  expect(names?.slice(0, 2)).toEqual(['a', 'a 2']);
  expect(new Set(names).size).toBe(COUNT);
  expect(user + system).toBeLessThan(2_000_000);
});
