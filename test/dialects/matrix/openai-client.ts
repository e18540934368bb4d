import * as z from 'zod';
import { SCHEMA_NAME, toolSchema } from './tools.js';
import type { Call, Seen, TOKENS, Wish } from './script.js';

/** A request in OpenAI's dialect. */
export function openAiRequest(wish: Wish, model: string, stream: boolean): unknown {
  const image = {
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${wish.image ?? ''}` },
  };
  const user = wish.image === undefined ? wish.text : [{ type: 'text', text: wish.text }, image];
  const results = Object.entries(wish.earlier?.results ?? {}).map(([id, content]) => ({
    role: 'tool',
    tool_call_id: id,
    content,
  }));
  return {
    model,
    messages: [
      ...(wish.system === undefined ? [] : [{ role: 'system', content: wish.system }]),
      { role: 'user', content: user },
      ...(wish.earlier === undefined ? [] : [wish.earlier.turn, ...results]),
    ],
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
    ...(wish.maxTokens !== undefined && { max_tokens: wish.maxTokens }),
    ...(wish.tools !== undefined && {
      tools: wish.tools.map((name) => ({
        type: 'function',
        function: { name, parameters: toolSchema(name) },
      })),
    }),
    ...(wish.schema !== undefined && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: SCHEMA_NAME, schema: wish.schema, strict: true },
      },
    }),
    ...(wish.thinks === true && { reasoning_effort: 'low' }),
  };
}

const shown = z.object({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().optional(),
  reasoning_details: z.array(z.unknown()).optional(),
  tool_calls: z
    .array(
      z.object({
        index: z.number().optional(),
        id: z.string().optional(),
        function: z.object({ name: z.string().optional(), arguments: z.string() }),
      }),
    )
    .optional(),
});
const answer = z.object({
  choices: z.array(
    z.object({
      message: shown.optional(),
      delta: shown.optional(),
      finish_reason: z.string().nullable(),
    }),
  ),
  usage: z
    .object({
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
      prompt_tokens_details: z.object({ cached_tokens: z.number() }).optional(),
    })
    .nullish(),
});
const failed = z.object({ error: z.object({ type: z.string(), message: z.string() }) });

/** Reads an answer as a client of OpenAI's dialect, whole or streamed. */
export function seenByOpenAi(status: number, text: string): Seen {
  const reader = new CompletionReader();
  for (const document of text.startsWith('{') ? [text] : eventsIn(text)) {
    reader.read(JSON.parse(document));
  }
  return reader.seen(status);
}

class CompletionReader {
  #text = '';
  #thought = '';
  #refusal = '';
  readonly #details: unknown[] = [];
  readonly #calls: { id: string; name: string; arguments: string }[] = [];
  #finish: string | null = null;
  #usage: z.output<typeof answer>['usage'] = null;
  #error: Seen['error'] = null;

  read(json: unknown): void {
    const fault = failed.safeParse(json);
    if (fault.success) {
      this.#error = fault.data.error;
      return;
    }
    const { choices, usage } = answer.parse(json);
    this.#usage = usage ?? this.#usage;
    for (const { message, delta, finish_reason: reason } of choices) {
      this.#add(message ?? delta ?? {});
      this.#finish = reason ?? this.#finish;
    }
  }

  seen(status: number): Seen {
    const refused = this.#refusal !== '' || this.#finish === 'content_filter';
    return {
      status,
      text: this.#text + this.#refusal,
      thought: this.#thought,
      refused,
      calls: this.#calls.map(({ id, name, arguments: args }) => ({
        id,
        name,
        input: JSON.parse(args) as Call['input'],
      })),
      finish: finishOf(this.#finish, refused),
      tokens: this.#usage ? tokensOf(this.#usage) : null,
      error: this.#error,
      turn: this.#turn(),
    };
  }

  #add(said: z.output<typeof shown>): void {
    this.#text += said.content ?? '';
    this.#refusal += said.refusal ?? '';
    this.#thought += said.reasoning_content ?? '';
    this.#details.push(...(said.reasoning_details ?? []));
    said.tool_calls?.forEach((piece, i) => {
      const known = (this.#calls[piece.index ?? i] ??= { id: '', name: '', arguments: '' });
      known.id ||= piece.id ?? '';
      known.name ||= piece.function.name ?? '';
      known.arguments += piece.function.arguments;
    });
  }

  /** The assistant's message, as a client stores it. */
  #turn(): Record<string, unknown> {
    const calls = this.#calls.map(({ id, name, arguments: args }) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    }));
    return {
      role: 'assistant',
      content: this.#text === '' ? null : this.#text,
      ...(this.#details.length > 0 && { reasoning_details: this.#details }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
  }
}

function eventsIn(text: string): string[] {
  const events = text.split('\n\n').filter((event) => event !== '');
  return events.map((event) => event.replace(/^data: /, '')).filter((data) => data !== '[DONE]');
}

function finishOf(reason: string | null, refused: boolean): Seen['finish'] {
  if (reason === null) return null;
  if (refused) return 'refusal';
  return reason === 'tool_calls' ? 'tools' : reason === 'length' ? 'length' : 'stop';
}

function tokensOf(usage: NonNullable<z.output<typeof answer>['usage']>): typeof TOKENS {
  return {
    input: usage.prompt_tokens,
    cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
    output: usage.completion_tokens,
  } as typeof TOKENS;
}
