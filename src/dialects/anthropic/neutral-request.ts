import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr, objectMembers, positiveOrNull, textsIn } from '../json-members.js';
import type { Turn } from '../neutral/part.js';
import type {
  AnswerFormat,
  ForeignMember,
  NeutralRequest,
  Sampling,
  Thinking,
  ToolChoice,
  ToolDefinition,
} from '../neutral/request.js';
import { readContent } from './neutral-content.js';
import { cacheMarker } from '../neutral/cache-marker.js';
import { unreadBelow } from './unread.js';

/** Members that are read here or by other parts of the gateway. */
const READ = new Set(
  `model messages max_tokens stream system temperature top_p top_k stop_sequences tools tool_choice
   thinking metadata service_tier output_config output_format cache_control provider_options`.split(
    /\s+/,
  ),
);

/** Members that Anthropic documents and that have no equivalent in other dialects. */
const KNOWN_FOREIGN = new Set(
  'container context_management diagnostics fallbacks inference_geo mcp_servers speed'.split(' '),
);

/** The neutral form of a Messages request whose shape has been checked. */
export function readNeutral(request: JsonObject): NeutralRequest {
  const choice = objectOrEmpty(request['tool_choice']);
  const parallel = choice['disable_parallel_tool_use'];
  return {
    stream: request['stream'] === true,
    turns: [...readSystem(request['system']), ...readTurns(request['messages'])],
    tools: readTools(request['tools']),
    toolChoice: readToolChoice(choice),
    parallelTools: typeof parallel === 'boolean' ? !parallel : null,
    format: readFormat(request),
    thinking: readThinking(request),
    sampling: readSampling(request),
    maxOutputTokens: positiveOrNull(request['max_tokens']),
    stop: textsIn(request['stop_sequences']),
    choices: 1,
    logprobs: null,
    user: textOrNull(objectOrEmpty(request['metadata'])['user_id']),
    serviceTier: readTier(request['service_tier']),
    cache: cacheMarker(request['cache_control']),
    providerOptions: objectMembers(request['provider_options']),
    foreign: foreignMembers(request),
    unread: () => unreadBelow(request),
    names: {
      maxOutputTokens: 'max_tokens',
      stop: 'stop_sequences',
      topP: 'top_p',
      format: formatName(request),
      // In this dialect every format is strict; it has no member for it.
      strict: `${formatName(request)}.strict`,
      parallelTools: 'tool_choice.disable_parallel_tool_use',
      user: 'metadata.user_id',
    },
  };
}

function readSystem(system: unknown): Turn[] {
  const parts = readContent(system, 'system');
  return parts.length === 0 ? [] : [{ role: 'system', parts, at: 'system' }];
}

/** Tool results become turns of their own, before the rest of the user turn that contains them. */
function readTurns(messages: unknown): Turn[] {
  return objectsIn(messages).flatMap((message, i): Turn[] => {
    const at = `messages[${i}]`;
    const parts = readContent(message['content'], `${at}.content`);
    if (message['role'] === 'assistant') return [{ role: 'assistant', parts, at }];
    if (message['role'] === 'system') return [{ role: 'system', parts, at }];
    const results = parts.filter((part) => part.kind === 'tool_result');
    if (results.length === 0) return [{ role: 'user', parts, at }];
    const others = parts.filter((part) => part.kind !== 'tool_result');
    const ofTools: Turn = { role: 'tool', parts: results, at };
    return others.length === 0 ? [ofTools] : [ofTools, { role: 'user', parts: others, at }];
  });
}

function readTools(tools: unknown): ToolDefinition[] {
  return objectsIn(tools).flatMap((tool, i) => {
    if (!isFunction(tool)) return [];
    const cache = cacheMarker(tool['cache_control']);
    const schema = tool['input_schema'];
    return [
      {
        name: textOrNull(tool['name']) ?? '',
        description: textOrNull(tool['description']),
        parameters: isObject(schema) ? schema : null,
        strict: typeof tool['strict'] === 'boolean' ? tool['strict'] : null,
        at: `tools[${i}]`,
        ...(cache !== null && { cache }),
      },
    ];
  });
}

/** Whether a tool is a function. Others run at Anthropic, or are defined by Anthropic. */
function isFunction(tool: JsonObject): boolean {
  const type = tool['type'] ?? 'custom';
  return type === 'custom';
}

function readToolChoice(choice: JsonObject): ToolChoice | null {
  switch (choice['type']) {
    case 'auto':
    case 'none':
      return { kind: choice['type'] };
    case 'any':
      return { kind: 'required' };
    case 'tool':
      return { kind: 'tool', name: textOrNull(choice['name']) ?? '' };
    default:
      return null;
  }
}

function formatIn(request: JsonObject): JsonObject {
  const config = objectOrEmpty(request['output_config']);
  return objectOrEmpty(config['format'] ?? request['output_format']);
}

function formatName(request: JsonObject): string {
  return 'output_format' in request ? 'output_format' : 'output_config.format';
}

function readFormat(request: JsonObject): AnswerFormat {
  const format = formatIn(request);
  if (format['type'] !== 'json_schema') return { kind: 'text' };
  const schema = objectOrEmpty(format['schema']);
  return { kind: 'json_schema', name: 'answer', description: null, schema, strict: true };
}

function readThinking(request: JsonObject): Thinking | null {
  const thinking = objectOrEmpty(request['thinking']);
  const effort = textOrNull(objectOrEmpty(request['output_config'])['effort']);
  const budgetTokens = numberOr(thinking['budget_tokens'], null);
  const isHidden = thinking['display'] === 'omitted';
  switch (thinking['type']) {
    case 'enabled':
      return { mode: 'on', effort, budgetTokens, isHidden, at: 'thinking' };
    case 'adaptive':
      return { mode: 'adaptive', effort, budgetTokens: null, isHidden, at: 'thinking' };
    case 'disabled':
    case 'between_tools':
      return { mode: 'off', effort: null, budgetTokens: null, at: 'thinking' };
    default:
      if (effort === null) return null;
      return { mode: 'adaptive', effort, budgetTokens: null, at: 'output_config.effort' };
  }
}

function readSampling(request: JsonObject): Sampling {
  const values = {
    temperature: request['temperature'],
    topP: request['top_p'],
    topK: request['top_k'],
  };
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => typeof value === 'number'),
  );
}

function readTier(tier: unknown): NeutralRequest['serviceTier'] {
  if (tier === 'standard_only') return 'standard';
  return tier === 'auto' ? 'auto' : null;
}

function foreignMembers(request: JsonObject): ForeignMember[] {
  const members: ForeignMember[] = Object.keys(request)
    .filter((name) => !READ.has(name) && request[name] !== null)
    .map((name) => ({ field: name, isKnown: KNOWN_FOREIGN.has(name) }));
  for (const name of Object.keys(objectOrEmpty(request['output_config']))) {
    if (name === 'effort' || name === 'format') continue;
    members.push({ field: `output_config.${name}`, isKnown: name === 'task_budget' });
  }
  const { type } = formatIn(request);
  if (type !== undefined && type !== 'json_schema') {
    members.push({ field: formatName(request), isKnown: true });
  }
  const choice = request['tool_choice'];
  if (isObject(choice) && readToolChoice(choice) === null) {
    members.push({ field: 'tool_choice', isKnown: true });
  }
  objectsIn(request['tools']).forEach((tool, i) => {
    if (!isFunction(tool)) members.push({ field: `tools[${i}]`, isKnown: true, isTool: true });
  });
  return members;
}
