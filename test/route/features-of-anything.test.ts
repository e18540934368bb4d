import { codePoint, fc } from '../support/fast-check.js';
import type { Message } from '../../src/core/conversation.js';
import { FEATURE_NAMES } from '../../src/route/dense-features.js';
import { readFeatures } from '../../src/route/features.js';
import { EMPTY, message } from '../support/conversations.js';
import { growthOf } from '../support/growth.js';

describe('readFeatures, for any conversation', () => {
  const part = fc.oneof(
    fc.record({
      kind: fc.constantFrom('text' as const, 'tool_result' as const, 'refusal' as const),
      text: fc.string({ unit: codePoint, maxLength: 200 }),
    }),
    fc.record({ kind: fc.constantFrom('image' as const, 'audio' as const, 'file' as const) }),
    fc.record({
      kind: fc.constant('tool_call' as const),
      name: fc.string(),
      arguments: fc.string(),
    }),
  );
  const anyMessage = fc.record({
    role: fc.constantFrom(
      'system' as const,
      'user' as const,
      'assistant' as const,
      'tool' as const,
    ),
    parts: fc.array(part, { maxLength: 4 }),
  });

  test('returns finite numbers in range', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 8 }), (messages) => {
        const features = readFeatures({ ...EMPTY, messages });

        expect(features.dense).toHaveLength(FEATURE_NAMES.length);
        expect(features.dense.every((number) => number >= 0 && number <= 2)).toBe(true);
        expect(features.code).toBeGreaterThanOrEqual(0);
        expect(features.code).toBeLessThanOrEqual(1);
        expect(features.maths).toBeGreaterThanOrEqual(0);
        expect(features.maths).toBeLessThanOrEqual(1);
        expect(features.inputTokens).toBeGreaterThanOrEqual(1);
        expect(features.language).toMatch(/^[a-z]{2}$|^und$/);
      }),
    );
  });

  test('is deterministic', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 8 }), (messages) => {
        const request = { ...EMPTY, messages };

        expect(readFeatures(request)).toEqual(readFeatures(request));
      }),
    );
  });

  const repeated = (part: string) => (count: number) => [message('user', part.repeat(count))];

  test.each([
    { what: 'prose', messagesOf: repeated('lorem ipsum ') },
    { what: 'unclosed tags', messagesOf: repeated('<system-reminder>') },
    { what: 'closing tags', messagesOf: repeated('</system-reminder>') },
    { what: 'dollar signs', messagesOf: repeated('$') },
    { what: 'spaces', messagesOf: repeated(' ') },
    { what: 'brackets', messagesOf: repeated('([{<') },
    { what: 'lone surrogates', messagesOf: repeated('\udc00') },
    { what: 'digits and operators', messagesOf: repeated('1=1+') },
    {
      what: 'many messages',
      messagesOf: (count: number) =>
        Array.from({ length: count }, (_, i) => message('user', `turn ${i}`)),
    },
    {
      what: 'many parts',
      messagesOf: (count: number) => [
        message('user', ...Array.from({ length: count }, (_, i) => `part ${i}`)),
      ],
    },
    {
      what: 'many turns of boilerplate',
      messagesOf: (count: number) =>
        Array.from({ length: count }, () =>
          message('user', '<system-reminder>x</system-reminder>'),
        ),
    },
  ])('takes linear time for $what', async ({ messagesOf }) => {
    const sizes = { small: 5_000, large: 100_000 };
    const readAll = (messages: Message[]) => readFeatures({ ...EMPTY, messages });

    expect(readAll(messagesOf(sizes.large)).dense.every(Number.isFinite)).toBe(true);
    expect(await growthOf(messagesOf, readAll, sizes)).toBeLessThan(120);
  });
});
