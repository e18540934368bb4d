import { codePoint, fc } from '../support/fast-check.js';
import { FEATURE_NAMES } from '../../src/route/dense-features.js';
import { readFeatures } from '../../src/route/features.js';
import { EMPTY, message } from '../support/conversations.js';

describe('whatever the client sends', () => {
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

  test('every number is finite and in its range', () => {
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

  test('the same conversation has the same features', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 8 }), (messages) => {
        const request = { ...EMPTY, messages };

        expect(readFeatures(request)).toEqual(readFeatures(request));
      }),
    );
  });

  test.each([
    { what: 'ten megabytes of prose', messages: [message('user', 'lorem ipsum '.repeat(850_000))] },
    {
      what: 'tags that are never closed',
      messages: [message('user', '<system-reminder>'.repeat(600_000))],
    },
    {
      what: 'closing tags alone',
      messages: [message('user', '</system-reminder>'.repeat(600_000))],
    },
    { what: 'dollar signs', messages: [message('user', '$'.repeat(10_000_000))] },
    { what: 'spaces', messages: [message('user', ' '.repeat(10_000_000))] },
    { what: 'brackets', messages: [message('user', '([{<'.repeat(2_500_000))] },
    { what: 'lone surrogates', messages: [message('user', '\udc00'.repeat(5_000_000))] },
    { what: 'digits and operators', messages: [message('user', '1=1+'.repeat(2_500_000))] },
    {
      what: 'a hundred thousand messages',
      messages: Array.from({ length: 100_000 }, (_, i) => message('user', `turn ${i}`)),
    },
    {
      what: 'a hundred thousand parts',
      messages: [message('user', ...Array.from({ length: 100_000 }, (_, i) => `part ${i}`))],
    },
    {
      what: 'a hundred thousand turns of boilerplate',
      messages: Array.from({ length: 100_000 }, () =>
        message('user', '<system-reminder>x</system-reminder>'),
      ),
    },
  ])('takes bounded time for $what', ({ messages }) => {
    const start = process.cpuUsage();
    const features = readFeatures({ ...EMPTY, messages });
    const spentMs = process.cpuUsage(start).user / 1000;

    expect(features.dense.every(Number.isFinite)).toBe(true);
    expect(spentMs).toBeLessThan(1000);
  });
});
