import * as z from 'zod';
import { sends, type Behaviour } from '../../support/fake-upstream.js';
import { TOKENS, type Call, type Script, type Understood } from './script.js';

const inputPart = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('input_text'), text: z.string().min(1) }),
  z.strictObject({
    type: z.literal('input_image'),
    image_url: z.string().regex(/^(data:image\/png;base64,|https:)/),
  }),
]);
const said = z.looseObject({ type: z.enum(['output_text', 'refusal']) });
const item = z.union([
  z.strictObject({
    role: z.enum(['system', 'developer', 'user']),
    content: z.union([z.string().min(1), z.array(inputPart).min(1)]),
  }),
  z.strictObject({ role: z.literal('assistant'), content: z.string().min(1) }),
  z.strictObject({
    type: z.literal('message'),
    id: z.string().startsWith('msg_'),
    status: z.literal('completed'),
    role: z.literal('assistant'),
    content: z.array(said),
  }),
  z.strictObject({
    type: z.literal('function_call'),
    id: z.string().startsWith('fc_').optional(),
    status: z.string().optional(),
    call_id: z.string().min(1).max(64),
    name: z.string().min(1),
    arguments: z.string().min(2),
  }),
  z.strictObject({
    type: z.literal('function_call_output'),
    call_id: z.string(),
    output: z.string(),
  }),
  z.strictObject({
    type: z.literal('reasoning'),
    id: z.string().optional(),
    summary: z.array(z.strictObject({ type: z.literal('summary_text'), text: z.string() })),
    encrypted_content: z.string().min(1),
  }),
]);

/** The members that OpenAI accepts; it rejects all others by name. */
const request = z.strictObject({
  model: z.literal('o-model'),
  input: z.union([z.string(), z.array(item).min(1)]),
  instructions: z.string().optional(),
  store: z.literal(false),
  stream: z.boolean().optional(),
  include: z.array(z.enum(['reasoning.encrypted_content'])).optional(),
  max_output_tokens: z.int().min(16).optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        name: z.string(),
        description: z.string().optional(),
        parameters: z.looseObject({ type: z.literal('object') }),
        strict: z.boolean(),
      }),
    )
    .min(1)
    .optional(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().optional(),
  text: z
    .strictObject({
      format: z.strictObject({
        type: z.literal('json_schema'),
        name: z.string(),
        schema: z.looseObject({}),
        strict: z.boolean(),
      }),
    })
    .optional(),
  reasoning: z
    .strictObject({
      effort: z.enum(['minimal', 'low', 'medium', 'high']),
      summary: z.literal('auto').optional(),
    })
    .optional(),
});

type Request = z.output<typeof request>;
type Item = z.output<typeof item>;

/** Answers as OpenAI would, and rejects what OpenAI would reject. */
export function responsesProvider(script: Script): Behaviour {
  return (exchange) => {
    const { path, json, headers } = exchange.request;
    const read = request.safeParse(json);
    const fault = read.success ? faultOf(read.data, script) : z.prettifyError(read.error);
    if (!path.endsWith('/responses')) refuses(404, 'not found')(exchange);
    else if (!read.success || fault !== null) refuses(400, fault ?? '')(exchange);
    else if (headers.authorization !== 'Bearer sk-openai') refuses(401, 'no key')(exchange);
    else if (script.failure === 'before') refuses(500, 'internal error')(exchange);
    else if (read.data.stream === true) streamed(script)(exchange);
    else sends(200, JSON.stringify(whole(script)))(exchange);
  };
}

function refuses(status: number, message: string): Behaviour {
  const error = { message, type: 'server_error', param: null, code: null };
  return sends(status, JSON.stringify({ error }));
}

function itemsOf({ input }: Request): readonly Item[] {
  return typeof input === 'string' ? [{ role: 'user', content: input }] : input;
}

/** Checks that every call has a result, and that the reasoning before a call is sent back with it. */
function faultOf(asked: Request, { thought }: Script): string | null {
  const open = new Set<string>();
  for (const one of itemsOf(asked)) {
    if (!('type' in one)) continue;
    if (one.type === 'function_call') open.add(one.call_id);
    if (one.type === 'function_call_output' && !open.delete(one.call_id)) return 'no such call';
  }
  if (open.size > 0) return `No tool output found for function call ${[...open].join()}.`;
  const called = itemsOf(asked).some((one) => 'type' in one && one.type === 'function_call');
  const kept = itemsOf(asked).some(
    (one) =>
      'type' in one &&
      one.type === 'reasoning' &&
      one.encrypted_content === (thought?.signature ?? ''),
  );
  return thought !== undefined && called && !kept ? 'the reasoning is missing' : null;
}

const HEAD = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  model: 'o-2026',
  error: null,
  incomplete_details: null,
  parallel_tool_calls: true,
  tool_choice: 'auto',
  tools: [],
};
const USAGE = {
  input_tokens: TOKENS.input,
  input_tokens_details: { cached_tokens: TOKENS.cached },
  output_tokens: TOKENS.output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: TOKENS.input + TOKENS.output,
};

function callOf({ name, input }: Call, i: number) {
  return {
    type: 'function_call',
    id: `fc_${i}`,
    status: 'completed',
    call_id: `call_${i}`,
    name,
    arguments: JSON.stringify(input),
  };
}

function outputOf({ thought, text, refusal, calls = [] }: Script) {
  const content = [
    ...(text === undefined ? [] : [{ type: 'output_text', text, annotations: [], logprobs: [] }]),
    ...(refusal === undefined ? [] : [{ type: 'refusal', refusal }]),
  ];
  const summary = [{ type: 'summary_text', text: thought?.text ?? '' }];
  const message = { type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content };
  return [
    ...(thought === undefined
      ? []
      : [{ type: 'reasoning', id: 'rs_1', summary, encrypted_content: thought.signature }]),
    ...(content.length === 0 ? [] : [message]),
    ...calls.map(callOf),
  ];
}

function whole(script: Script) {
  const isCut = script.finish === 'length';
  return {
    ...HEAD,
    status: isCut ? 'incomplete' : 'completed',
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    output: outputOf(script),
    usage: USAGE,
  };
}

interface Told {
  type: string;
  [name: string]: unknown;
}

function streamed(script: Script): Behaviour {
  let sequence = 0;
  const event = (data: Told) => {
    const { type, ...rest } = data;
    const numbered = { type, sequence_number: sequence++, ...rest };
    return `event: ${type}\ndata: ${JSON.stringify(numbered)}\n\n`;
  };
  const begun = { ...HEAD, status: 'in_progress', output: [], usage: null };
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(event({ type: 'response.created', response: begun }));
    response.write(event({ type: 'response.in_progress', response: begun }));
    for (const [index, one] of outputOf(script).entries()) {
      for (const told of eventsOf(one, index)) response.write(event(told));
    }
    if (script.failure === 'silence') return;
    if (script.failure === 'middle') {
      const error = { type: 'server_error', code: 'server_error', message: 'stream interrupted' };
      response.end(event({ type: 'error', error: { ...error, param: null } }));
      return;
    }
    const answer = whole(script);
    response.end(event({ type: `response.${answer.status}`, response: answer }));
  };
}

function eventsOf(one: ReturnType<typeof outputOf>[number], index: number): Told[] {
  const at = { item_id: one.id, output_index: index };
  const pieces = (type: string, text: string, more: object): Told[] =>
    halves(text).map((delta) => ({ type: `response.${type}.delta`, ...at, ...more, delta }));
  const inside: Told[] = [];
  if ('arguments' in one) {
    const { name, arguments: args } = one;
    inside.push(...pieces('function_call_arguments', args, {}), {
      type: 'response.function_call_arguments.done',
      ...at,
      name,
      arguments: args,
    });
  } else if ('summary' in one) {
    const part = { type: 'summary_text', text: one.summary[0]?.text ?? '' };
    const where = { ...at, summary_index: 0 };
    inside.push(
      { type: 'response.reasoning_summary_part.added', ...where, part: { ...part, text: '' } },
      ...pieces('reasoning_summary_text', part.text, { summary_index: 0 }),
      { type: 'response.reasoning_summary_text.done', ...where, text: part.text },
      { type: 'response.reasoning_summary_part.done', ...where, part },
    );
  } else {
    for (const [i, part] of one.content.entries()) {
      const where = { ...at, content_index: i };
      const isText = 'text' in part;
      const type = isText ? 'output_text' : 'refusal';
      const text = (isText ? part.text : part.refusal) ?? '';
      const empty = isText ? { ...part, text: '' } : { ...part, refusal: '' };
      inside.push(
        { type: 'response.content_part.added', ...where, part: empty },
        ...pieces(type, text, { content_index: i }),
        { type: `response.${type}.done`, ...where, [isText ? 'text' : 'refusal']: text },
        { type: 'response.content_part.done', ...where, part },
      );
    }
  }
  return [
    { type: 'response.output_item.added', output_index: index, item: emptied(one) },
    ...inside,
    { type: 'response.output_item.done', output_index: index, item: one },
  ];
}

function emptied(one: ReturnType<typeof outputOf>[number]): unknown {
  if ('arguments' in one) return { ...one, status: 'in_progress', arguments: '' };
  return 'summary' in one
    ? { ...one, summary: [] }
    : { ...one, status: 'in_progress', content: [] };
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

function imageIn(part: object): string[] {
  return 'image_url' in part ? [String(part.image_url).split(',')[1] ?? ''] : [];
}

/** What OpenAI understands of a Responses request. */
export function understoodByResponses(json: unknown): Understood {
  const asked = request.parse(json);
  const items = itemsOf(asked);
  const messages = items.flatMap((one) => ('role' in one ? [one] : []));
  const textsOf = ({ content }: (typeof messages)[number]): string[] =>
    typeof content === 'string'
      ? [content]
      : content.flatMap((part) => ('text' in part ? [String(part.text)] : []));
  const systems = messages.filter(({ role }) => role === 'system' || role === 'developer');
  return {
    system: [
      ...(asked.instructions === undefined ? [] : [asked.instructions]),
      ...systems.flatMap(textsOf),
    ].join('\n'),
    said: messages.filter((one) => !systems.includes(one)).flatMap(textsOf),
    images: messages.flatMap(({ content }) =>
      typeof content === 'string' ? [] : content.flatMap(imageIn),
    ),
    tools: asked.tools?.map(({ name }) => name) ?? [],
    results: items.flatMap((one) =>
      'type' in one && one.type === 'function_call_output' ? [one.output] : [],
    ),
    schema: asked.text?.format.schema ?? null,
    maxTokens: asked.max_output_tokens ?? null,
    thinks: asked.reasoning !== undefined,
    signatures: items.flatMap((one) =>
      'type' in one && one.type === 'reasoning' ? [one.encrypted_content] : [],
    ),
  };
}
