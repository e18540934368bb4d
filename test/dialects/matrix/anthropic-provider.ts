import * as z from 'zod';
import { sends, type Behaviour } from '../../support/fake-upstream.js';
import { TOKENS, type Script, type Understood } from './script.js';

const cache = z.strictObject({ type: z.literal('ephemeral') }).optional();
const textBlock = z.strictObject({
  type: z.literal('text'),
  text: z.string().regex(/\S/),
  cache_control: cache,
});
const image = z.strictObject({
  type: z.literal('image'),
  source: z.strictObject({
    type: z.literal('base64'),
    media_type: z.literal('image/png'),
    data: z.base64(),
  }),
});
const blocks = z.discriminatedUnion('type', [
  textBlock,
  image,
  z.strictObject({
    type: z.literal('tool_use'),
    id: z.string().regex(/^[\w-]+$/),
    name: z.string(),
    input: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.union([z.string(), z.array(textBlock)]).optional(),
    is_error: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('thinking'),
    thinking: z.string(),
    signature: z.string().min(1),
  }),
]);
const content = z.union([z.string().regex(/\S/), z.array(blocks).min(1)]);
const message = z.strictObject({ role: z.enum(['user', 'assistant']), content });
const request = z.strictObject({
  model: z.literal('claude-sonnet-4-5'),
  max_tokens: z.int().min(1),
  messages: z.array(message).min(1),
  system: z.union([z.string().min(1), z.array(textBlock).min(1)]).optional(),
  stream: z.boolean().optional(),
  tools: z
    .array(
      z.strictObject({
        name: z.string(),
        description: z.string().optional(),
        input_schema: z.looseObject({ type: z.literal('object') }),
      }),
    )
    .min(1)
    .optional(),
  tool_choice: z.unknown().optional(),
  thinking: z
    .strictObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1024) })
    .optional(),
  output_config: z
    .strictObject({
      format: z.strictObject({ type: z.literal('json_schema'), schema: z.looseObject({}) }),
    })
    .optional(),
});

type Request = z.output<typeof request>;
type Block = z.output<typeof blocks>;

/** Answers as Anthropic would, and rejects what Anthropic would reject. */
export function anthropicProvider(script: Script): Behaviour {
  return (exchange) => {
    const { headers, json, path } = exchange.request;
    const read = request.safeParse(json);
    const fault = read.success ? faultOf(read.data, script) : z.prettifyError(read.error);
    if (headers['x-api-key'] !== 'sk-ant') refuses(401, 'authentication_error')(exchange);
    else if (headers['anthropic-version'] === undefined || !path.startsWith('/v1/messages'))
      refuses(400, 'invalid_request_error', 'anthropic-version: header is required')(exchange);
    else if (!read.success || fault !== null)
      refuses(400, 'invalid_request_error', fault ?? '')(exchange);
    else if (script.failure === 'before') refuses(529, 'overloaded_error')(exchange);
    else if (read.data.stream === true) streamed(script)(exchange);
    else
      sends(
        200,
        JSON.stringify({ ...HEAD, ...ending(script), content: written(script), usage: USAGE }),
      )(exchange);
  };
}

function refuses(status: number, type: string, text = type): Behaviour {
  const error = { type, message: text };
  return sends(status, JSON.stringify({ type: 'error', error, request_id: 'req_1' }));
}

function blocksOf({ content: value }: { content: string | Block[] }): readonly Block[] {
  return typeof value === 'string' ? [{ type: 'text', text: value }] : value;
}

/** Checks the order of messages; reasoning must be sent back with the calls that follow it. */
function faultOf({ messages, thinking, max_tokens: max }: Request, script: Script): string | null {
  if (messages[0]?.role !== 'user') return 'first message must use the "user" role';
  if (thinking !== undefined && thinking.budget_tokens >= max) return 'max_tokens must be greater';
  const signature = signatureOf(thinking, script);
  for (const [i, message] of messages.entries()) {
    const before = messages[i - 1];
    if (before?.role === message.role) return 'roles must alternate';
    const fault = faultBetween(
      before === undefined ? [] : blocksOf(before),
      blocksOf(message),
      signature,
    );
    if (fault !== null) return fault;
  }
  return null;
}

function signatureOf(thinking: unknown, { thought }: Script): string | null {
  return thinking === undefined ? null : (thought?.signature ?? '');
}

/** @param signature - of the reasoning that must precede calls; `null` without thinking */
function faultBetween(
  before: readonly Block[],
  after: readonly Block[],
  signature: string | null,
): string | null {
  const ids = before.flatMap((block) => (block.type === 'tool_use' ? block.id : [])).join();
  const results = after.flatMap((b) => (b.type === 'tool_result' ? b.tool_use_id : [])).join();
  if (ids !== results) return `results ${results} for calls ${ids}`;
  if (signature === null || ids === '') return null;
  const [first] = before;
  const isOwn = first?.type === 'thinking' && first.signature === signature;
  return isOwn ? null : 'Expected `thinking`, but found `tool_use`';
}

const REASON = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use', refusal: 'refusal' };
const HEAD = { id: 'msg_01', type: 'message', role: 'assistant', model: 'claude-2026' };
const USAGE = {
  input_tokens: TOKENS.input - TOKENS.cached,
  cache_read_input_tokens: TOKENS.cached,
  cache_creation_input_tokens: 0,
  output_tokens: TOKENS.output,
};

function ending({ finish }: Script) {
  return { stop_reason: REASON[finish], stop_sequence: null };
}

function written({ thought, text, refusal, calls = [] }: Script): Block[] {
  const said = text ?? refusal;
  return [
    ...(thought === undefined
      ? []
      : [{ type: 'thinking' as const, thinking: thought.text, signature: thought.signature }]),
    ...(said === undefined ? [] : [{ type: 'text' as const, text: said }]),
    ...calls.map(({ name, input }, i) => ({
      type: 'tool_use' as const,
      id: `toolu_${i}`,
      name,
      input: { ...input },
    })),
  ];
}

function streamed(script: Script): Behaviour {
  const event = (data: { type: string; [name: string]: unknown }) =>
    `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const start = event({
    type: 'message_start',
    message: { ...HEAD, content: [], stop_reason: null, usage: { ...USAGE, output_tokens: 1 } },
  });
  const pieces = written(script).flatMap((block, index) => [
    event({ type: 'content_block_start', index, content_block: emptied(block) }),
    ...deltasOf(block).map((delta) => event({ type: 'content_block_delta', index, delta })),
    event({ type: 'content_block_stop', index }),
  ]);
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(start + event({ type: 'ping' }));
    for (const one of pieces) response.write(one);
    if (script.failure === 'silence') return;
    if (script.failure === 'middle') {
      const error = { type: 'api_error', message: 'stream interrupted' };
      response.end(event({ type: 'error', error }));
      return;
    }
    response.write(event({ type: 'message_delta', delta: ending(script), usage: USAGE }));
    response.end(event({ type: 'message_stop' }));
  };
}

function emptied(block: Block): unknown {
  if (block.type === 'tool_use') return { ...block, input: {} };
  return block.type === 'thinking'
    ? { type: 'thinking', thinking: '', signature: '' }
    : { type: 'text', text: '' };
}

function deltasOf(block: Block): unknown[] {
  switch (block.type) {
    case 'text':
      return halves(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'thinking':
      return [
        ...halves(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ];
    case 'tool_use': {
      // Anthropic's first piece is empty; for a call without arguments it is the only one.
      const json = JSON.stringify(block.input);
      const pieces = json === '{}' ? [''] : ['', ...halves(json)];
      return pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }));
    }
    default:
      return [];
  }
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

/** What Anthropic understands of a request. */
export function understoodByAnthropic(json: unknown): Understood {
  const { messages, system = '', tools = [], ...rest } = request.parse(json);
  const all = messages.flatMap(blocksOf);
  const textOf = (value: string | readonly { text?: string }[]) =>
    typeof value === 'string' ? value : value.map(({ text }) => text ?? '').join('\n');
  return {
    system: textOf(system),
    said: all.flatMap((block) => (block.type === 'text' ? block.text : [])),
    images: all.flatMap((block) => (block.type === 'image' ? block.source.data : [])),
    tools: tools.map(({ name }) => name),
    results: all.flatMap((block) =>
      block.type === 'tool_result' ? textOf(block.content ?? '') : [],
    ),
    schema: rest.output_config?.format.schema ?? null,
    maxTokens: rest.max_tokens,
    thinks: rest.thinking !== undefined,
    signatures: all.flatMap((block) => (block.type === 'thinking' ? block.signature : [])),
  };
}
