import { exactJson } from '../exact-json.js';
import type { Target, WrittenRequest } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { argumentSchema } from '../neutral/argument-schema.js';
import { noteCacheMarkers, noteForeignMembers } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { providerOptionsFor } from '../neutral/provider-options.js';
import type { NeutralRequest, ToolDefinition } from '../neutral/request.js';
import { withSchemaPrompt } from '../neutral/schema-prompt.js';
import { supportedEffort } from './supported-effort.js';
import { callIdFor, acceptedUserId } from './limits.js';
import { supportedStrictness } from './strict-schema.js';
import { writeTurns } from './write-turns.js';

/** The maximum number of stop sequences that OpenAI accepts. */
const MAX_STOP = 4;

/** Encodes a neutral request as a chat completion request. */
export function writeRequest(
  original: NeutralRequest,
  target: Target,
  losses: Losses,
): WrittenRequest {
  const request = target.supportsSchemas ? original : withSchemaPrompt(original, losses);
  noteForeignMembers(request, losses);
  noteCacheMarkers(request, losses);
  const body: JsonObject = {
    model: target.model,
    messages: writeTurns(request.turns, losses, {
      idOf: callIdFor(target.model),
      acceptsReasoning: target.acceptsReasoning,
    }),
    ...writeStreaming(request, target),
    ...writeLength(request, target),
    ...writeStop(request, losses),
    ...writeSampling(request, losses),
    ...writeTools(request, losses),
    ...writeFormat(request, losses),
    ...writeThinking(request, target, losses),
    ...(request.choices > 1 && { n: request.choices }),
    ...(request.logprobs !== null && { logprobs: true, top_logprobs: request.logprobs }),
    ...(request.user !== null && { user: acceptedUserId(request.user) }),
    ...writeServiceTier(request, target, losses),
    ...providerOptionsFor(request, 'openai', target),
  };
  return {
    body: Buffer.from(exactJson(renamed(body, request, target, losses))),
    answerTool: null,
  };
}

function writeStreaming({ stream }: NeutralRequest, target: Target): JsonObject {
  if (!stream) return {};
  return target.acceptsStreamOptions
    ? { stream, stream_options: { include_usage: true } }
    : { stream };
}

function writeLength({ maxOutputTokens }: NeutralRequest, target: Target): JsonObject {
  return maxOutputTokens === null ? {} : { [target.outputLimitMember]: maxOutputTokens };
}

function writeStop({ stop, names }: NeutralRequest, losses: Losses): JsonObject {
  if (stop.length > MAX_STOP) losses.note(`${names.stop}[${MAX_STOP}]`, names.stop);
  return stop.length === 0 ? {} : { stop: stop.slice(0, MAX_STOP) };
}

function writeSampling({ sampling }: NeutralRequest, losses: Losses): JsonObject {
  if (sampling.topK !== undefined) losses.note('top_k', 'top_k');
  return {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
  };
}

function writeTools(request: NeutralRequest, losses: Losses): JsonObject {
  const { toolChoice, parallelTools } = request;
  if (request.tools.length === 0) return {};
  return {
    tools: request.tools.map((tool) => toolOf(tool, losses)),
    ...(toolChoice !== null && {
      tool_choice:
        toolChoice.kind === 'tool'
          ? { type: 'function', function: { name: toolChoice.name } }
          : toolChoice.kind,
    }),
    ...(parallelTools !== null && { parallel_tool_calls: parallelTools }),
  };
}

/** Encodes a tool for OpenAI and dialects with the same format. */
export function toolOf(tool: ToolDefinition, losses: Losses): JsonObject {
  const { name, description, at } = tool;
  const parameters = argumentSchema(tool.parameters);
  const strict = supportedStrictness(tool.strict, parameters, () => {
    losses.note(`${at}.strict`, 'tools.strict');
  });
  return {
    type: 'function',
    function: {
      name,
      ...(description !== null && { description }),
      parameters,
      ...(strict !== null && { strict }),
    },
  };
}

function writeFormat({ format, names }: NeutralRequest, losses: Losses): JsonObject {
  if (format.kind !== 'json_schema') {
    return format.kind === 'text' ? {} : { response_format: { type: format.kind } };
  }
  const { name, description, schema } = format;
  const strict = supportedStrictness(format.strict, schema, () => {
    losses.note(names.strict, 'response_format.strict');
  });
  return {
    response_format: {
      type: 'json_schema',
      json_schema: {
        name,
        ...(description !== null && { description }),
        schema,
        ...(strict !== null && { strict }),
      },
    },
  };
}

function writeThinking({ thinking }: NeutralRequest, target: Target, losses: Losses): JsonObject {
  const effort = supportedEffort(thinking, target, losses);
  return effort === null ? {} : { reasoning_effort: effort };
}

function writeServiceTier(request: NeutralRequest, { kind }: Target, losses: Losses): JsonObject {
  const { serviceTier } = request;
  if (serviceTier === null || serviceTier === 'auto') return {};
  if (kind !== 'openai') {
    losses.note('service_tier', 'service_tier');
    return {};
  }
  return { service_tier: serviceTier === 'standard' ? 'default' : serviceTier };
}

/** Renames or drops members. Those that a provider rejects do not affect the answer, so no request fails because of them. */
function renamed(
  body: JsonObject,
  { names }: NeutralRequest,
  { renames }: Target,
  losses: Losses,
): JsonObject {
  const out: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    const newName = Object.hasOwn(renames, name) ? renames[name] : name;
    if (newName === null && value !== undefined) {
      losses.hint(name === 'user' ? names.user : name, name);
    } else if (typeof newName === 'string') out[newName] = value;
  }
  return out;
}
