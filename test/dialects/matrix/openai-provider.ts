import * as z from 'zod';
import { DONE, refuses, sends, sse, type Behaviour } from '../../support/fake-upstream.js';
import { TOKENS, type Call, type Script, type Understood } from './script.js';

const textPart = z.strictObject({ type: z.literal('text'), text: z.string().min(1) });
const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string().regex(/^(data:image\/png;base64,|https:)/) }),
});
const call = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string().min(1), arguments: z.string().min(2) }),
});
const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string() }),
  z.strictObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.union([textPart, imagePart])).min(1)]),
  }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string().nullable(),
    refusal: z.string().nullish(),
    tool_calls: z.array(call).min(1).optional(),
    // OpenAI has neither, but a client of its dialect may send back what it got.
    reasoning_content: z.string().optional(),
    reasoning_details: z.array(z.unknown()).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), tool_call_id: z.string(), content: z.string() }),
]);
const tool = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.looseObject({ type: z.literal('object') }),
    strict: z.boolean().optional(),
  }),
});

/** The members that OpenAI accepts; it rejects all others by name. */
const request = z.strictObject({
  model: z.literal('gpt'),
  messages: z.array(message).min(1),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean() }).optional(),
  max_tokens: z.int().min(1).optional(),
  tools: z.array(tool).min(1).optional(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().optional(),
  response_format: z
    .strictObject({
      type: z.literal('json_schema'),
      json_schema: z.strictObject({
        name: z.string(),
        schema: z.looseObject({}),
        strict: z.boolean().optional(),
      }),
    })
    .optional(),
  reasoning_effort: z.enum(['minimal', 'low', 'medium', 'high']).optional(),
  temperature: z.number().optional(),
});

type Request = z.output<typeof request>;

/** Answers as OpenAI would, and rejects what OpenAI would reject. */
export function openAiProvider(script: Script): Behaviour {
  return (exchange) => {
    const read = request.safeParse(exchange.request.json);
    const fault = read.success ? faultOf(read.data) : z.prettifyError(read.error);
    if (!read.success || fault !== null) refuses(400, fault ?? '')(exchange);
    else if (exchange.request.headers.authorization !== 'Bearer sk-openai')
      refuses(401, 'no key')(exchange);
    else if (script.failure === 'before') refuses(500, 'internal error')(exchange);
    else if (read.data.stream === true) streamed(script, read.data)(exchange);
    else sends(200, JSON.stringify(whole(script)))(exchange);
  };
}

/** Checks that exactly the calls are answered by the messages that follow them. */
function faultOf({ messages, stream, stream_options: options }: Request): string | null {
  if (options !== undefined && stream !== true) return 'stream_options without stream';
  let open = new Set<string>();
  for (const one of messages) {
    if (one.role === 'tool') {
      if (!open.delete(one.tool_call_id)) return `no call ${one.tool_call_id}`;
    } else {
      if (open.size > 0) return `no result for ${[...open].join()}`;
      open = new Set(one.role === 'assistant' ? one.tool_calls?.map(({ id }) => id) : []);
    }
  }
  return open.size > 0 ? `no result for ${[...open].join()}` : null;
}

const FINISH = { stop: 'stop', length: 'length', tools: 'tool_calls', refusal: 'stop' };
const HEAD = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'gpt-2026' };
const USAGE = {
  prompt_tokens: TOKENS.input,
  completion_tokens: TOKENS.output,
  total_tokens: TOKENS.input + TOKENS.output,
  prompt_tokens_details: { cached_tokens: TOKENS.cached },
};

function callOf({ name, input }: Call, i: number) {
  return {
    id: `call_${i}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  };
}

function whole({ thought, text, refusal, calls, finish }: Script) {
  const said = {
    role: 'assistant',
    content: text ?? null,
    refusal: refusal ?? null,
    ...(thought !== undefined && { reasoning_content: thought.text }),
    ...(calls !== undefined && { tool_calls: calls.map(callOf) }),
  };
  const choice = { index: 0, message: said, logprobs: null, finish_reason: FINISH[finish] };
  return { ...HEAD, object: 'chat.completion', choices: [choice], usage: USAGE };
}

function streamed(script: Script, { stream_options: options }: Request): Behaviour {
  const chunk = (delta: unknown, finish: string | null = null) =>
    sse({
      ...HEAD,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  const halves = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)];
  const content = [
    ...halves(script.thought?.text ?? '').map((half) => chunk({ reasoning_content: half })),
    ...halves(script.text ?? '').map((half) => chunk({ content: half })),
    ...(script.refusal === undefined ? [] : [chunk({ refusal: script.refusal })]),
    ...(script.calls ?? []).flatMap((one, index) => {
      const { function: fn, ...head } = callOf(one, index);
      const first = { ...head, index, function: { name: fn.name, arguments: '' } };
      const pieces = halves(fn.arguments).map((half) => ({
        index,
        function: { arguments: half },
      }));
      return [first, ...pieces].map((item) => chunk({ tool_calls: [item] }));
    }),
  ];
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk({ role: 'assistant', content: '' }));
    for (const one of content) response.write(one);
    if (script.failure === 'silence') return;
    if (script.failure === 'middle') {
      response.end(sse({ error: { message: 'stream interrupted', type: 'server_error' } }));
      return;
    }
    response.write(chunk({}, FINISH[script.finish]));
    if (options?.include_usage === true)
      response.write(sse({ ...HEAD, choices: [], usage: USAGE }));
    response.end(DONE);
  };
}

/** What OpenAI understands of a request. */
export function understoodByOpenAi(json: unknown): Understood {
  const { messages, tools = [], ...rest } = request.parse(json);
  const parts = messages.flatMap((one) =>
    one.role === 'user' && Array.isArray(one.content) ? one.content : [],
  );
  return {
    system: messages.flatMap((m) => (m.role === 'system' ? m.content : [])).join('\n'),
    said: messages.flatMap((m) => (m.role === 'user' || m.role === 'assistant' ? textsOf(m) : [])),
    images: parts.flatMap((part) =>
      part.type === 'image_url' ? (part.image_url.url.split(',')[1] ?? '') : [],
    ),
    tools: tools.map((one) => one.function.name),
    results: messages.flatMap((m) => (m.role === 'tool' ? m.content : [])),
    schema: rest.response_format?.json_schema.schema ?? null,
    maxTokens: rest.max_tokens ?? null,
    thinks: rest.reasoning_effort !== undefined,
    signatures: [],
  };
}

function textsOf({
  content,
}: {
  content: string | null | { type: string; text?: string }[];
}): string[] {
  if (!Array.isArray(content)) return content === null ? [] : [content];
  return content.flatMap((part) => part.text ?? []);
}
