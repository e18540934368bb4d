import * as z from 'zod';
import { toolSchema } from './tools.js';
import type { Call, Seen, TOKENS, Wish } from './script.js';

/** A request in Anthropic's dialect. */
export function anthropicRequest(wish: Wish, model: string, stream: boolean): unknown {
  const source = { type: 'base64', media_type: 'image/png', data: wish.image ?? '' };
  const text = { type: 'text', text: wish.text };
  const user = wish.image === undefined ? wish.text : [{ type: 'image', source }, text];
  const results = Object.entries(wish.earlier?.results ?? {}).map(([id, content]) => ({
    type: 'tool_result',
    tool_use_id: id,
    content,
  }));
  return {
    model,
    max_tokens: wish.maxTokens ?? 4_096,
    ...(stream && { stream: true }),
    ...(wish.system !== undefined && { system: wish.system }),
    messages: [
      { role: 'user', content: user },
      ...(wish.earlier === undefined
        ? []
        : [wish.earlier.turn, { role: 'user', content: results }]),
    ],
    ...(wish.tools !== undefined && {
      tools: wish.tools.map((name) => ({ name, input_schema: toolSchema(name) })),
    }),
    ...(wish.schema !== undefined && {
      output_config: { format: { type: 'json_schema', schema: wish.schema } },
    }),
    ...(wish.thinks === true && { thinking: { type: 'enabled', budget_tokens: 1_024 } }),
  };
}

const usage = z.object({
  input_tokens: z.number(),
  cache_read_input_tokens: z.number().optional(),
  output_tokens: z.number(),
});
const block = z.looseObject({ type: z.string() });
type Block = z.output<typeof block>;
const message = z.object({
  id: z.string(),
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: z.string(),
  content: z.array(block),
  stop_reason: z.string().nullable(),
  stop_sequence: z.string().nullish(),
  usage,
});
type Message = z.output<typeof message>;
const failed = z.object({
  type: z.literal('error'),
  error: z.object({ type: z.string(), message: z.string() }),
});
const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('content_block_start'), index: z.number(), content_block: block }),
  z.object({ type: z.literal('content_block_delta'), index: z.number(), delta: block }),
  z.object({ type: z.literal('content_block_stop'), index: z.number() }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: z.string(), stop_sequence: z.string().nullish() }),
    usage,
  }),
  z.object({ type: z.literal('message_stop') }),
  failed,
]);

/** Reads an answer as a client of Anthropic's dialect, whole or streamed. */
export function seenByAnthropic(status: number, text: string): Seen {
  const reader = new MessageReader();
  if (text.startsWith('{')) {
    const json: unknown = JSON.parse(text);
    const fault = failed.safeParse(json);
    if (fault.success) reader.error = fault.data.error;
    else reader.message = message.parse(json);
  } else {
    for (const frame of text.split('\n\n').filter((one) => one !== '')) reader.read(frame);
  }
  return reader.seen(status);
}

/** As strict as Anthropic's own client: events out of order are rejected. */
class MessageReader {
  message: Message | null = null;
  error: Seen['error'] = null;
  #open: number | null = null;
  #json = '';
  #isOver = false;

  read(frame: string): void {
    const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
    const read = event.parse(JSON.parse(data));
    if (read.type !== name) throw new Error(`event ${name} is called ${read.type}`);
    if (this.#isOver) throw new Error(`${name} after the end`);
    if (read.type === 'error') this.error = read.error;
    else if (read.type === 'message_start') this.#start(read.message);
    else if (read.type !== 'ping') this.#content(read, this.#started());
  }

  seen(status: number): Seen {
    const content = this.message?.content ?? [];
    const of = (type: string, name: string) =>
      content.map((one) => (one.type === type ? String(one[name]) : '')).join('');
    const reason = this.message?.stop_reason ?? null;
    return {
      status,
      text: of('text', 'text'),
      thought: of('thinking', 'thinking'),
      refused: reason === 'refusal',
      calls: content.flatMap((one) => (one.type === 'tool_use' ? callOf(one) : [])),
      finish: reason === null ? null : (FINISH[reason] ?? null),
      tokens: reason === null || this.message === null ? null : tokensOf(this.message.usage),
      error: this.error,
      turn: { role: 'assistant', content },
    };
  }

  #start(started: Message): void {
    if (this.message !== null) throw new Error('a second message_start');
    this.message = started;
  }

  #started(): Message {
    if (this.message === null) throw new Error('content before message_start');
    return this.message;
  }

  #content(
    read: Exclude<z.output<typeof event>, { type: 'error' | 'ping' | 'message_start' }>,
    to: Message,
  ): void {
    switch (read.type) {
      case 'content_block_start':
        if (this.#open !== null || read.index !== to.content.length) throw new Error('block order');
        this.#open = read.index;
        this.#json = '';
        to.content.push(read.content_block);
        return;
      case 'content_block_delta':
        if (this.#open !== read.index) throw new Error('a delta of no open block');
        this.#delta(to.content[read.index] ?? { type: '' }, read.delta);
        return;
      case 'content_block_stop':
        if (this.#open !== read.index) throw new Error('the end of no open block');
        this.#open = null;
        return;
      case 'message_delta':
        if (this.#open !== null) throw new Error('the end of a message with an open block');
        to.stop_reason = read.delta.stop_reason;
        to.usage = read.usage;
        return;
      case 'message_stop':
        this.#isOver = true;
    }
  }

  #delta(to: Block, delta: Block): void {
    if (delta.type === 'input_json_delta') {
      this.#json += String(delta['partial_json']);
      to['input'] = this.#json.endsWith('}') ? JSON.parse(this.#json) : {};
      return;
    }
    const [, name = ''] = /^(\w+)_delta$/.exec(delta.type) ?? [];
    to[name] = `${String(to[name])}${String(delta[name])}`;
  }
}

function callOf(one: Block): Seen['calls'] {
  return [
    { id: String(one['id']), name: String(one['name']), input: one['input'] as Call['input'] },
  ];
}

const FINISH: Readonly<Record<string, Seen['finish']>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  tool_use: 'tools',
  refusal: 'refusal',
};

function tokensOf(told: z.output<typeof usage>): typeof TOKENS {
  const cached = told.cache_read_input_tokens ?? 0;
  return { input: told.input_tokens + cached, cached, output: told.output_tokens } as typeof TOKENS;
}
