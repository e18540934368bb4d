import { exactJson } from '../exact-json.js';
import type { ProviderDialect, Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { noteCacheMarkers, noteForeignMembers } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import type { NeutralRequest, Thinking } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';
import { withSchemaPrompt } from '../neutral/schema-prompt.js';
import { toolOf } from '../openai/write-request.js';
import { withOptions, writeMessages } from './write-messages.js';

/** The efforts of models that support effort; for all others thinking is only on or off. */
const LEVELS = new Set(['low', 'medium', 'high']);
const LOWEST: Readonly<Record<string, string>> = { none: 'low', minimal: 'low' };

/** Encodes a neutral request as a chat request. */
export const writeRequest: ProviderDialect['writeRequest'] = (original, target, losses) => {
  const request = mayCall(original) ? withSchemaPrompt(original, losses) : original;
  noteUnsupported(request, losses);
  const options = optionsOf(request);
  const body: JsonObject = {
    model: target.model,
    messages: writeMessages(request.turns, losses),
    // Ollama streams by default.
    stream: request.stream,
    ...writeTools(request, losses),
    ...writeFormat(request, losses),
    ...writeThinking(request.thinking, target, losses),
    ...writeLogprobs(request),
    ...(Object.keys(options).length > 0 && { options }),
  };
  const { providerOptions } = request;
  const own = target.provider === 'ollama' ? undefined : providerOptions[target.provider];
  const whole = withOptions(withOptions(body, providerOptions['ollama']), own);
  return { body: Buffer.from(exactJson(whole)), answerTool: null };
};

function noteUnsupported(request: NeutralRequest, losses: Losses): void {
  noteForeignMembers(request, losses);
  noteCacheMarkers(request, losses);
  const { choices, user, names, parallelTools, tools, serviceTier } = request;
  if (choices > 1) losses.note('n', 'n');
  if (user !== null) losses.hint(names.user, 'user');
  if (parallelTools === false && tools.length > 0) {
    losses.note(names.parallelTools, 'parallel_tool_calls');
  }
  if (serviceTier !== null && serviceTier !== 'auto') losses.note('service_tier', 'service_tier');
}

function optionsOf({ sampling, stop, maxOutputTokens }: NeutralRequest): JsonObject {
  const all: readonly (readonly [string, unknown])[] = [
    ['temperature', sampling.temperature],
    ['top_p', sampling.topP],
    ['top_k', sampling.topK],
    ['seed', sampling.seed],
    ['frequency_penalty', sampling.frequencyPenalty],
    ['presence_penalty', sampling.presencePenalty],
    ['num_predict', maxOutputTokens ?? undefined],
    ['stop', stop.length > 0 ? stop : undefined],
  ];
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

/** Ollama has no tool choice, so tools that must not be called are not offered. */
function writeTools({ tools, toolChoice }: NeutralRequest, losses: Losses): JsonObject {
  if (toolChoice?.kind === 'none') return {};
  const named = toolChoice?.kind === 'tool' ? toolChoice.name : null;
  const choosable = named === null ? tools : tools.filter(({ name }) => name === named);
  if (choosable.length === 0) return {};
  if (toolChoice?.kind === 'required' || named !== null) losses.note('tool_choice', 'tool_choice');
  for (const { strict, at } of choosable) {
    if (strict === true) losses.hint(`${at}.strict`, 'tools.strict');
  }
  return { tools: choosable.map((tool) => toolOf({ ...tool, strict: null }, losses)) };
}

/** Whether the model may call tools: with a format, all its output must match it, so it could not. */
function mayCall({ tools, toolChoice }: NeutralRequest): boolean {
  return tools.length > 0 && toolChoice?.kind !== 'none';
}

function writeFormat(request: NeutralRequest, losses: Losses): JsonObject {
  const { format, names } = request;
  if (format.kind === 'text') return {};
  if (mayCall(request)) {
    losses.note(names.format, 'response_format');
    return {};
  }
  return { format: format.kind === 'json_schema' ? format.schema : 'json' };
}

function writeThinking(thinking: Thinking | null, target: Target, losses: Losses): JsonObject {
  if (thinking === null) return {};
  if (!target.canThink) {
    // Ollama rejects `think` for models without reasoning, which already do what `off` requests.
    if (thinking.mode !== 'off') losses.note(thinking.at, 'thinking');
    return {};
  }
  if (thinking.mode === 'off') return { think: false };
  // Only gpt-oss supports levels; how other models treat one differs between versions.
  if (!target.model.toLowerCase().includes('gpt-oss')) return { think: true };
  const effort = effortOf(thinking);
  if (!LEVELS.has(effort)) losses.hint(thinking.at, 'thinking');
  return { think: LEVELS.has(effort) ? effort : (LOWEST[effort] ?? 'high') };
}

function writeLogprobs({ logprobs }: NeutralRequest): JsonObject {
  if (logprobs === null) return {};
  return { logprobs: true, ...(logprobs > 0 && { top_logprobs: logprobs }) };
}
