import { JsonLineReader } from '../../../src/dialects/neutral/json-line-reader.js';
import { ollama } from '../../../src/dialects/ollama/ollama.js';
import { answered, streamed } from '../../support/translated.js';

const bytes = (body: unknown) => Buffer.from(JSON.stringify(body));
const line = (message: object, more: object = {}) => ({
  model: 'qwen3:8b',
  created_at: '2026-11-01T12:00:00.5Z',
  message: { role: 'assistant', ...message },
  done: false,
  ...more,
});
const DONE = { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 2 };

describe('Ollama answer', () => {
  test('has thinking, tool calls, log probabilities and token counts', () => {
    const logprob = { token: 'x', logprob: -0.5, top_logprobs: [{ token: 'y', logprob: -1 }] };
    const call = { function: { name: 'f', arguments: { a: 1 } } };
    const { json } = answered('openai', 'ollama', {
      ...line({ content: 'x', thinking: 'hm', tool_calls: [call, call] }),
      ...DONE,
      logprobs: [logprob],
    });

    const { choices, usage, created, model } = json as {
      choices: { message: { tool_calls: { id: string }[] } }[];
      usage: object;
      created: number;
      model: string;
    };
    const ids = choices[0]?.message.tool_calls.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(2);
    expect(choices).toMatchObject([
      {
        message: {
          content: 'x',
          reasoning_content: 'hm',
          tool_calls: [{ function: { name: 'f', arguments: '{"a":1}' } }, {}],
        },
        logprobs: {
          content: [
            {
              token: 'x',
              logprob: -0.5,
              bytes: [120],
              top_logprobs: [{ token: 'y', logprob: -1, bytes: [121] }],
            },
          ],
        },
        finish_reason: 'tool_calls',
      },
    ]);
    expect(usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 2 });
    expect({ created, model }).toEqual({ created: 1_793_534_400, model: 'qwen3:8b' });
  });

  test('keeps call ids, and arguments that are text', () => {
    const call = { id: 'call_1', function: { name: 'f', arguments: '{"a":1}' } };

    const { json } = answered('openai', 'ollama', {
      ...line({ content: '', tool_calls: [call] }),
      ...DONE,
    });

    expect(json).toMatchObject({
      choices: [{ message: { tool_calls: [{ id: 'call_1', function: call.function }] } }],
    });
  });

  test('has no usage without a prompt token count', () => {
    const { summary } = answered('openai', 'ollama', {
      ...line({ content: 'x' }),
      done: true,
      eval_count: 2,
    });

    expect(summary.usage).toBeNull();
  });

  test.each([
    ['an error', { error: 'model not found' }, 'model not found'],
    ['without a message', { other: 1 }, 'without any message'],
  ])('is rejected when it is %s', (_what, body, said) => {
    expect(() => answered('openai', 'ollama', body)).toThrow(said);
  });

  test.each([
    ['breaks off', [line({ content: 'x' })], '{"mess', 'upstream_cut'],
    ['is empty', [], '', 'upstream_failed'],
    [
      'contains an error',
      [line({ content: 'x' }), { error: 'out of memory' }],
      '',
      'upstream_failed',
    ],
    ['contains malformed JSON', [line({ content: 'x' })], '{"mess\n', 'upstream_failed'],
    ['contains a value that is not an object', [line({ content: 'x' })], '7', 'upstream_failed'],
  ])('fails when its stream %s', (_what, lines, rest, code) => {
    const text = lines.map((one) => `${JSON.stringify(one)}\n`).join('') + rest;

    const { stream } = streamed('openai', 'ollama', [Buffer.from(text)]);

    expect(stream.failure).toMatchObject({ code });
  });

  test('is complete without a final line break, and ignores data after its end', () => {
    const last = JSON.stringify(line({ content: 'x' }, DONE));

    const plain = streamed('openai', 'ollama', [Buffer.from(`\n${last}`)]);
    const more = streamed('openai', 'ollama', [Buffer.from(`${last}\nrubbish\n`)]);

    expect(plain.stream.failure).toBeNull();
    expect(plain.text).toContain('[DONE]');
    expect(more.text).toBe(plain.text);
  });
});

test('JsonLineReader rejects a line above its limit', () => {
  const lines = new JsonLineReader(() => undefined, 8);

  lines.push(Buffer.from('{"a":1'));

  expect(() => {
    lines.push(Buffer.from('2345'));
  }).toThrow('excessive length');
});

test('an Ollama error keeps status and message', () => {
  const told = ollama.readError(404, bytes({ error: 'model "x" not found' }), undefined);

  expect(told).toMatchObject({ status: 404, message: 'model "x" not found' });
});
