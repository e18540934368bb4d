import { exactJson } from '../exact-json.js';
import type { Target, WrittenRequest } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { argumentSchema } from '../neutral/argument-schema.js';
import { noteCacheMarkers, noteForeignMembers } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { providerOptionsFor } from '../neutral/provider-options.js';
import type { NeutralRequest, ToolDefinition } from '../neutral/request.js';
import { supportedEffort } from '../openai/supported-effort.js';
import { acceptedUserId } from '../openai/limits.js';
import { supportedStrictness } from '../openai/strict-schema.js';
import { writeItems } from './write-items.js';

/** OpenAI's minimum of `max_output_tokens`. */
const MIN_OUTPUT_TOKENS = 16;

/** Encodes a neutral request as a Responses request. */
export function writeRequest(
  request: NeutralRequest,
  target: Target,
  losses: Losses,
): WrittenRequest {
  noteForeignMembers(request, losses);
  noteCacheMarkers(request, losses);
  noteUnsupported(request, losses);
  const body: JsonObject = {
    model: target.model,
    input: writeItems(request.turns, losses),
    // The gateway sends the whole conversation each time, so stored responses would never be used.
    store: false,
    ...(request.stream && { stream: true }),
    ...writeLength(request, losses),
    temperature: request.sampling.temperature,
    top_p: request.sampling.topP,
    ...writeTools(request, losses),
    ...writeFormat(request, losses),
    ...writeThinking(request, target, losses),
    ...writeIncludes(request, target),
    ...(request.user !== null && { safety_identifier: acceptedUserId(request.user) }),
    ...writeServiceTier(request),
    ...providerOptionsFor(request, 'responses', target),
  };
  return { body: Buffer.from(exactJson(body)), answerTool: null };
}

function noteUnsupported(request: NeutralRequest, losses: Losses): void {
  const { sampling, stop, names, choices } = request;
  if (choices > 1) losses.note('n', 'n');
  if (stop.length > 0) losses.note(names.stop, names.stop);
  if (sampling.topK !== undefined) losses.note('top_k', 'top_k');
  if (sampling.seed !== undefined) losses.note('seed', 'seed');
  // A penalty of 0 is the same as none.
  if ((sampling.frequencyPenalty ?? 0) !== 0) losses.note('frequency_penalty', 'frequency_penalty');
  if ((sampling.presencePenalty ?? 0) !== 0) losses.note('presence_penalty', 'presence_penalty');
}

function writeLength({ maxOutputTokens, names }: NeutralRequest, losses: Losses): JsonObject {
  if (maxOutputTokens === null) return {};
  if (maxOutputTokens < MIN_OUTPUT_TOKENS) {
    losses.hint(names.maxOutputTokens, names.maxOutputTokens);
  }
  return { max_output_tokens: Math.max(maxOutputTokens, MIN_OUTPUT_TOKENS) };
}

function writeTools(
  { tools, toolChoice, parallelTools }: NeutralRequest,
  losses: Losses,
): JsonObject {
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool) => toolOf(tool, losses)),
    ...(toolChoice !== null && {
      tool_choice:
        toolChoice.kind === 'tool' ? { type: 'function', name: toolChoice.name } : toolChoice.kind,
    }),
    ...(parallelTools !== null && { parallel_tool_calls: parallelTools }),
  };
}

/** `strict` is always set: it defaults to true in this dialect, and to false in all others. */
function toolOf(tool: ToolDefinition, losses: Losses): JsonObject {
  const { name, description, at } = tool;
  const parameters = argumentSchema(tool.parameters);
  const strict = supportedStrictness(tool.strict, parameters, () => {
    losses.note(`${at}.strict`, 'tools.strict');
  });
  return {
    type: 'function',
    name,
    ...(description !== null && { description }),
    parameters,
    strict: strict ?? false,
  };
}

function writeFormat({ format, names }: NeutralRequest, losses: Losses): JsonObject {
  if (format.kind !== 'json_schema') {
    return format.kind === 'text' ? {} : { text: { format: { type: format.kind } } };
  }
  const { name, description, schema } = format;
  const strict = supportedStrictness(format.strict, schema, () => {
    losses.note(names.strict, 'response_format.strict');
  });
  return {
    text: {
      format: {
        type: 'json_schema',
        name,
        ...(description !== null && { description }),
        schema,
        strict: strict ?? false,
      },
    },
  };
}

/** No summary is requested: OpenAI gives some only to verified organisations. */
function writeThinking({ thinking }: NeutralRequest, target: Target, losses: Losses): JsonObject {
  const effort = supportedEffort(thinking, target, losses);
  return effort === null ? {} : { reasoning: { effort } };
}

/** Without storage, encrypted reasoning must be requested explicitly; models without reasoning reject that. */
function writeIncludes({ logprobs }: NeutralRequest, { canThink }: Target): JsonObject {
  const include = [
    ...(canThink ? ['reasoning.encrypted_content'] : []),
    ...(logprobs === null ? [] : ['message.output_text.logprobs']),
  ];
  return {
    ...(include.length > 0 && { include }),
    ...(logprobs !== null && { top_logprobs: logprobs }),
  };
}

function writeServiceTier({ serviceTier }: NeutralRequest): JsonObject {
  if (serviceTier === null) return {};
  return { service_tier: serviceTier === 'standard' ? 'default' : serviceTier };
}
