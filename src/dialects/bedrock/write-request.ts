import { exactJson } from '../exact-json.js';
import { writeSampling } from '../anthropic/sampling.js';
import { enforceable } from '../anthropic/schema.js';
import type { Target, WrittenRequest } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { noteForeignMembers } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { optionsFor } from '../neutral/provider-options.js';
import type { NeutralRequest } from '../neutral/request.js';
import { modelTraits, type ModelTraits } from './model-traits.js';
import { cachePoint, writeConversation } from './write-messages.js';
import { roomFor, writeThinking } from './write-thinking.js';
import { writeTools } from './write-tools.js';

/** A request to converse, for what a client of another dialect asked; the path names the model. */
export function writeRequest(
  request: NeutralRequest,
  target: Target,
  losses: Losses,
): WrittenRequest {
  const traits = modelTraits(target.model);
  noteForeignMembers(request, losses);
  noteUnknownHere(request, losses);
  const tools = writeTools(request, traits, losses);
  const thinking = writeThinking(request, { traits, target, isForced: tools.isForced }, losses);
  const { top_k: topK, ...sampling } = writeSampling(
    request,
    traits.claude,
    'thinking' in thinking,
    losses,
  );
  const inferenceConfig = {
    ...length(request, target, thinking),
    ...camel(sampling),
    ...stop(request, losses),
  };
  const extra = { ...thinking, ...moreSampling(topK, target.model, traits, losses) };
  const body: JsonObject = {
    ...conversation(request, traits, losses),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...tools.members,
    ...(Object.keys(extra).length > 0 && { additionalModelRequestFields: extra }),
    ...outputConfig(request, tools.answerTool),
    ...tier(request),
    ...optionsFor(request, 'bedrock', target),
  };
  return { body: Buffer.from(exactJson(body)), answerTool: tools.answerTool };
}

function noteUnknownHere(request: NeutralRequest, losses: Losses): void {
  const { sampling: given, choices, logprobs, user, names } = request;
  if (choices > 1) losses.note('n', 'n');
  if (logprobs !== null) losses.note('logprobs', 'logprobs');
  if (given.seed !== undefined) losses.note('seed', 'seed');
  // Zero is what a provider does that knows no penalties.
  if ((given.frequencyPenalty ?? 0) !== 0) losses.note('frequency_penalty', 'frequency_penalty');
  if ((given.presencePenalty ?? 0) !== 0) losses.note('presence_penalty', 'presence_penalty');
  if (user !== null) losses.hint(names.user, 'user');
  // Nothing but the prompt brings a model to JSON of any shape; OpenAI wants the prompt to ask for it, too.
  if (request.format.kind === 'json_object') losses.note(names.format, 'response_format');
}

function conversation(request: NeutralRequest, traits: ModelTraits, losses: Losses): JsonObject {
  const { system, messages } = writeConversation(request.turns, traits, losses);
  // The whole prompt ends with what was said last.
  if (request.cache !== null) {
    messages.at(-1)?.content.push(...cachePoint(request.cache, '', traits, losses));
  }
  return { ...(system.length > 0 && { system }), messages };
}

/** A budget for thoughts has to be smaller than what may be written in all: then that is said, too. */
function length(request: NeutralRequest, target: Target, thinking: JsonObject): JsonObject {
  if (request.maxOutputTokens !== null) return { maxTokens: request.maxOutputTokens };
  return 'thinking' in thinking ? { maxTokens: roomFor(request, target) } : {};
}

function camel({ temperature, top_p: topP }: JsonObject): JsonObject {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
  };
}

function stop({ stop: words, names }: NeutralRequest, losses: Losses): JsonObject {
  const sayable = words.filter((word) => word.trim() !== '');
  if (sayable.length < words.length) losses.note(names.stop, names.stop);
  return sayable.length === 0 ? {} : { stopSequences: sayable };
}

/** Converse has no word for `top_k`; the models that take it call it each by another name. */
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
    schema: JSON.stringify(enforceable(format.schema)),
  };
  return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
}

function tier({ serviceTier }: NeutralRequest): JsonObject {
  if (serviceTier === null || serviceTier === 'auto') return {};
  return { serviceTier: { type: serviceTier === 'standard' ? 'default' : serviceTier } };
}
