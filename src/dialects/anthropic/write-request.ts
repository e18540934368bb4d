import { exactJson } from '../exact-json.js';
import type { Target, WrittenRequest } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { cacheControl } from '../neutral/cache-marker.js';
import { noteForeignMembers } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { providerOptionsFor } from '../neutral/provider-options.js';
import type { NeutralRequest } from '../neutral/request.js';
import { claudeTraits, type ClaudeTraits } from './claude-traits.js';
import { writeSampling } from './sampling.js';
import { toEnforceable } from './schema.js';
import { writeConversation } from './write-messages.js';
import { writeThinking } from './write-thinking.js';
import { writeTools, type WrittenTools } from './write-tools.js';

/** The output limit if none is known; every model since Claude 3.5 supports it. */
const DEFAULT_MAX_TOKENS = 8_192;

/** Encodes a neutral request as a Messages request. */
export function writeRequest(
  request: NeutralRequest,
  target: Target,
  losses: Losses,
): WrittenRequest {
  const traits = claudeTraits(target.model);
  noteForeignMembers(request, losses);
  noteUnsupported(request, losses);
  const maxTokens = request.maxOutputTokens ?? target.maxOutputTokens ?? DEFAULT_MAX_TOKENS;
  const tools = writeTools(request, traits, losses);
  const thinking = writeThinking(request, { traits, target, maxTokens, tools }, losses);
  const body: JsonObject = {
    model: target.model,
    max_tokens: maxTokens,
    ...(request.stream && { stream: true }),
    ...writeConversation(request.turns, traits, losses),
    ...writeStop(request, losses),
    ...writeSampling(request, traits, 'thinking' in thinking, losses),
    ...tools.members,
    ...thinking,
    ...outputConfig(request, thinking, tools, traits),
    ...(request.user !== null && { metadata: { user_id: request.user } }),
    ...writeServiceTier(request, losses),
    ...cacheControl(request.cache),
    ...providerOptionsFor(request, 'anthropic', target),
  };
  return { body: Buffer.from(exactJson(body)), answerTool: tools.answerTool };
}

function noteUnsupported(request: NeutralRequest, losses: Losses): void {
  const { sampling, choices, logprobs } = request;
  if (choices > 1) losses.note('n', 'n');
  if (logprobs !== null) losses.note('logprobs', 'logprobs');
  if (sampling.seed !== undefined) losses.note('seed', 'seed');
  // A penalty of 0 is the same as none.
  if ((sampling.frequencyPenalty ?? 0) !== 0) losses.note('frequency_penalty', 'frequency_penalty');
  if ((sampling.presencePenalty ?? 0) !== 0) losses.note('presence_penalty', 'presence_penalty');
}

function writeStop({ stop, names }: NeutralRequest, losses: Losses): JsonObject {
  const accepted = stop.filter((word) => word.trim() !== '');
  if (accepted.length < stop.length) losses.note(names.stop, names.stop);
  return accepted.length === 0 ? {} : { stop_sequences: accepted };
}

/** `output_config` with the answer's schema, keeping an effort that `thinking` may have put there. */
function outputConfig(
  request: NeutralRequest,
  thinking: JsonObject,
  { answerTool }: WrittenTools,
  traits: ClaudeTraits,
): JsonObject {
  const { format } = request;
  if (format.kind !== 'json_schema' || !traits.supportsSchemas || answerTool !== null) return {};
  const effort = thinking['output_config'];
  const schema = { type: 'json_schema', schema: toEnforceable(format.schema) };
  return { output_config: { ...(typeof effort === 'object' && effort), format: schema } };
}

function writeServiceTier({ serviceTier }: NeutralRequest, losses: Losses): JsonObject {
  if (serviceTier === 'standard') return { service_tier: 'standard_only' };
  if (serviceTier === 'flex' || serviceTier === 'priority') {
    losses.note('service_tier', 'service_tier');
  }
  return {};
}
