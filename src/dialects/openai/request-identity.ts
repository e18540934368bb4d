import type { LastQuestion, RequestIdentity } from '../answer-forms.js';
import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty } from '../json.js';

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
  const members: JsonObject = {};
  for (const [name, value] of Object.entries(request)) {
    if (value === null || BESIDE_THE_POINT.has(name)) continue;
    if (Object.hasOwn(DEFAULTS, name) && DEFAULTS[name]?.(value, request) === true) continue;
    members[name] = value;
  }
  const { messages, temperature } = request;
  if (Array.isArray(messages)) members['messages'] = messages.map(plainMessage);
  const sampled =
    typeof temperature === 'number' && temperature > 0 && members['seed'] === undefined;
  return { members, sampled, question: lastQuestion(members) };
}

function lastQuestion(members: JsonObject): LastQuestion | null {
  const { messages } = members;
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : null;
  if (!Array.isArray(messages) || !isObject(last) || last['role'] !== 'user') return null;
  const text = last['content'];
  if (typeof text !== 'string' || text === '') return null;
  // No message comes with a content that is `null`: plain messages have no such member.
  const rest = {
    ...members,
    messages: [...(messages.slice(0, -1) as unknown[]), { ...last, content: null }],
  };
  return { text, rest };
}

/** Clients write the same message in several ways: members that are `null`, a single part of text. */
function plainMessage(message: unknown): unknown {
  if (!isObject(message)) return message;
  const given = Object.entries(message).filter(([, value]) => value !== null);
  const plain = Object.fromEntries(given);
  const { content } = plain;
  if (Array.isArray(content) && content.length === 1) {
    const text = plainText(content[0]);
    if (text !== null) plain['content'] = text;
  }
  if (isEmpty(plain['tool_calls'])) delete plain['tool_calls'];
  return plain;
}

/** The text of a part that has nothing but text; a cache breakpoint in it would be something else. */
function plainText(part: unknown): string | null {
  if (!isObject(part) || part['type'] !== 'text') return null;
  return Object.keys(part).length === 2 && typeof part['text'] === 'string' ? part['text'] : null;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value)
    ? value.length === 0
    : isObject(value) && Object.keys(value).length === 0;
}
