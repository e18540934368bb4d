import { exactJson } from '../exact-json.js';
import { writeSampling } from '../anthropic/sampling.js';
import { toEnforceable } from '../anthropic/schema.js';
import type { Target, WrittenRequest } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { noteForeignMembers } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { providerOptionsFor } from '../neutral/provider-options.js';
import type { NeutralRequest } from '../neutral/request.js';
import { modelTraits, type ModelTraits } from './model-traits.js';
import { cachePoint, writeConversation } from './write-messages.js';
import { outputLimit, writeThinking } from './write-thinking.js';
import { writeTools } from './write-tools.js';

/** Encodes a neutral request as a Converse request; the model is in the path. */
export function writeRequest(
  request: NeutralRequest,
  target: Target,
  losses: Losses,
): WrittenRequest {
  const traits = modelTraits(target.model);
  noteForeignMembers(request, losses);
  noteUnsupported(request, losses);
  const tools = writeTools(request, traits, losses);
  const thinking = writeThinking(request, { traits, target, isForced: tools.isForced }, losses);
  const { top_k: topK, ...sampling } = writeSampling(
    request,
    traits.claude,
    'thinking' in thinking,
    losses,
  );
  const inferenceConfig = {
    ...writeLength(request, target, thinking),
    ...camel(sampling),
    ...writeStop(request, losses),
  };
  const extra = { ...thinking, ...moreSampling(topK, target.model, traits, losses) };
  const body: JsonObject = {
    ...conversation(request, traits, losses),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...tools.members,
    ...(Object.keys(extra).length > 0 && { additionalModelRequestFields: extra }),
    ...outputConfig(request, tools.answerTool),
    ...writeServiceTier(request),
    ...providerOptionsFor(request, 'bedrock', target),
  };
  return { body: Buffer.from(exactJson(body)), answerTool: tools.answerTool };
}

function noteUnsupported(request: NeutralRequest, losses: Losses): void {
  const { sampling, choices, logprobs, user, names } = request;
  if (choices > 1) losses.note('n', 'n');
  if (logprobs !== null) losses.note('logprobs', 'logprobs');
  if (sampling.seed !== undefined) losses.note('seed', 'seed');
  // A penalty of 0 is the same as none.
  if ((sampling.frequencyPenalty ?? 0) !== 0) losses.note('frequency_penalty', 'frequency_penalty');
  if ((sampling.presencePenalty ?? 0) !== 0) losses.note('presence_penalty', 'presence_penalty');
  if (user !== null) losses.hint(names.user, 'user');
  // Converse has no `json_object`; the prompt has to ask for JSON, which OpenAI requires anyway.
  if (request.format.kind === 'json_object') losses.note(names.format, 'response_format');
}

function conversation(request: NeutralRequest, traits: ModelTraits, losses: Losses): JsonObject {
  const { system, messages } = writeConversation(request.turns, traits, losses);
  // To cache the whole prompt, the cache point goes at its end.
  if (request.cache !== null) {
    messages.at(-1)?.content.push(...cachePoint(request.cache, '', traits, losses));
  }
  return { ...(system.length > 0 && { system }), messages };
}

/** The output limit; always sent along with a thinking budget, which must be smaller. */
function writeLength(request: NeutralRequest, target: Target, thinking: JsonObject): JsonObject {
  if (request.maxOutputTokens !== null) return { maxTokens: request.maxOutputTokens };
  return 'thinking' in thinking ? { maxTokens: outputLimit(request, target) } : {};
}

function camel({ temperature, top_p: topP }: JsonObject): JsonObject {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
  };
}

function writeStop({ stop, names }: NeutralRequest, losses: Losses): JsonObject {
  const accepted = stop.filter((word) => word.trim() !== '');
  if (accepted.length < stop.length) losses.note(names.stop, names.stop);
  return accepted.length === 0 ? {} : { stopSequences: accepted };
}

/** Converse has no `top_k`; the models that support it each have their own member. */
function moreSampling(
  topK: unknown,
  model: string,
  { isClaude }: ModelTraits,
  losses: Losses,
): JsonObject {
  if (topK === undefined) return {};
  if (isClaude) return { top_k: topK };
  if (model.includes('amazon.nova')) return { inferenceConfig: { topK } };
  losses.note('top_k', 'top_k');
  return {};
}

function outputConfig({ format }: NeutralRequest, answerTool: string | null): JsonObject {
  if (format.kind !== 'json_schema' || answerTool !== null) return {};
  const jsonSchema = {
    name: format.name,
    ...(format.description !== null && { description: format.description }),
    schema: JSON.stringify(toEnforceable(format.schema)),
  };
  return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
}

function writeServiceTier({ serviceTier }: NeutralRequest): JsonObject {
  if (serviceTier === null || serviceTier === 'auto') return {};
  return { serviceTier: { type: serviceTier === 'standard' ? 'default' : serviceTier } };
}
