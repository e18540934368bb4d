import { fc } from '../../support/fast-check.js';

import { openai } from '../../../src/dialects/openai/openai.js';
import {
  assembled,
  choice,
  chunk,
  contentOf,
  finishesOf,
  HEAD,
  HELLO,
  RULES,
  run,
  sse,
  STOP,
  TRUSTED,
  USAGE,
} from '../../support/openai-stream.js';

describe('OpenAI stream bytes', () => {
  const event = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((content) => chunk({ content })),
    fc.constantFrom<unknown>(
      HELLO,
      STOP,
      chunk({ content: '' }, 'stop', { usage: USAGE }),
      chunk({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{"x":' } }] }),
      chunk({ tool_calls: [{ function: { arguments: '1}' } }] }),
      { ...HEAD, id: '', choices: [], usage: USAGE, extra: 1 },
      { choices: [choice({ content: 'b' }, null, 1)] },
      { ...HEAD, choices: [choice({}, 'eos', 1)] },
      { error: 'x' },
      'garbage',
      '[DONE]',
      { type: 'ping' },
    ),
  );
  const framing = fc.constantFrom('\n', '\r\n');

  test('do not depend on chunking', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 12 }),
        framing,
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 20 }),
        (events, lineEnd, trusted, cuts) => {
          const bytes = Buffer.from(sse(...events).replaceAll('\n', lineEnd));
          const at = [...new Set(cuts.map((c) => c % (bytes.length + 1)))].sort((a, b) => a - b);
          const pieces = [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));

          const whole = run([bytes], { ...RULES, trusted });
          const cut = run(pieces, { ...RULES, trusted });

          expect(cut.text).toBe(whole.text);
          expect(cut.stream.failure?.message).toBe(whole.stream.failure?.message);
          expect(cut.stream.summary).toEqual(whole.stream.summary);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('add up to the non-streamed answer', () => {
    const text = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }), {
      maxLength: 8,
    });

    fc.assert(
      fc.property(text, fc.array(fc.jsonValue(), { maxLength: 3 }), (pieces, args) => {
        const calls = args.map((arg, i) => ({
          id: `c${i}`,
          function: { name: `f${i}`, arguments: JSON.stringify({ arg }) },
        }));
        const message = { content: pieces.join(''), tool_calls: calls };
        const whole = openai.readAnswer(
          Buffer.from(JSON.stringify({ ...HEAD, choices: [{ message, finish_reason: 'stop' }] })),
          RULES,
        );
        const answer = JSON.parse(whole.body.toString()) as {
          choices: [{ message: { content: string; tool_calls?: unknown }; finish_reason: string }];
        };

        const result = run(
          sse(
            ...pieces.map((content) => chunk({ content })),
            ...calls.map((call) => chunk({ tool_calls: [call] })),
            STOP,
          ),
        );

        const [{ message: parsedMessage, finish_reason }] = answer.choices;
        const streamed = assembled(result).map(({ id, type, ...fn }) => ({
          id,
          type,
          function: fn,
        }));
        expect(contentOf(result)).toBe(parsedMessage.content);
        expect(streamed).toEqual(parsedMessage.tool_calls ?? []);
        expect(finishesOf(result)).toEqual([finish_reason]);
        expect(result.stream.summary.outputChars).toBe(whole.summary.outputChars);
      }),
    );
  });

  test('never throw, and end with [DONE] unless the stream failed', () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.jsonValue().map((value) => Buffer.from(sse(value))),
      fc.record({ choices: fc.jsonValue(), usage: fc.jsonValue() }).map((v) => Buffer.from(sse(v))),
      fc.array(fc.jsonValue()).map((calls) => Buffer.from(sse(chunk({ tool_calls: calls })))),
      fc
        .record({ delta: fc.jsonValue(), message: fc.jsonValue(), finish_reason: fc.jsonValue() })
        .map((c) => Buffer.from(sse({ choices: [c] }))),
    );

    fc.assert(
      fc.property(fc.array(junk, { maxLength: 5 }), fc.boolean(), (pieces, trusted) => {
        const { stream, isDone } = run(pieces, { ...RULES, trusted });

        expect(stream.failure === null).toBe(isDone);
      }),
      { numRuns: 200 },
    );
  });

  test('are passed on without a copy if nothing changes', () => {
    const stream = openai.openStream(TRUSTED);
    const bytes = Buffer.from(sse(HELLO, chunk({ content: 'a' })));

    const out = stream.push(bytes);

    expect(out.buffer).toBe(bytes.buffer);
    expect(out.equals(bytes)).toBe(true);
  });
});
