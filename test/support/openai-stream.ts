import type { AnswerOptions, AnswerStream } from '../../src/dialects/dialect.js';
import { openai } from '../../src/dialects/openai/openai.js';

export const RULES: AnswerOptions = {
  trusted: false,
  includeUsage: true,
  model: 'vendor/model',
  createdS: 1_700_000_000,
  seed: 'seed',
};
export const TRUSTED: AnswerOptions = { ...RULES, trusted: true };

export const HEAD = { id: 'c1', object: 'chat.completion.chunk', created: 5, model: 'm' };
export const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

interface Chunk {
  id: string;
  object: string;
  created: number;
  model: string;
  usage?: { completion_tokens: number; total_tokens: number } | null;
  choices: {
    index: number;
    delta: Record<string, unknown>;
    finish_reason: string | null;
    [extra: string]: unknown;
  }[];
  [extra: string]: unknown;
}

export function choice(delta: unknown, finish: unknown = null, index = 0) {
  return { index, delta, finish_reason: finish };
}

export function chunk(delta: unknown, finish: unknown = null, extra: object = {}) {
  return { ...HEAD, choices: [choice(delta, finish)], ...extra };
}

export const HELLO = chunk({ role: 'assistant', content: 'Hello' });
export const STOP = chunk({}, 'stop');

export function sse(...events: unknown[]): string {
  return events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('');
}

interface Result {
  stream: AnswerStream;
  text: string;
  chunks: Chunk[];
  /** Whether `[DONE]` came, once and last. */
  isDone: boolean;
}

export function run(input: string | readonly Buffer[], rules = RULES): Result {
  const stream = openai.openStream(rules);
  const out: Buffer[] = [];
  for (const piece of typeof input === 'string' ? [Buffer.from(input)] : input) {
    out.push(stream.push(piece));
  }
  out.push(stream.end());
  const text = Buffer.concat(out).toString();
  const events = text.split('\n\n').filter((event) => event !== '');
  const chunks = events
    .filter((event) => event !== 'data: [DONE]')
    .map((event) => JSON.parse(event.replace(/^data: /, '')) as Chunk);
  const doneAt = events.indexOf('data: [DONE]');
  return { stream, text, chunks, isDone: doneAt >= 0 && doneAt === events.length - 1 };
}

export const deltasOf = (result: Result) =>
  result.chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
export const finishesOf = (result: Result) =>
  result.chunks.flatMap(({ choices }) => choices.flatMap((c) => c.finish_reason ?? []));
export const contentOf = (result: Result) =>
  deltasOf(result)
    .map(({ content }) => (typeof content === 'string' ? content : ''))
    .join('');
export const callsOf = (result: Result) =>
  deltasOf(result).flatMap(
    (delta) =>
      (delta['tool_calls'] ?? []) as {
        index: number;
        id?: string;
        type?: string;
        function: { name?: string; arguments: string };
      }[],
  );

/** What a client puts together from tool call deltas. */
export function assembled(result: Result) {
  const calls: { id?: string; type?: string; name?: string; arguments: string }[] = [];
  for (const { index, id, type, function: fn } of callsOf(result)) {
    const call = (calls[index] ??= { arguments: '' });
    if (id !== undefined) call.id = id;
    if (type !== undefined) call.type = type;
    if (fn.name !== undefined) call.name = fn.name;
    call.arguments += fn.arguments;
  }
  return calls;
}
