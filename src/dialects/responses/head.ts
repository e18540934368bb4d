import { createHash } from 'node:crypto';
import type { AnswerOptions } from '../dialect.js';
import { merged, objectOrEmpty, objectsIn, type JsonObject } from '../json.js';
import type { AnswerEvent } from '../neutral/event.js';

type Start = Extract<AnswerEvent, { kind: 'start' }>;

/**
 * A response's members besides its output: ids, the model, and the request's members with OpenAI's defaults.
 *
 * The id is the gateway's, since some servers use only a few hundred different ones.
 */
export function responseHead(start: Start, rules: AnswerOptions): JsonObject {
  const request = rules.request?.parsed ?? {};
  const createdS = start.createdS ?? rules.createdS;
  return {
    id: responseIdFrom(rules.seed),
    object: 'response',
    created_at: createdS,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    model: start.model ?? rules.model,
    output: [],
    ...echoedMembers(request),
    usage: null,
  };
}

const ID_CHARS = 48;

/** A response id, unique per seed. */
export function responseIdFrom(seed: string): string {
  return `resp_${createHash('sha256').update(seed).digest('hex').slice(0, ID_CHARS)}`;
}

/** OpenAI's defaults; `null` for those that only the provider knows. */
const DEFAULTS: JsonObject = {
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  safety_identifier: null,
  service_tier: 'auto',
  store: true,
  temperature: null,
  tool_choice: 'auto',
  top_logprobs: 0,
  top_p: null,
  truncation: 'disabled',
  user: null,
  metadata: {},
};

/** The echoed request members that do not affect the answer. */
const LABELS = [
  'metadata',
  'previous_response_id',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'store',
  'user',
];

/** A response with the labels of another request; labels that it does not have are not added. */
export function relabel(response: JsonObject, request: JsonObject): JsonObject {
  const present = LABELS.filter((name) => name in response);
  const labels = present.map((name) => [name, request[name] ?? DEFAULTS[name] ?? null] as const);
  return { ...response, ...Object.fromEntries(labels) };
}

function echoedMembers(request: JsonObject): JsonObject {
  const members: JsonObject = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) members[name] = request[name] ?? members[name];
  return merged(members, {
    reasoning: { effort: null, summary: null, ...objectOrEmpty(request['reasoning']) },
    text: { format: { type: 'text' }, ...objectOrEmpty(request['text']) },
    tools: objectsIn(request['tools']).map(echoedTool),
  });
}

/** OpenAI's schema requires these two members in every function. */
function echoedTool(tool: JsonObject): JsonObject {
  return tool['type'] === 'function' ? { parameters: null, strict: null, ...tool } : tool;
}
