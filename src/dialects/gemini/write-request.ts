import { exactJson } from '../exact-json.js';
import type { Target, WrittenRequest } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { noteCacheMarkers, noteForeignMembers } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { providerOptionsFor } from '../neutral/provider-options.js';
import type { NeutralRequest, ToolDefinition } from '../neutral/request.js';
import { writeContents } from './write-contents.js';
import { thinkingConfig } from './write-thinking.js';

/** The maximum number of stop sequences that Gemini accepts. */
const MAX_STOP = 5;

/** Encodes a neutral request as a generateContent request. */
export function writeRequest(
  request: NeutralRequest,
  target: Target,
  losses: Losses,
): WrittenRequest {
  noteUnsupported(request, losses);
  const generationConfig: JsonObject = {
    ...writeSampling(request),
    ...(request.maxOutputTokens !== null && { maxOutputTokens: request.maxOutputTokens }),
    ...writeStop(request, losses),
    ...(request.logprobs !== null && {
      responseLogprobs: true,
      ...writeLogprobCount(request.logprobs),
    }),
    ...(request.choices > 1 && { candidateCount: request.choices }),
    ...writeFormat(request),
    ...thinkingConfig(request.thinking, target, losses),
  };
  const body: JsonObject = {
    ...writeContents(request.turns, target.model, losses),
    ...writeTools(request),
    ...(Object.values(generationConfig).some((value) => value !== undefined) && {
      generationConfig,
    }),
    ...providerOptionsFor(request, 'gemini', target),
  };
  return { body: Buffer.from(exactJson(body)), answerTool: null };
}

function noteUnsupported(request: NeutralRequest, losses: Losses): void {
  noteForeignMembers(request, losses);
  noteCacheMarkers(request, losses);
  const { user, names, parallelTools, tools, serviceTier } = request;
  if (user !== null) losses.hint(names.user, 'user');
  if (parallelTools === false && tools.length > 0) {
    losses.note(names.parallelTools, 'parallel_tool_calls');
  }
  if (serviceTier !== null && serviceTier !== 'auto') losses.note('service_tier', 'service_tier');
  for (const { strict, at } of tools) {
    if (strict === true) losses.hint(`${at}.strict`, 'tools.strict');
  }
}

function writeSampling({ sampling }: NeutralRequest): JsonObject {
  return {
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    seed: sampling.seed,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
  };
}

/** `logprobs: 0` is rejected. */
function writeLogprobCount(count: number): JsonObject {
  return count > 0 ? { logprobs: count } : {};
}

function writeStop({ stop, names }: NeutralRequest, losses: Losses): JsonObject {
  if (stop.length > MAX_STOP) losses.note(`${names.stop}[${MAX_STOP}]`, names.stop);
  return stop.length === 0 ? {} : { stopSequences: stop.slice(0, MAX_STOP) };
}

function writeFormat({ format }: NeutralRequest): JsonObject {
  const json = { responseMimeType: 'application/json' };
  if (format.kind === 'json_schema') return { ...json, responseJsonSchema: format.schema };
  return format.kind === 'text' ? {} : json;
}

function writeTools({ tools, toolChoice }: NeutralRequest): JsonObject {
  if (tools.length === 0) return {};
  const declarations = { tools: [{ functionDeclarations: tools.map(declarationOf) }] };
  if (toolChoice === null) return declarations;
  const config =
    toolChoice.kind === 'tool'
      ? { mode: 'ANY', allowedFunctionNames: [toolChoice.name] }
      : { mode: { auto: 'AUTO', none: 'NONE', required: 'ANY' }[toolChoice.kind] };
  return { ...declarations, toolConfig: { functionCallingConfig: config } };
}

function declarationOf({ name, description, parameters }: ToolDefinition): JsonObject {
  return {
    name,
    ...(description !== null && { description }),
    ...(parameters !== null && { parametersJsonSchema: parameters }),
  };
}
