import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, objectsIn, textOrNull } from '../json.js';
import { numberOr, objectMembers, positiveOrNull, textsIn } from '../json-members.js';
import type {
  AnswerFormat,
  ForeignMember,
  NeutralRequest,
  Sampling,
  Thinking,
  ToolChoice,
  ToolDefinition,
} from '../neutral/request.js';
import { isRoutingPreference } from '../routing-preferences.js';
import { cacheMarker } from '../neutral/cache-marker.js';
import { readTurns } from './neutral-turns.js';
import { unreadBelow } from './unread.js';

/** Members that are read here or by other parts of the gateway. */
const READ = new Set(
  `model messages stream stream_options tools functions tool_choice function_call
   parallel_tool_calls response_format reasoning_effort reasoning temperature top_p top_k
   frequency_penalty presence_penalty seed max_tokens max_completion_tokens stop n logprobs
   top_logprobs user safety_identifier service_tier metadata cache_control provider_options`.split(
    /\s+/,
  ),
);

/** Members that OpenAI documents and that have no equivalent in other dialects. */
const KNOWN_FOREIGN = new Set(
  `audio logit_bias modalities moderation prediction prompt_cache_key prompt_cache_options
   prompt_cache_retention store verbosity web_search_options`.split(/\s+/),
);

/** The neutral form of a chat completion request whose shape has been checked. */
export function readNeutral(request: JsonObject): NeutralRequest {
  const tools = readTools(request);
  const allowed = allowedTools(request['tool_choice']);
  return {
    stream: request['stream'] === true,
    turns: readTurns(request['messages']),
    tools: allowed === null ? tools : tools.filter(({ name }) => allowed.has(name)),
    toolChoice: readToolChoice(request),
    parallelTools:
      typeof request['parallel_tool_calls'] === 'boolean' ? request['parallel_tool_calls'] : null,
    format: readFormat(request['response_format']),
    thinking: readThinking(request),
    sampling: readSampling(request),
    maxOutputTokens:
      positiveOrNull(request['max_completion_tokens']) ?? positiveOrNull(request['max_tokens']),
    stop: textsIn(request['stop']),
    choices: positiveOrNull(request['n']) ?? 1,
    logprobs: request['logprobs'] === true ? numberOr(request['top_logprobs'], 0) : null,
    user: textOrNull(request['safety_identifier']) ?? textOrNull(request['user']),
    serviceTier: readTier(request['service_tier']),
    cache: cacheMarker(request['cache_control']),
    providerOptions: objectMembers(request['provider_options']),
    foreign: foreignMembers(request),
    unread: () => unreadBelow(request),
    names: {
      maxOutputTokens: 'max_completion_tokens' in request ? 'max_completion_tokens' : 'max_tokens',
      stop: 'stop',
      topP: 'top_p',
      format: 'response_format',
      strict: 'response_format.json_schema.strict',
      parallelTools: 'parallel_tool_calls',
      user: 'safety_identifier' in request ? 'safety_identifier' : 'user',
    },
  };
}

function readTools(request: JsonObject): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  objectsIn(request['tools']).forEach((tool, i) => {
    if (isObject(tool['function'])) tools.push(readFunction(tool['function'], `tools[${i}]`, tool));
  });
  objectsIn(request['functions']).forEach((definition, i) => {
    tools.push(readFunction(definition, `functions[${i}]`, definition));
  });
  return tools;
}

function readFunction(definition: JsonObject, at: string, outer: JsonObject): ToolDefinition {
  const cache = cacheMarker(outer['cache_control'] ?? definition['cache_control']);
  const { parameters, strict } = definition;
  return {
    name: textOrNull(definition['name']) ?? '',
    description: textOrNull(definition['description']),
    parameters: isObject(parameters) ? parameters : null,
    strict: typeof strict === 'boolean' ? strict : null,
    at,
    ...(cache !== null && { cache }),
  };
}

function readToolChoice(request: JsonObject): ToolChoice | null {
  const choice = request['tool_choice'] ?? request['function_call'];
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { kind: choice };
  if (choice === 'any') return { kind: 'required' };
  if (!isObject(choice)) return null;
  if (isObject(choice['allowed_tools'])) {
    return { kind: choice['allowed_tools']['mode'] === 'required' ? 'required' : 'auto' };
  }
  const name = textOrNull(objectOrEmpty(choice['function'])['name']) ?? textOrNull(choice['name']);
  return name === null ? null : { kind: 'tool', name };
}

/** The names that `allowed_tools` restricts the choice to; `null` if there is no restriction. */
function allowedTools(choice: unknown): ReadonlySet<string> | null {
  const { tools } = objectOrEmpty(objectOrEmpty(choice)['allowed_tools']);
  if (!Array.isArray(tools)) return null;
  const names = objectsIn(tools).map((tool) => objectOrEmpty(tool['function'])['name']);
  return new Set(names.filter((name) => typeof name === 'string'));
}

function readFormat(value: unknown): AnswerFormat {
  const format = objectOrEmpty(value);
  if (format['type'] === 'json_object') return { kind: 'json_object' };
  if (format['type'] !== 'json_schema') return { kind: 'text' };
  const jsonSchema = objectOrEmpty(format['json_schema']);
  return {
    kind: 'json_schema',
    name: textOrNull(jsonSchema['name']) ?? 'answer',
    description: textOrNull(jsonSchema['description']),
    schema: objectOrEmpty(jsonSchema['schema']),
    strict: typeof jsonSchema['strict'] === 'boolean' ? jsonSchema['strict'] : null,
  };
}

/** The reasoning settings; `null` if the client sets none. */
export function readThinking(request: JsonObject): Thinking | null {
  const reasoning = objectOrEmpty(request['reasoning']);
  const at = 'reasoning_effort' in request ? 'reasoning_effort' : 'reasoning';
  const effort = textOrNull(request['reasoning_effort']) ?? textOrNull(reasoning['effort']);
  const budgetTokens = positiveOrNull(reasoning['max_tokens']);
  if (effort === 'none' || reasoning['enabled'] === false) {
    return { mode: 'off', effort: null, budgetTokens: null, at };
  }
  if (effort === null && budgetTokens === null && reasoning['enabled'] !== true) return null;
  return { mode: 'on', effort, budgetTokens, at };
}

/** The sampling parameters; absent if the client does not set them. */
export function readSampling(request: JsonObject): Sampling {
  const values = {
    temperature: request['temperature'],
    topP: request['top_p'],
    topK: request['top_k'],
    frequencyPenalty: request['frequency_penalty'],
    presencePenalty: request['presence_penalty'],
    seed: request['seed'],
  };
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => typeof value === 'number'),
  );
}

function readTier(tier: unknown): NeutralRequest['serviceTier'] {
  if (tier === 'auto' || tier === 'flex' || tier === 'priority') return tier;
  return tier === 'default' ? 'standard' : null;
}

function foreignMembers(request: JsonObject): ForeignMember[] {
  const members: ForeignMember[] = Object.entries(request)
    .filter(
      ([name, value]) =>
        !READ.has(name) && !isRoutingPreference(name, value) && requestsFeature(name, value),
    )
    .map(([name]) => ({ field: name, isKnown: KNOWN_FOREIGN.has(name) }));
  objectsIn(request['tools']).forEach((tool, i) => {
    if (!isObject(tool['function'])) members.push({ field: `tools[${i}]`, isKnown: true });
  });
  if (isUnknownFormat(request['response_format'])) {
    members.push({ field: 'response_format', isKnown: true });
  }
  // Custom tools cannot be translated, so choosing one cannot be either.
  if (isObject(request['tool_choice']) && readToolChoice(request) === null) {
    members.push({ field: 'tool_choice', isKnown: true });
  }
  return members;
}

/** Whether a format is one that only some servers support, such as a grammar. */
export function isUnknownFormat(format: unknown): boolean {
  const { type } = objectOrEmpty(format);
  return type !== undefined && !FORMATS.has(type);
}

const FORMATS = new Set<unknown>([null, 'text', 'json_object', 'json_schema']);

function requestsFeature(name: string, value: unknown): boolean {
  // An empty object also turns web search on.
  if (name === 'web_search_options') return isObject(value);
  return isSpecified(value) && !isTextOnly(name, value);
}

/** `modalities: ["text"]` is what every model does anyway. */
function isTextOnly(name: string, value: unknown): boolean {
  return name === 'modalities' && textsIn(value).join() === 'text';
}

/** Clients also send defaults for features that they do not use. */
function isSpecified(value: unknown): boolean {
  if (value === null || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
