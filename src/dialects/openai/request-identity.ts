import type { RequestIdentity } from '../answer-forms.js';
import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, without } from '../json.js';
import { isEmpty, lastQuestion, plainMessage } from '../plain-request.js';
import { asksForSearch } from './searches.js';

/** Who asks, how the answer is carried, and what is noted beside it: nothing that changes the answer. */
const BESIDE_THE_POINT = new Set([
  'model', // names the target, which is told apart from the request
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
 * `temperature` and `top_p` are not among them: servers of one's own take their defaults from the
 * model, so an explicit 1 is not the same as nothing.
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
 * What of a request decides its answer.
 *
 * @param body - a request that has been read without complaint
 */
export function identityOf(body: Buffer): RequestIdentity {
  const request = objectOrEmpty(JSON.parse(body.toString('utf8')) as unknown);
  const members = decidingMembers(request);
  const { messages } = request;
  if (Array.isArray(messages))
    members['messages'] = messages.map((each) => withoutEmptyCalls(plainMessage(each)));
  const searches = asksForSearch(request);
  return { members, sampled: isSampled(request), searches, question: lastQuestion(members) };
}

/** A request's members as it wrote them, but for those that decide nothing, and those that say what is so anyway. */
export function decidingMembers(request: JsonObject): JsonObject {
  const members: JsonObject = {};
  for (const [name, value] of Object.entries(request)) {
    if (value === null || BESIDE_THE_POINT.has(name)) continue;
    if (Object.hasOwn(DEFAULTS, name) && DEFAULTS[name]?.(value, request) === true) continue;
    members[name] = value;
  }
  return members;
}

/** Whether a request asks for chance, and has no seed to repeat it by. */
export function isSampled({ temperature, seed = null }: JsonObject): boolean {
  return typeof temperature === 'number' && temperature > 0 && seed === null;
}

/** Clients that call nothing may say so. */
function withoutEmptyCalls(message: unknown): unknown {
  if (!isObject(message) || !('tool_calls' in message) || !isEmpty(message['tool_calls'])) {
    return message;
  }
  return without(message, ['tool_calls']);
}
