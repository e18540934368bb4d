import * as z from 'zod';
import { sends, type Behaviour } from '../../support/fake-upstream.js';
import { offeredTool } from './tools.js';
import { TOKENS, type Script, type Understood } from './script.js';

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string().min(1) }),
  z.strictObject({
    role: z.literal('user'),
    content: z.string(),
    images: z.array(z.base64()).min(1).optional(),
  }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string(),
    thinking: z.string().min(1).optional(),
    tool_calls: z
      .array(
        z.strictObject({
          id: z.string(),
          function: z.strictObject({ name: z.string(), arguments: z.looseObject({}) }),
        }),
      )
      .min(1)
      .optional(),
  }),
  z.strictObject({
    role: z.literal('tool'),
    content: z.string(),
    tool_call_id: z.string(),
    tool_name: z.string(),
  }),
]);
const request = z.strictObject({
  model: z.literal('qwen3:8b'),
  messages: z.array(message).min(1),
  stream: z.boolean(),
  tools: z.array(offeredTool).min(1).optional(),
  format: z.looseObject({}).optional(),
  think: z.boolean().optional(),
  options: z.strictObject({ num_predict: z.int().min(1).optional() }).optional(),
});

/** Answers as Ollama would, and rejects what Ollama would reject. */
export function ollamaProvider(script: Script): Behaviour {
  return (exchange) => {
    const { json, path } = exchange.request;
    const read = request.safeParse(json);
    if (path !== '/api/chat') refuses(404, path)(exchange);
    else if (!read.success) refuses(400, z.prettifyError(read.error))(exchange);
    else if (script.failure === 'before') refuses(503, 'server busy, please try again')(exchange);
    else if (read.data.stream) streamed(script)(exchange);
    else sends(200, JSON.stringify(line(wordsOf(script), end(script))))(exchange);
  };
}

function refuses(status: number, error: string): Behaviour {
  return sends(status, JSON.stringify({ error }));
}

interface Words {
  readonly content: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly object[];
}

function wordsOf({ text, refusal, thought, calls }: Script): Words {
  return {
    // Ollama has no refusals: they are plain text.
    content: text ?? refusal ?? '',
    ...(thought !== undefined && { thinking: thought.text }),
    ...(calls !== undefined && {
      tool_calls: calls.map(({ name, input }) => ({ function: { name, arguments: input } })),
    }),
  };
}

function end({ finish }: Script): object {
  return {
    done: true,
    done_reason: finish === 'length' ? 'length' : 'stop',
    total_duration: 9,
    prompt_eval_count: TOKENS.input,
    eval_count: TOKENS.output,
  };
}

function line(words: Words, more: object): object {
  const created_at = '2026-11-01T12:00:00.123456789Z';
  return { model: 'qwen3:8b', created_at, message: { role: 'assistant', ...words }, ...more };
}

function streamed(script: Script): Behaviour {
  const { content, thinking, tool_calls: calls = [] } = wordsOf(script);
  const pieces: readonly Words[] = [
    ...(thinking ?? '').split(/(?<= )/u).map((thought) => ({ content: '', thinking: thought })),
    ...content.split(/(?<= )/u).map((text) => ({ content: text })),
    // Calls are sent whole, each on a line of its own.
    ...calls.map((call) => ({ content: '', tool_calls: [call] })),
  ];
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const write = (one: object) => response.write(`${JSON.stringify(one)}\n`);
    for (const words of pieces) write(line(words, { done: false }));
    if (script.failure === 'silence') return;
    write(
      script.failure === 'middle'
        ? { error: 'stream interrupted' }
        : line({ content: '' }, end(script)),
    );
    response.end();
  };
}

/** What Ollama understands of a request. */
export function understoodByOllama(json: unknown): Understood {
  const { messages, tools, format, options, think } = request.parse(json);
  return {
    system: messages.flatMap((one) => (one.role === 'system' ? one.content : [])).join('\n'),
    said: messages.flatMap(({ role, content }) =>
      role === 'user' || role === 'assistant' ? content : [],
    ),
    images: messages.flatMap((one) => (one.role === 'user' ? (one.images ?? []) : [])),
    tools: (tools ?? []).map((one) => one.function.name),
    results: messages.flatMap((one) => (one.role === 'tool' ? one.content : [])),
    schema: format ?? null,
    maxTokens: options?.num_predict ?? null,
    thinks: think === true,
    // Ollama does not sign reasoning.
    signatures: [],
  };
}
