import type { RequestIdentity } from '../cache-codec.js';
import { objectOrEmpty, type JsonObject } from '../json.js';
import { isEmpty, lastQuestion, plainContent, plainMessage } from '../plain-request.js';

/** Members that do not affect the answer; the model is part of the cache key on its own. */
const IRRELEVANT = new Set(['model', 'stream', 'metadata']);

/**
 * Values that mean the same as leaving the member out, at every provider.
 *
 * Not sampling parameters and `thinking`: their defaults depend on the model.
 */
const DEFAULTS: Readonly<Record<string, (value: unknown, request: JsonObject) => boolean>> = {
  system: isEmpty,
  stop_sequences: isEmpty,
  tools: isEmpty,
  tool_choice: (value, request) => {
    const { type, ...more } = objectOrEmpty(value);
    return isEmpty(more) && type === (isEmpty(request['tools']) ? 'none' : 'auto');
  },
};

/**
 * The parts of a Messages request that determine its answer, except for the headers.
 *
 * @param body - a request that has already been read without an error
 */
export function identityOf(body: Buffer): RequestIdentity {
  const request = objectOrEmpty(JSON.parse(body.toString('utf8')) as unknown);
  const members: JsonObject = {};
  for (const [name, value] of Object.entries(request)) {
    if (value === null || IRRELEVANT.has(name)) continue;
    if (Object.hasOwn(DEFAULTS, name) && DEFAULTS[name]?.(value, request) === true) continue;
    members[name] = value;
  }
  const { messages, temperature } = request;
  if (Array.isArray(messages)) members['messages'] = messages.map(plainMessage);
  if ('system' in members) members['system'] = plainContent(members['system']);
  // This dialect has no seed.
  const sampled = typeof temperature === 'number' && temperature > 0;
  return { members, sampled, question: lastQuestion(members) };
}
