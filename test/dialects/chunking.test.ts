import { fc } from '../support/fast-check.js';
import type { ClientDialectName } from '../../src/dialects/dialect.js';
import { streamed } from '../support/translated.js';

type Step =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thought'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string; readonly input: Record<string, string> };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('text' as const, 'thought' as const),
      text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    }),
    fc.record({
      kind: fc.constant('call' as const),
      name: fc.stringMatching(/^[a-z]{1,6}$/),
      input: fc.dictionary(
        fc.string({ maxLength: 3 }),
        fc.string({ unit: 'grapheme', maxLength: 5 }),
        { maxKeys: 2, noNullPrototype: true },
      ),
    }),
  ),
  { minLength: 1, maxLength: 6 },
);

/** The line endings that are allowed in an event stream. */
const lineEnds = fc.constantFrom('\n', '\r\n', '\r');

function openAiStream(all: readonly Step[], end: string): string {
  let calls = 0;
  const chunks = all.flatMap((step): unknown[] => {
    if (step.kind === 'text') return [{ content: step.text }];
    if (step.kind === 'thought') return [{ reasoning_content: step.text }];
    const index = calls++;
    const opening = {
      id: `c${index}`,
      type: 'function',
      function: { name: step.name, arguments: '' },
    };
    const args = { index, function: { arguments: JSON.stringify(step.input) } };
    return [{ tool_calls: [{ index, ...opening }] }, { tool_calls: [args] }];
  });
  const event = (delta: unknown, finish: string | null) =>
    JSON.stringify({
      id: 'x',
      model: 'm',
      created: 1,
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  const events = [...chunks.map((delta) => event(delta, null)), event({}, 'stop'), '[DONE]'];
  return events.map((data) => `data: ${data}${end}${end}`).join('');
}

function anthropicStream(all: readonly Step[], end: string): string {
  const blocks = all.map((step, i): unknown[] => {
    if (step.kind === 'text')
      return [
        { type: 'text', text: '' },
        { type: 'text_delta', text: step.text },
      ];
    if (step.kind === 'thought')
      return [
        { type: 'thinking', thinking: '' },
        { type: 'thinking_delta', thinking: step.text },
      ];
    const json = JSON.stringify(step.input);
    return [
      { type: 'tool_use', id: `c${i}`, name: step.name, input: {} },
      { type: 'input_json_delta', partial_json: json },
    ];
  });
  const events: { type: string; [name: string]: unknown }[] = [
    { type: 'message_start', message: { id: 'msg_x', model: 'm', usage: { input_tokens: 3 } } },
    ...blocks.flatMap(([block, delta], index) => [
      { type: 'content_block_start', index, content_block: block },
      { type: 'content_block_delta', index, delta },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ];
  return events
    .map((data) => `event: ${data.type}${end}data: ${JSON.stringify(data)}${end}${end}`)
    .join('');
}

function geminiStream(all: readonly Step[], end: string): string {
  const parts = all.map((step): object => {
    if (step.kind === 'text') return { text: step.text };
    if (step.kind === 'thought') return { text: step.text, thought: true };
    return { functionCall: { name: step.name, args: step.input } };
  });
  const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2 };
  const events = parts.map((part, i) => ({
    candidates: [
      {
        content: { parts: [part] },
        ...(i === parts.length - 1 && { finishReason: 'STOP' }),
      },
    ],
    usageMetadata,
    responseId: 'r1',
  }));
  return events.map((data) => `data: ${JSON.stringify(data)}${end}${end}`).join('');
}

function cohereStream(all: readonly Step[], end: string): string {
  const events = all.flatMap((step, index): object[] => {
    const told = (type: string, message: object) => ({ type, index, delta: { message } });
    if (step.kind === 'text') return [told('content-delta', { content: { text: step.text } })];
    if (step.kind === 'thought') {
      return [told('content-delta', { content: { thinking: step.text } })];
    }
    const opening = { id: `c${index}`, function: { name: step.name, arguments: '' } };
    const args = { function: { arguments: JSON.stringify(step.input) } };
    return [
      told('tool-call-start', { tool_calls: opening }),
      told('tool-call-delta', { tool_calls: args }),
    ];
  });
  const usage = { tokens: { input_tokens: 3, output_tokens: 2 } };
  const whole = [
    { type: 'message-start', id: 'c' },
    ...events,
    { type: 'message-end', delta: { finish_reason: 'COMPLETE', usage } },
  ];
  const data = [...whole.map((event) => JSON.stringify(event)), '[DONE]'];
  return data.map((text) => `data: ${text}${end}${end}`).join('');
}

function ollamaStream(all: readonly Step[], end: string): string {
  const messages = all.map((step): object => {
    if (step.kind === 'text') return { content: step.text };
    if (step.kind === 'thought') return { content: '', thinking: step.text };
    const call = { function: { name: step.name, arguments: step.input } };
    return { content: '', tool_calls: [call] };
  });
  const lines = [
    ...messages.map((message) => ({ message, done: false })),
    { done: true, message: { content: '' }, prompt_eval_count: 3, eval_count: 2 },
  ];
  // A lone carriage return does not end a line of JSON.
  const lineEnd = end.endsWith('\n') ? end : `${end}\n`;
  return lines.map((line) => JSON.stringify(line) + lineEnd).join('');
}

const STREAMS = {
  openai: openAiStream,
  anthropic: anthropicStream,
  gemini: geminiStream,
  cohere: cohereStream,
  ollama: ollamaStream,
};

/** Pieces cut at any byte, even within a character. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

const CLIENTS: readonly ClientDialectName[] = ['openai', 'anthropic'];
const PAIRS = CLIENTS.flatMap((client) =>
  (['openai', 'anthropic', 'gemini', 'cohere', 'ollama'] as const).map(
    (provider) => [client, provider] as const,
  ),
);

/** The position of the last part that a complete answer needs. */
const ENDINGS = {
  openai: 'data: [DONE]',
  anthropic: 'event: message_stop',
  gemini: '"finishReason"',
  cohere: '"message-end"',
  ollama: '"done":true',
};

describe.each(PAIRS)('stream for a client of %s from a provider of %s', (client, provider) => {
  test('does not depend on chunking', () => {
    fc.assert(
      fc.property(steps, lineEnds, fc.array(fc.nat(), { maxLength: 40 }), (all, end, cuts) => {
        const bytes = Buffer.from(STREAMS[provider](all, end));

        const whole = streamed(client, provider, [bytes]);
        const cut = streamed(client, provider, pieces(bytes, cuts));

        expect(whole.stream.failure).toBeNull();
        expect(cut.text).toBe(whole.text);
        expect(cut.stream.summary).toEqual(whole.stream.summary);
      }),
    );
  });

  test('is never marked complete when it was cut', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (all, at) => {
        const bytes = Buffer.from(STREAMS[provider](all, '\n'));
        const length = at % bytes.indexOf(ENDINGS[provider]);

        const { text, stream } = streamed(client, provider, [bytes.subarray(0, length)]);

        const isComplete = text.includes('[DONE]') || text.includes('message_stop');
        expect(isComplete).toBe(stream.failure === null);
      }),
    );
  });

  test('fails with an upstream error, if at all, on arbitrary bytes', () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
        (all, faults) => {
          const bytes = Buffer.from(STREAMS[provider](all, '\n'));
          for (const [at, byte] of faults) bytes[at % bytes.length] = byte;

          const { stream } = streamed(client, provider, [bytes]);

          expect(stream.failure === null || stream.failure.code.startsWith('upstream_')).toBe(true);
        },
      ),
    );
  });
});
