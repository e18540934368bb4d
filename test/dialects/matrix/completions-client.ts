import * as z from 'zod';
import type { Seen, TOKENS, Wish } from './script.js';

/** A request in the legacy Completions dialect, which can express little more than a text. */
export function completionsRequest(wish: Wish, model: string, stream: boolean): unknown {
  return {
    model,
    prompt: wish.text,
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
    ...(wish.maxTokens !== undefined && { max_tokens: wish.maxTokens }),
  };
}

/** The scenarios that Completions cannot express, and why. */
export const LACKED_BY_COMPLETIONS: Readonly<Record<string, string>> = {
  'a system prompt': 'the prompt is the only text',
  'a tool call': 'it has no tools',
  'text and parallel tool calls, one without arguments': 'it has no tools',
  'tool results': 'it has no tools',
  'an image': 'the prompt is text only',
  'an answer with a response schema': 'it has no response format',
  'thinking with tools over two turns': 'it has neither reasoning nor tools',
};

const completion = z.strictObject({
  id: z.string().startsWith('cmpl-'),
  object: z.literal('text_completion'),
  created: z.number(),
  model: z.string(),
  choices: z.array(
    z.strictObject({
      text: z.string(),
      index: z.literal(0),
      logprobs: z.null(),
      finish_reason: z.enum(['stop', 'length', 'content_filter']).nullable(),
    }),
  ),
  usage: z
    .object({
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
      prompt_tokens_details: z.object({ cached_tokens: z.number() }).optional(),
    })
    .optional(),
});
const failed = z.object({ error: z.object({ type: z.string(), message: z.string() }) });

/** Reads an answer as a client of legacy Completions, whole or streamed. */
export function seenByCompletions(status: number, text: string): Seen {
  const said: string[] = [];
  let finish: string | null = null;
  let usage: z.output<typeof completion>['usage'];
  let error: Seen['error'] = null;
  for (const document of text.startsWith('{') ? [text] : documentsIn(text)) {
    const json: unknown = JSON.parse(document);
    const fault = failed.safeParse(json);
    if (fault.success) {
      error = fault.data.error;
      continue;
    }
    const told = completion.parse(json);
    usage = told.usage ?? usage;
    for (const choice of told.choices) {
      said.push(choice.text);
      finish = choice.finish_reason ?? finish;
    }
  }
  return {
    status,
    text: said.join(''),
    thought: '',
    refused: finish === 'content_filter',
    calls: [],
    finish: finish === 'content_filter' ? 'refusal' : (finish as Seen['finish']),
    tokens: usage === undefined ? null : tokensOf(usage),
    error,
    turn: {},
  };
}

function documentsIn(text: string): string[] {
  const events = text.split('\n\n').filter((event) => event !== '');
  return events.map((event) => event.replace(/^data: /, '')).filter((data) => data !== '[DONE]');
}

function tokensOf(usage: NonNullable<z.output<typeof completion>['usage']>): typeof TOKENS {
  return {
    input: usage.prompt_tokens,
    cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
    output: usage.completion_tokens,
  } as typeof TOKENS;
}
