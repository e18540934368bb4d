import { objectOrEmpty, textOrNull, type JsonObject } from '../json.js';
import { numberOr, objectMembers, positiveOrNull, textsIn } from '../json-members.js';
import type {
  AnswerFormat,
  ForeignMember,
  NeutralRequest,
  Sampling,
  Thinking,
} from '../neutral/request.js';
import { isUnknownFormat } from '../openai/neutral-request.js';
import { readTurns } from './neutral-items.js';
import { readToolChoice, readTools } from './tools.js';
import { unreadBelow } from './unread.js';

/** Members that are read here or by other parts of the gateway. */
const READ = new Set(
  `model input instructions stream stream_options tools tool_choice parallel_tool_calls text
   reasoning temperature top_p top_logprobs max_output_tokens user safety_identifier service_tier
   metadata store include previous_response_id background conversation provider_options`.split(
    /\s+/,
  ),
);

/** Members that OpenAI documents and that have no equivalent in other dialects. */
const KNOWN_FOREIGN = new Set(['context_management', 'max_tool_calls', 'moderation', 'prompt']);

/** Members that do not affect the answer. */
const HINTS = new Set(
  `client_metadata prompt_cache_key prompt_cache_options prompt_cache_retention truncation`.split(
    /\s+/,
  ),
);

/** Values of `include` that the gateway supports, or always includes. */
const SHOWN = new Set(['reasoning.encrypted_content', 'message.output_text.logprobs']);

/** The neutral form of a Responses request whose shape has been checked. */
export function readNeutral(request: JsonObject): NeutralRequest {
  const { tools, foreign } = readTools(request['tools']);
  const { choice, allowed, isForeign } = readToolChoice(request['tool_choice']);
  return {
    stream: request['stream'] === true,
    turns: readTurns(request['instructions'], request['input']),
    tools: allowed === null ? tools : tools.filter(({ name }) => allowed.has(name)),
    // Clients send `auto` even without tools.
    toolChoice: tools.length === 0 ? null : choice,
    parallelTools:
      typeof request['parallel_tool_calls'] === 'boolean' ? request['parallel_tool_calls'] : null,
    format: readFormat(objectOrEmpty(request['text'])['format']),
    thinking: readThinking(objectOrEmpty(request['reasoning'])),
    sampling: readSampling(request),
    maxOutputTokens: positiveOrNull(request['max_output_tokens']),
    stop: [],
    choices: 1,
    logprobs: readLogprobs(request),
    user: textOrNull(request['safety_identifier']) ?? textOrNull(request['user']),
    serviceTier: readTier(request['service_tier']),
    cache: null,
    providerOptions: objectMembers(request['provider_options']),
    foreign: [
      ...foreignMembers(request),
      ...foreign,
      ...(isForeign ? [{ field: 'tool_choice', isKnown: true }] : []),
    ],
    unread: () => unreadBelow(request),
    names: {
      maxOutputTokens: 'max_output_tokens',
      stop: 'stop',
      topP: 'top_p',
      format: 'text.format',
      strict: 'text.format.strict',
      parallelTools: 'parallel_tool_calls',
      user: 'safety_identifier' in request ? 'safety_identifier' : 'user',
    },
  };
}

function readFormat(value: unknown): AnswerFormat {
  const format = objectOrEmpty(value);
  if (format['type'] === 'json_object') return { kind: 'json_object' };
  if (format['type'] !== 'json_schema') return { kind: 'text' };
  return {
    kind: 'json_schema',
    name: textOrNull(format['name']) ?? 'answer',
    description: textOrNull(format['description']),
    schema: objectOrEmpty(format['schema']),
    strict: typeof format['strict'] === 'boolean' ? format['strict'] : null,
  };
}

/** Only `effort` counts: `summary` asks to show reasoning, not for reasoning itself. */
function readThinking({ effort }: JsonObject): Thinking | null {
  const word = textOrNull(effort);
  if (word === null) return null;
  const at = 'reasoning.effort';
  if (word === 'none') return { mode: 'off', effort: null, budgetTokens: null, at };
  return { mode: 'on', effort: word, budgetTokens: null, at };
}

function readSampling({ temperature, top_p: topP }: JsonObject): Sampling {
  return {
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof topP === 'number' && { topP }),
  };
}

function readLogprobs(request: JsonObject): number | null {
  const top = positiveOrNull(request['top_logprobs']);
  if (top !== null) return top;
  const isAsked = textsIn(request['include']).includes('message.output_text.logprobs');
  return isAsked ? numberOr(request['top_logprobs'], 0) : null;
}

function readTier(tier: unknown): NeutralRequest['serviceTier'] {
  if (tier === 'auto' || tier === 'flex' || tier === 'priority') return tier;
  return tier === 'default' ? 'standard' : null;
}

function foreignMembers(request: JsonObject): ForeignMember[] {
  const members: ForeignMember[] = Object.entries(request)
    .filter(([name, value]) => !READ.has(name) && isSpecified(name, value))
    .map(([name]) => ({
      field: name,
      isKnown: KNOWN_FOREIGN.has(name) || HINTS.has(name),
      isHint: HINTS.has(name),
    }));
  textsIn(request['include']).forEach((value, i) => {
    if (!SHOWN.has(value)) members.push({ field: `include[${i}]`, isKnown: true, isHint: true });
  });
  const { format, verbosity } = objectOrEmpty(request['text']);
  if (isUnknownFormat(format)) members.push({ field: 'text.format', isKnown: true });
  if (textOrNull(verbosity) !== null) {
    members.push({ field: 'text.verbosity', isKnown: true, isHint: true });
  }
  return members;
}

/** Clients also send defaults for features that they do not use. */
function isSpecified(name: string, value: unknown): boolean {
  if (value === null || value === false) return false;
  if (name === 'truncation' && value === 'disabled') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
