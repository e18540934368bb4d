import type { RequestIdentity } from '../answer-forms.js';
import { objectOrEmpty, type JsonObject } from '../json.js';
import { isEmpty, lastQuestion, plainContent, plainMessage } from '../plain-request.js';

/** Who asks and how the answer is carried; the model names the target, which is told apart from the request. */
const BESIDE_THE_POINT = new Set(['model', 'stream', 'metadata']);

/**
 * Members that say no more than if they were left out, at every provider.
 *
 * Sampling and `thinking` are not among them: what they are by default depends on the model.
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
 * What of a request for a message decides its answer, but for the headers that go with it.
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
  if ('system' in members) members['system'] = plainContent(members['system']);
  // There is no seed to repeat it by.
  const sampled = typeof temperature === 'number' && temperature > 0;
  return { members, sampled, question: lastQuestion(members) };
}
