import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { SCHEMA_NAME, toolSchema } from './tools.js';
import type { Call, Seen, TOKENS, Wish } from './script.js';

/** A request in the Responses dialect. */
export function responsesRequest(wish: Wish, model: string, stream: boolean): unknown {
  const image = { type: 'input_image', image_url: `data:image/png;base64,${wish.image ?? ''}` };
  const text = { type: 'input_text', text: wish.text };
  const results = Object.entries(wish.earlier?.results ?? {}).map(([id, output]) => ({
    type: 'function_call_output',
    call_id: id,
    output,
  }));
  const earlier = z.array(z.unknown()).parse(wish.earlier?.turn['output'] ?? []);
  return {
    model,
    store: false,
    include: ['reasoning.encrypted_content'],
    input: [
      { role: 'user', content: wish.image === undefined ? wish.text : [text, image] },
      ...earlier,
      ...results,
    ],
    ...(wish.system !== undefined && { instructions: wish.system }),
    ...(stream && { stream: true }),
    ...(wish.maxTokens !== undefined && { max_output_tokens: wish.maxTokens }),
    ...settings(wish),
  };
}

function settings(wish: Wish): object {
  return {
    ...(wish.tools !== undefined && {
      tools: wish.tools.map((name) => ({
        type: 'function',
        name,
        parameters: toolSchema(name),
        strict: false,
      })),
    }),
    ...(wish.schema !== undefined && {
      text: {
        format: { type: 'json_schema', name: SCHEMA_NAME, schema: wish.schema, strict: true },
      },
    }),
    ...(wish.thinks === true && { reasoning: { effort: 'low', summary: 'auto' } }),
  };
}

const part = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('output_text'),
    text: z.string(),
    annotations: z.array(z.unknown()),
    logprobs: z.array(z.unknown()),
  }),
  z.object({ type: z.literal('refusal'), refusal: z.string() }),
]);
const summaryPart = z.object({ type: z.literal('summary_text'), text: z.string() });
const status = z.enum(['in_progress', 'completed', 'incomplete']);
const item = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    id: z.string().min(1),
    role: z.literal('assistant'),
    status,
    content: z.array(part),
  }),
  z.object({
    type: z.literal('function_call'),
    id: z.string().min(1),
    status,
    call_id: z.string().min(1),
    name: z.string(),
    arguments: z.string(),
  }),
  z.object({
    type: z.literal('reasoning'),
    id: z.string().min(1),
    summary: z.array(summaryPart),
    encrypted_content: z.string().optional(),
  }),
]);
type Item = z.output<typeof item>;
const response = z.object({
  id: z.string().startsWith('resp_'),
  object: z.literal('response'),
  created_at: z.number(),
  status: z.enum(['in_progress', 'completed', 'incomplete', 'failed']),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z
    .object({ reason: z.enum(['max_output_tokens', 'content_filter']) })
    .nullable(),
  model: z.string(),
  output: z.array(item),
  parallel_tool_calls: z.boolean(),
  tool_choice: z.unknown(),
  tools: z.array(z.unknown()),
  usage: z
    .object({
      input_tokens: z.number(),
      input_tokens_details: z.object({ cached_tokens: z.number() }),
      output_tokens: z.number(),
      output_tokens_details: z.object({ reasoning_tokens: z.number() }),
      total_tokens: z.number(),
    })
    .nullable(),
});
type Response = z.output<typeof response>;
const failed = z.object({ error: z.object({ type: z.string(), message: z.string() }) });

const at = { item_id: z.string(), output_index: z.number() };
const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('response.created'), response }),
  z.object({ type: z.literal('response.in_progress'), response }),
  z.object({ type: z.literal('response.output_item.added'), output_index: z.number(), item }),
  z.object({ type: z.literal('response.output_item.done'), output_index: z.number(), item }),
  z.object({
    type: z.literal('response.content_part.added'),
    ...at,
    content_index: z.number(),
    part,
  }),
  z.object({
    type: z.literal('response.content_part.done'),
    ...at,
    content_index: z.number(),
    part,
  }),
  z.object({
    type: z.enum(['response.output_text.delta', 'response.refusal.delta']),
    ...at,
    content_index: z.number(),
    delta: z.string(),
  }),
  z.object({ type: z.literal('response.output_text.done'), ...at, text: z.string() }),
  z.object({ type: z.literal('response.refusal.done'), ...at, refusal: z.string() }),
  z.object({
    type: z.literal('response.reasoning_summary_part.added'),
    ...at,
    summary_index: z.literal(0),
    part: summaryPart,
  }),
  z.object({
    type: z.literal('response.reasoning_summary_part.done'),
    ...at,
    summary_index: z.literal(0),
    part: summaryPart,
  }),
  z.object({
    type: z.literal('response.reasoning_summary_text.delta'),
    ...at,
    summary_index: z.literal(0),
    delta: z.string(),
  }),
  z.object({
    type: z.literal('response.reasoning_summary_text.done'),
    ...at,
    summary_index: z.literal(0),
    text: z.string(),
  }),
  z.object({
    type: z.literal('response.function_call_arguments.delta'),
    ...at,
    delta: z.string(),
  }),
  z.object({
    type: z.literal('response.function_call_arguments.done'),
    ...at,
    name: z.string(),
    arguments: z.string(),
  }),
  z.object({ type: z.enum(['response.completed', 'response.incomplete']), response }),
  z.object({ type: z.literal('response.failed'), response }),
  z.object({
    type: z.literal('error'),
    error: z.object({ type: z.string(), message: z.string() }),
  }),
]);
type Event = z.output<typeof event>;

/** Reads an answer as a client of OpenAI's Responses, whole or streamed. */
export function seenByResponses(httpStatus: number, text: string): Seen {
  if (!text.startsWith('{')) {
    const reader = new ResponseReader();
    for (const frame of text.split('\n\n').filter((one) => one !== '')) reader.read(frame);
    return seenIn(httpStatus, reader.response, reader.error);
  }
  const json: unknown = JSON.parse(text);
  const fault = failed.safeParse(json);
  if (fault.success) return seenIn(httpStatus, null, fault.data.error);
  return seenIn(httpStatus, response.parse(json), null);
}

/** Stricter than OpenAI's own client: everything that is sent twice must be the same both times. */
class ResponseReader {
  response: Response | null = null;
  error: Seen['error'] = null;
  #sequence = 0;
  #id: string | null = null;
  readonly #items: { item: Item; told: string; isDone: boolean }[] = [];
  #isOver = false;

  read(frame: string): void {
    const [, name = '', data = ''] = /^event: (.+)\ndata: (.*)$/.exec(frame) ?? [];
    const json: unknown = JSON.parse(data);
    const read = event.parse(json);
    if (read.type !== name) throw new Error(`event ${name} is called ${read.type}`);
    const { sequence_number: number } = z.object({ sequence_number: z.number() }).parse(json);
    if (number !== this.#sequence) throw new Error(`event ${number} after ${this.#sequence - 1}`);
    this.#sequence += 1;
    if (this.#isOver) throw new Error(`${name} after the end`);
    this.#take(read);
  }

  #take(read: Event): void {
    if ('response' in read) this.#whole(read.type, read.response);
    else if (read.type === 'error') this.error = read.error;
    else if (read.type === 'response.output_item.added') this.#add(read.output_index, read.item);
    else if (read.type === 'response.output_item.done') this.#done(read.output_index, read.item);
    else this.#inside(read);
  }

  #whole(type: string, told: Response): void {
    this.#id ??= told.id;
    if (told.id !== this.#id) throw new Error('another id');
    if (told.status !== type.replace('response.', '').replace('created', 'in_progress'))
      throw new Error(`${type} with status ${told.status}`);
    if (told.status === 'in_progress') return;
    this.#isOver = true;
    if (told.status === 'failed') return;
    const items = this.#items.map((one) => (one.isDone ? one.item : null));
    mustAgree(told.output, items);
    this.response = told;
  }

  #add(index: number, added: Item): void {
    if (index !== this.#items.length) throw new Error(`item ${index} is not the next`);
    this.#items.push({ item: added, told: '', isDone: false });
  }

  #done(index: number, done: Item): void {
    const known = this.#known(index, done.id);
    mustAgree(said(done), known.told);
    Object.assign(known, { item: done, isDone: true });
  }

  #inside(read: Exclude<Event, { response: unknown } | { error: unknown } | { item: unknown }>) {
    const known = this.#known(read.output_index, read.item_id);
    if ('delta' in read) known.told += read.delta;
    else if ('arguments' in read) mustAgree(read.arguments, known.told);
  }

  #known(index: number, id: string) {
    const known = this.#items[index];
    if (known?.item.id !== id || known.isDone) throw new Error(`no item ${id} is open at ${index}`);
    return known;
  }
}

function mustAgree(told: unknown, before: unknown): void {
  if (!isDeepStrictEqual(told, before))
    throw new Error(`${JSON.stringify(told)} differs from what was sent before`);
}

function said(one: Item): string {
  if (one.type === 'function_call') return one.arguments;
  if (one.type === 'reasoning') return one.summary.map(({ text }) => text).join('');
  return one.content.map((p) => (p.type === 'refusal' ? p.refusal : p.text)).join('');
}

function seenIn(httpStatus: number, told: Response | null, error: Seen['error']): Seen {
  const output = told?.output ?? [];
  const of = (type: Item['type']) =>
    output.map((one) => (one.type === type ? said(one) : '')).join('');
  const refusals = output.flatMap((one) =>
    one.type === 'message' ? one.content.filter((p) => p.type === 'refusal') : [],
  );
  const refused = refusals.length > 0 || told?.incomplete_details?.reason === 'content_filter';
  const calls = output.flatMap((one) =>
    one.type === 'function_call'
      ? { id: one.call_id, name: one.name, input: JSON.parse(one.arguments) as Call['input'] }
      : [],
  );
  return {
    status: httpStatus,
    text: of('message'),
    thought: of('reasoning'),
    refused,
    calls,
    finish: told === null ? null : finishOf(told, refused, calls.length > 0),
    tokens: told?.usage ? tokensOf(told.usage) : null,
    error,
    turn: { output },
  };
}

function finishOf(told: Response, refused: boolean, called: boolean): Seen['finish'] {
  if (refused) return 'refusal';
  if (told.incomplete_details?.reason === 'max_output_tokens') return 'length';
  return called ? 'tools' : 'stop';
}

function tokensOf(usage: NonNullable<Response['usage']>): typeof TOKENS {
  return {
    input: usage.input_tokens,
    cached: usage.input_tokens_details.cached_tokens,
    output: usage.output_tokens,
  } as typeof TOKENS;
}
