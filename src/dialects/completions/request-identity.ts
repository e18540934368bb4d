import type { RequestIdentity } from '../answer-forms.js';
import { objectOrEmpty, without } from '../json.js';
import { decidingMembers, isSampled } from '../openai/request-identity.js';

/** Values that mean the same as leaving the member out, beside those of chat. */
const DEFAULTS: Readonly<Record<string, unknown>> = { echo: false, best_of: 1, suffix: '' };

/**
 * What of a request for a completion decides its answer.
 *
 * @param body - a request that has been read without complaint
 */
export function identityOf(body: Buffer): RequestIdentity {
  const request = objectOrEmpty(JSON.parse(body.toString('utf8')) as unknown);
  const usual = Object.keys(DEFAULTS).filter((name) => request[name] === DEFAULTS[name]);
  const members = without(decidingMembers(request), usual);
  // A list of one prompt is that prompt, and there is none of several.
  const prompt: unknown = Array.isArray(members['prompt'])
    ? members['prompt'][0]
    : members['prompt'];
  members['prompt'] = prompt;
  // An answer that begins with its prompt is no answer to a prompt in other words.
  const isCompared = typeof prompt === 'string' && members['echo'] === undefined;
  const question = isCompared ? { text: prompt, rest: { ...members, prompt: null } } : null;
  return { members, sampled: isSampled(request), question };
}
