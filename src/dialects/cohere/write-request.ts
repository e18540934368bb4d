import { exactJson } from '../exact-json.js';
import type { Target, WrittenRequest } from '../dialect.js';
import type { JsonObject } from '../json.js';
import {
  noteCacheMarkers,
  dropEmptiedTurn,
  noteForeignMembers,
  noteLostPart,
} from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { providerOptionsFor } from '../neutral/provider-options.js';
import type { ContentPart, Turn } from '../neutral/part.js';
import type { NeutralRequest, Thinking, ToolChoice } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';
import { withSchemaPrompt } from '../neutral/schema-prompt.js';
import { toolOf } from '../openai/write-request.js';
import { writeTurns } from '../openai/write-turns.js';

/** The maximum number of stop sequences that Cohere accepts. */
const MAX_STOP = 5;
/** Cohere's maximum temperature and penalty; OpenAI's is 2. */
const MAX_VALUE = 1;

/** The budgets for other dialects' efforts, for models that accept a budget. */
const BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: 512,
  low: 1_024,
  medium: 8_192,
};

/** Encodes a neutral request as a Chat v2 request. */
export function writeRequest(
  original: NeutralRequest,
  target: Target,
  losses: Losses,
): WrittenRequest {
  // Cohere rejects a response format together with tools.
  const request = original.tools.length === 0 ? original : withSchemaPrompt(original, losses);
  noteUnsupported(request, losses);
  const body: JsonObject = {
    model: target.model,
    messages: writeMessages(request.turns, losses),
    ...(request.stream && { stream: true }),
    ...(request.maxOutputTokens !== null && { max_tokens: request.maxOutputTokens }),
    ...writeStop(request, losses),
    ...writeSampling(request, losses),
    ...writeTools(request, losses),
    ...writeFormat(request, losses),
    ...writeThinking(request.thinking, target, losses),
    ...providerOptionsFor(request, 'cohere', target),
  };
  return { body: Buffer.from(exactJson(body)), answerTool: null };
}

function noteUnsupported(request: NeutralRequest, losses: Losses): void {
  noteForeignMembers(request, losses);
  noteCacheMarkers(request, losses);
  const { choices, user, names, parallelTools, tools, serviceTier, logprobs } = request;
  if (choices > 1) losses.note('n', 'n');
  // Cohere's log probabilities have their own format, which is not supported.
  if (logprobs !== null) losses.note('logprobs', 'logprobs');
  if (user !== null) losses.hint(names.user, 'user');
  if (parallelTools === false && tools.length > 0) {
    losses.note(names.parallelTools, 'parallel_tool_calls');
  }
  if (serviceTier !== null && serviceTier !== 'auto') losses.note('service_tier', 'service_tier');
}

/** Encodes messages: OpenAI's format, except for `tool_plan` and for parts that Cohere does not support. */
function writeMessages(turns: readonly Turn[], losses: Losses): JsonObject[] {
  const supported = turns.flatMap((turn) => {
    const parts = turn.parts.flatMap((part) => supportedPart(part, losses));
    if (parts.length > 0) return [{ ...turn, parts }];
    dropEmptiedTurn(turn);
    return [];
  });
  return writeTurns(supported, losses).flatMap(writtenMessage);
}

function supportedPart(part: ContentPart, losses: Losses): ContentPart[] {
  const isBytes = part.kind === 'document' && part.source.kind !== 'text';
  if (part.kind === 'audio' || isBytes) {
    noteLostPart(part, losses);
    return [];
  }
  if (part.kind !== 'tool_result') return [part];
  return [{ ...part, parts: part.parts.flatMap((inner) => supportedPart(inner, losses)) }];
}

function writtenMessage(message: JsonObject): JsonObject[] {
  const { role, content, tool_calls: calls, refusal, ...rest } = message;
  // Cohere rejects an empty user message.
  if (role === 'user' && content === '') return [];
  if (role !== 'assistant') return [{ role, content, ...rest }];
  const texts = [content, refusal].filter((words) => typeof words === 'string');
  const text = texts.length === 0 ? null : texts.join('\n\n');
  if (calls === undefined) return [{ role, content: text }];
  return [{ role, ...(typeof text === 'string' && { tool_plan: text }), tool_calls: calls }];
}

function writeStop({ stop, names }: NeutralRequest, losses: Losses): JsonObject {
  if (stop.length > MAX_STOP) losses.note(`${names.stop}[${MAX_STOP}]`, names.stop);
  return stop.length === 0 ? {} : { stop_sequences: stop.slice(0, MAX_STOP) };
}

function writeSampling({ sampling, names }: NeutralRequest, losses: Losses): JsonObject {
  const atMost = (value: number | undefined, name: string): number | undefined => {
    if (value === undefined || (value >= 0 && value <= MAX_VALUE)) return value;
    losses.note(name, name);
    return Math.min(MAX_VALUE, Math.max(0, value));
  };
  // 1 is the default everywhere, and above Cohere's maximum.
  const topP = sampling.topP === 1 ? undefined : sampling.topP;
  if (topP === 0) losses.note(names.topP, 'top_p');
  return {
    temperature: atMost(sampling.temperature, 'temperature'),
    p: topP === 0 ? undefined : topP,
    k: sampling.topK,
    seed: sampling.seed,
    frequency_penalty: atMost(sampling.frequencyPenalty, 'frequency_penalty'),
    presence_penalty: atMost(sampling.presencePenalty, 'presence_penalty'),
  };
}

/** A tool that is forced by name is the only one offered: Cohere cannot force one by name. */
function writeTools({ tools, toolChoice }: NeutralRequest, losses: Losses): JsonObject {
  const named = toolChoice?.kind === 'tool' ? toolChoice.name : null;
  const choosable = named === null ? tools : tools.filter(({ name }) => name === named);
  if (choosable.length === 0) return {};
  const isStrict = choosable.every(({ strict }) => strict === true);
  for (const { strict, at } of choosable) {
    if (strict === true && !isStrict) losses.hint(`${at}.strict`, 'tools.strict');
  }
  return {
    tools: choosable.map((tool) => toolOf({ ...tool, strict: null }, losses)),
    ...(isStrict && { strict_tools: true }),
    ...writeToolChoice(toolChoice),
  };
}

/** `auto` is left out: Cohere has no value for it. */
function writeToolChoice(choice: ToolChoice | null): JsonObject {
  switch (choice?.kind) {
    case 'required':
    case 'tool':
      return { tool_choice: 'REQUIRED' };
    case 'none':
      return { tool_choice: 'NONE' };
    default:
      return {};
  }
}

function writeFormat({ format, tools, names }: NeutralRequest, losses: Losses): JsonObject {
  if (format.kind === 'text') return {};
  if (tools.length > 0) {
    losses.note(names.format, 'response_format');
    return {};
  }
  const schema = format.kind === 'json_schema' && { json_schema: format.schema };
  return { response_format: { type: 'json_object', ...schema } };
}

function writeThinking(thinking: Thinking | null, target: Target, losses: Losses): JsonObject {
  if (thinking === null) return {};
  if (!target.canThink) {
    // A model without reasoning already does what is requested.
    if (thinking.mode !== 'off') losses.note(thinking.at, 'thinking');
    return {};
  }
  if (thinking.mode === 'off') return { thinking: { type: 'disabled' } };
  const budget = thinking.budgetTokens ?? BUDGET_TOKENS[effortOf(thinking)];
  return {
    thinking: { type: 'enabled', ...(budget !== undefined && { token_budget: budget }) },
  };
}
