import type { RequestIdentity } from '../cache-codec.js';
import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, without } from '../json.js';
import { isEmpty, lastQuestion, plainMessage } from '../plain-request.js';
import { requestsSearch } from './search.js';

/** Members that do not affect the answer: who asks, how the answer is transported, and labels. */
const IRRELEVANT = new Set([
  'model', // part of the cache key on its own
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'prompt_cache_key',
  'prompt_cache_retention',
  'session_id',
  'request_id',
  'trace_id',
  'trace',
]);

/**
 * Values that mean the same as leaving the member out, at every provider.
 *
 * Not `temperature` and `top_p`: self-hosted servers take their defaults from the model, so an explicit 1
 * is not the same as leaving them out.
 */
const DEFAULTS: Readonly<Record<string, (value: unknown, request: JsonObject) => boolean>> = {
  n: (value) => value === 1,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  logprobs: (value) => value === false,
  logit_bias: isEmpty,
  stop: isEmpty,
  tools: isEmpty,
  functions: isEmpty,
  tool_choice: (value, request) => value === (isEmpty(request['tools']) ? 'none' : 'auto'),
  response_format: (value) => objectOrEmpty(value)['type'] === 'text',
};

/**
 * The parts of a request that determine its answer.
 *
 * @param body - a request that has already been read without an error
 */
export function identityOf(body: Buffer): RequestIdentity {
  const request = objectOrEmpty(JSON.parse(body.toString('utf8')) as unknown);
  const members = relevantMembers(request);
  const { messages } = request;
  if (Array.isArray(messages))
    members['messages'] = messages.map((each) => withoutEmptyCalls(plainMessage(each)));
  const searches = requestsSearch(request);
  return { members, sampled: isSampled(request), searches, question: lastQuestion(members) };
}

/** A request's members without defaults and without those that do not affect the answer. */
export function relevantMembers(request: JsonObject): JsonObject {
  const members: JsonObject = {};
  for (const [name, value] of Object.entries(request)) {
    if (value === null || IRRELEVANT.has(name)) continue;
    if (Object.hasOwn(DEFAULTS, name) && DEFAULTS[name]?.(value, request) === true) continue;
    members[name] = value;
  }
  return members;
}

/** Whether a request asks for random sampling without a seed. */
export function isSampled({ temperature, seed = null }: JsonObject): boolean {
  return typeof temperature === 'number' && temperature > 0 && seed === null;
}

/** Removes an empty `tool_calls`, which some clients send. */
function withoutEmptyCalls(message: unknown): unknown {
  if (!isObject(message) || !('tool_calls' in message) || !isEmpty(message['tool_calls'])) {
    return message;
  }
  return without(message, ['tool_calls']);
}
