import type { LastQuestion, RequestIdentity } from '../answer-forms.js';
import { objectOrEmpty, type JsonObject } from '../json.js';
import { isEmpty, plainMessage } from '../plain-request.js';
import { camelMembers, listed } from './members.js';

/** Who asks, and what the address says. */
const BESIDE_THE_POINT = new Set(['model', 'labels']);
/** Members that mean the same empty as left out. */
const LISTS = new Set(['tools', 'safetySettings', 'safety_settings']);

/**
 * What of a request to generate content decides its answer.
 *
 * Members keep the names that the client gave them: where it gives both of two names that Google takes
 * for one, that is another request.
 *
 * @param body - a request that has been read without complaint
 */
export function identityOf(body: Buffer): RequestIdentity {
  const request = objectOrEmpty(JSON.parse(body.toString('utf8')) as unknown);
  const given = Object.entries(request).filter(
    ([name, value]) =>
      value !== null && !BESIDE_THE_POINT.has(name) && !(LISTS.has(name) && isEmpty(value)),
  );
  const members: JsonObject = Object.fromEntries(given);
  if ('contents' in members) members['contents'] = listed(members['contents']).map(plainContent);
  const { temperature, seed } = camelMembers(camelMembers(request)['generationConfig']);
  const sampled = typeof temperature === 'number' && temperature > 0 && isEmpty(seed);
  return { members, sampled, question: lastQuestion(members) };
}

function plainContent(content: JsonObject): JsonObject {
  const plain = objectOrEmpty(plainMessage(content));
  // Who says nothing of the role is the user.
  return { role: 'user', ...plain, parts: listed(plain['parts']) };
}

function lastQuestion(members: JsonObject): LastQuestion | null {
  const contents = listed(members['contents']);
  const last = contents.at(-1);
  const [part, second] = listed(last?.['parts']);
  if (last?.['role'] !== 'user' || part === undefined || second !== undefined) return null;
  const { text, ...more } = part;
  if (typeof text !== 'string' || text === '' || !isEmpty(more)) return null;
  // Parts are always a list otherwise.
  const rest = { ...members, contents: [...contents.slice(0, -1), { ...last, parts: null }] };
  return { text, rest };
}
