import * as z from 'zod';
import { sends, type Behaviour } from '../../support/fake-upstream.js';
import { offeredTool } from './tools.js';
import { TOKENS, type Script, type Understood } from './script.js';

const text = z.strictObject({ type: z.literal('text'), text: z.string().min(1) });
const image = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string().regex(/^data:image\/png;base64,/) }),
});
const call = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string().startsWith('{') }),
});
const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string().min(1) }),
  z.strictObject({
    role: z.literal('user'),
    content: z.union([z.string().min(1), z.array(z.union([text, image])).min(1)]),
  }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string().min(1).optional(),
    tool_plan: z.string().optional(),
    tool_calls: z.array(call).min(1).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), tool_call_id: z.string(), content: z.string() }),
]);
const request = z.strictObject({
  model: z.literal('command-a'),
  messages: z.array(message).min(1),
  stream: z.boolean().optional(),
  max_tokens: z.int().min(1).optional(),
  tools: z.array(offeredTool).min(1).optional(),
  strict_tools: z.literal(true).optional(),
  response_format: z
    .strictObject({ type: z.literal('json_object'), json_schema: z.looseObject({}).optional() })
    .optional(),
  thinking: z
    .strictObject({ type: z.literal('enabled'), token_budget: z.int().min(1).optional() })
    .optional(),
});

/** Answers as Cohere would, and rejects what Cohere would reject. */
export function cohereProvider(script: Script): Behaviour {
  return (exchange) => {
    const { headers, json, path } = exchange.request;
    const read = request.safeParse(json);
    if (headers.authorization !== 'Bearer sk-cohere') refuses(401, 'invalid api token')(exchange);
    else if (path !== '/v1/chat') refuses(404, path)(exchange);
    else if (!read.success) refuses(400, z.prettifyError(read.error))(exchange);
    else if (script.failure === 'before') refuses(503, 'The model is overloaded.')(exchange);
    else if (read.data.stream === true) streamed(script)(exchange);
    else sends(200, JSON.stringify(whole(script)))(exchange);
  };
}

function refuses(status: number, told: string): Behaviour {
  return sends(status, JSON.stringify({ id: 'e1', message: told }));
}

const FINISH = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  tools: 'TOOL_CALL',
  refusal: 'ERROR_TOXIC',
};
const COUNTS = { input_tokens: TOKENS.input, output_tokens: TOKENS.output };
const USAGE = { billed_units: COUNTS, tokens: COUNTS, cached_tokens: TOKENS.cached };

function callsOf({ calls = [] }: Script) {
  return calls.map(({ name, input }, i) => ({
    id: `${name}_${i}`,
    type: 'function',
    function: { name, arguments: Object.keys(input).length === 0 ? '' : JSON.stringify(input) },
  }));
}

/** Text before calls is the plan, other text the content. */
function wordsOf(script: Script) {
  const said = script.text ?? script.refusal;
  return script.calls === undefined ? { plan: undefined, said } : { plan: said, said: undefined };
}

function whole(script: Script): object {
  const { plan, said } = wordsOf(script);
  const calls = callsOf(script);
  const { thought } = script;
  return {
    id: 'c1',
    message: {
      role: 'assistant',
      content: [
        ...(thought === undefined ? [] : [{ type: 'thinking', thinking: thought.text }]),
        ...(said === undefined ? [] : [{ type: 'text', text: said }]),
      ],
      ...(plan !== undefined && { tool_plan: plan }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    finish_reason: FINISH[script.finish],
    usage: USAGE,
  };
}

function eventsOf(script: Script): object[] {
  const { plan, said } = wordsOf(script);
  const block = (index: number, type: 'text' | 'thinking', words: string) => [
    { type: 'content-start', index, delta: { message: { content: { type, [type]: '' } } } },
    ...halves(words).map((half) => ({
      type: 'content-delta',
      index,
      delta: { message: { content: { [type]: half } } },
    })),
    { type: 'content-end', index },
  ];
  return [
    { type: 'message-start', id: 'c1', delta: { message: { role: 'assistant', content: [] } } },
    ...(script.thought === undefined ? [] : block(0, 'thinking', script.thought.text)),
    ...(said === undefined ? [] : block(1, 'text', said)),
    ...halves(plan ?? '').map((half) => ({
      type: 'tool-plan-delta',
      delta: { message: { tool_plan: half } },
    })),
    ...callsOf(script).flatMap(({ function: fn, ...native }, index) => [
      {
        type: 'tool-call-start',
        index,
        delta: {
          message: { tool_calls: { ...native, function: { name: fn.name, arguments: '' } } },
        },
      },
      ...halves(fn.arguments).map((half) => ({
        type: 'tool-call-delta',
        index,
        delta: { message: { tool_calls: { function: { arguments: half } } } },
      })),
      { type: 'tool-call-end', index },
    ]),
  ];
}

function streamed(script: Script): Behaviour {
  const event = (data: object) =>
    `event: ${'type' in data ? String(data.type) : ''}\ndata: ${JSON.stringify(data)}\n\n`;
  const end = (delta: object) => event({ type: 'message-end', delta });
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const one of eventsOf(script)) response.write(event(one));
    if (script.failure === 'silence') return;
    if (script.failure === 'middle') {
      response.end(
        `${end({ finish_reason: 'ERROR', error: 'stream interrupted' })}data: [DONE]\n\n`,
      );
      return;
    }
    response.write(end({ finish_reason: FINISH[script.finish], usage: USAGE }));
    response.end('data: [DONE]\n\n');
  };
}

function halves(told: string): string[] {
  if (told === '') return [];
  const middle = Math.ceil(told.length / 2);
  return [told.slice(0, middle), told.slice(middle)];
}

/** What Cohere understands of a request. */
export function understoodByCohere(json: unknown): Understood {
  const read = request.parse(json);
  const { messages } = read;
  const parts = messages.flatMap((one) =>
    one.role === 'user' && typeof one.content !== 'string' ? one.content : [],
  );
  return {
    system: messages.flatMap((one) => (one.role === 'system' ? one.content : [])).join('\n'),
    said: messages.flatMap((one) => {
      if (one.role === 'assistant') return one.content ?? one.tool_plan ?? [];
      if (one.role !== 'user') return [];
      if (typeof one.content === 'string') return one.content;
      return one.content.flatMap((part) => (part.type === 'text' ? part.text : []));
    }),
    images: parts.flatMap((part) =>
      part.type === 'image_url' ? part.image_url.url.replace(/^.*,/, '') : [],
    ),
    tools: (read.tools ?? []).map((one) => one.function.name),
    results: messages.flatMap((one) => (one.role === 'tool' ? one.content : [])),
    schema: read.response_format?.json_schema ?? null,
    maxTokens: read.max_tokens ?? null,
    thinks: read.thinking !== undefined,
    // Cohere does not sign reasoning.
    signatures: [],
  };
}
