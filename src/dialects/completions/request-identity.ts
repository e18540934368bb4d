import type { RequestIdentity } from '../cache-codec.js';
import { objectOrEmpty, without } from '../json.js';
import { relevantMembers, isSampled } from '../openai/request-identity.js';

/** Values that mean the same as leaving the member out, in addition to those of Chat Completions. */
const DEFAULTS: Readonly<Record<string, unknown>> = { echo: false, best_of: 1, suffix: '' };

/**
 * The parts of a Completions request that determine its answer.
 *
 * @param body - a request that has already been read without an error
 */
export function identityOf(body: Buffer): RequestIdentity {
  const request = objectOrEmpty(JSON.parse(body.toString('utf8')) as unknown);
  const usual = Object.keys(DEFAULTS).filter((name) => request[name] === DEFAULTS[name]);
  const members = without(relevantMembers(request), usual);
  // An array has exactly one prompt: others are rejected.
  const prompt: unknown = Array.isArray(members['prompt'])
    ? members['prompt'][0]
    : members['prompt'];
  members['prompt'] = prompt;
  // An answer that echoes its prompt cannot answer another prompt.
  const isComparable = typeof prompt === 'string' && members['echo'] === undefined;
  const question = isComparable ? { text: prompt, rest: { ...members, prompt: null } } : null;
  return { members, sampled: isSampled(request), question };
}
