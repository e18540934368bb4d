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
  given: NeutralRequest,
  target: Target,
  losses: Losses,
): WrittenRequest {
  const request = target.supportsSchemas ? given : withSchemaPrompt(given, losses);
  noteForeignMembers(request, losses);
  noteCacheMarkers(request, losses);
  const body: JsonObject = {
    model: target.model,
    messages: writeTurns(request.turns, losses, {
      idOf: callIdFor(target.model),
      acceptsReasoning: target.acceptsReasoning,
    }),
    ...streaming(request, target),
    ...length(request, target),
    ...stop(request, losses),
    ...sampling(request, losses),
    ...tools(request, losses),
    ...format(request, losses),
    ...thinking(request, target, losses),
    ...(request.choices > 1 && { n: request.choices }),
    ...(request.logprobs !== null && { logprobs: true, top_logprobs: request.logprobs }),
    ...(request.user !== null && { user: acceptedUserId(request.user) }),
    ...tier(request, target, losses),
    ...providerOptionsFor(request, 'openai', target),
  };
  return {
    body: Buffer.from(exactJson(renamed(body, request, target, losses))),
    answerTool: null,
  };
}

function streaming({ stream }: NeutralRequest, target: Target): JsonObject {
  if (!stream) return {};
  return target.acceptsStreamOptions
    ? { stream, stream_options: { include_usage: true } }
    : { stream };
}

function length({ maxOutputTokens }: NeutralRequest, target: Target): JsonObject {
  return maxOutputTokens === null ? {} : { [target.outputLimitMember]: maxOutputTokens };
}

function stop({ stop: words, names }: NeutralRequest, losses: Losses): JsonObject {
  if (words.length > MAX_STOP) losses.note(`${names.stop}[${MAX_STOP}]`, names.stop);
  return words.length === 0 ? {} : { stop: words.slice(0, MAX_STOP) };
}

function sampling({ sampling: given }: NeutralRequest, losses: Losses): JsonObject {
  if (given.topK !== undefined) losses.note('top_k', 'top_k');
  return {
    temperature: given.temperature,
    top_p: given.topP,
    frequency_penalty: given.frequencyPenalty,
    presence_penalty: given.presencePenalty,
    seed: given.seed,
  };
}

function tools(request: NeutralRequest, losses: Losses): JsonObject {
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

function format({ format: wanted, names }: NeutralRequest, losses: Losses): JsonObject {
  if (wanted.kind !== 'json_schema') {
    return wanted.kind === 'text' ? {} : { response_format: { type: wanted.kind } };
  }
  const { name, description, schema } = wanted;
  const strict = supportedStrictness(wanted.strict, schema, () => {
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

function thinking(
  { thinking: wanted }: NeutralRequest,
  target: Target,
  losses: Losses,
): JsonObject {
  const effort = supportedEffort(wanted, target, losses);
  return effort === null ? {} : { reasoning_effort: effort };
}

function tier(request: NeutralRequest, { kind }: Target, losses: Losses): JsonObject {
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
