import type { SimulatedChoice, SimulatedReply } from './reply.js';
import { tokensOf } from './reply.js';

/** The identifying members of one answer. */
export interface Identity {
  readonly id: string;
  readonly model: string;
  readonly createdS: number;
}

/** The `system_fingerprint` of every simulated answer, so that programs can recognise it. */
const FINGERPRINT = 'simulation';

/** A chunk of a stream, and the number of tokens in it. */
export interface PacedChunk {
  readonly bytes: Buffer;
  readonly tokens: number;
}

/** The answer as OpenAI's `chat.completion` object. */
export function wholeBody(reply: SimulatedReply, identity: Identity): Buffer {
  const choices = reply.choices.map((choice, index) => ({
    index,
    message: {
      role: 'assistant',
      content: choice.tool === null ? choice.text : null,
      refusal: null,
      ...(choice.tool === null ? {} : { tool_calls: [toolCall(choice, identity, index)] }),
    },
    logprobs: null,
    finish_reason: choice.finishReason,
  }));
  return Buffer.from(
    JSON.stringify({
      ...head(identity, 'chat.completion'),
      choices,
      usage: usage(reply),
      system_fingerprint: FINGERPRINT,
    }),
  );
}

/** The answer as OpenAI's stream of `chat.completion.chunk` events, `[DONE]` included. */
export function* streamChunks(
  reply: SimulatedReply,
  identity: Identity,
  includeUsage: boolean,
): Generator<PacedChunk, void> {
  const base = {
    ...head(identity, 'chat.completion.chunk'),
    system_fingerprint: FINGERPRINT,
    // If usage is requested, OpenAI sends a null in every chunk but the last.
    ...(includeUsage ? { usage: null } : {}),
  };
  const chunk = (index: number, delta: unknown, finish: string | null): Buffer =>
    event({ ...base, choices: [{ index, delta, logprobs: null, finish_reason: finish }] });

  for (const [index, choice] of reply.choices.entries()) {
    yield { bytes: chunk(index, opening(choice, identity, index), null), tokens: 0 };
    for (const piece of pieces(choice.text)) {
      const delta =
        choice.tool === null
          ? { content: piece }
          : { tool_calls: [{ index: 0, function: { arguments: piece } }] };
      yield { bytes: chunk(index, delta, null), tokens: tokensOf(piece) };
    }
    yield { bytes: chunk(index, {}, choice.finishReason), tokens: 0 };
  }
  if (includeUsage)
    yield { bytes: event({ ...base, choices: [], usage: usage(reply) }), tokens: 0 };
  yield { bytes: Buffer.from('data: [DONE]\n\n'), tokens: 0 };
}

function opening(choice: SimulatedChoice, identity: Identity, index: number): unknown {
  if (choice.tool === null) return { role: 'assistant', content: '', refusal: null };
  const call = { index: 0, ...toolCall({ ...choice, text: '' }, identity, index) };
  return { role: 'assistant', content: null, tool_calls: [call] };
}

function toolCall(choice: SimulatedChoice, identity: Identity, index: number): object {
  return {
    id: `call_${identity.id.slice('chatcmpl-'.length)}_${index}`,
    type: 'function',
    function: { name: choice.tool, arguments: choice.text },
  };
}

function head(identity: Identity, object: string): object {
  return { id: identity.id, object, created: identity.createdS, model: identity.model };
}

function usage(reply: SimulatedReply): object {
  return {
    prompt_tokens: reply.promptTokens,
    completion_tokens: reply.completionTokens,
    total_tokens: reply.promptTokens + reply.completionTokens,
  };
}

/** Splits a text into words, similar to how models stream. */
function pieces(text: string): readonly string[] {
  return text.match(/\s*\S{1,16}|\s+/gu) ?? [];
}

function event(data: unknown): Buffer {
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
}
