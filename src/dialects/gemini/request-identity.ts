import type { LastQuestion, RequestIdentity } from '../cache-codec.js';
import { objectOrEmpty, type JsonObject } from '../json.js';
import { isEmpty, plainMessage } from '../plain-request.js';
import { camelMembers, toList } from './members.js';

/** Members that do not affect the answer, or are also in the URL. */
const IRRELEVANT = new Set(['model', 'labels']);
/** Members for which empty means the same as missing. */
const LISTS = new Set(['tools', 'safetySettings', 'safety_settings']);

/**
 * The parts of a generateContent request that determine its answer.
 *
 * Members keep the client's names: a request that uses both spellings of a name is a different request.
 *
 * @param body - a request that has already been read without an error
 */
export function identityOf(body: Buffer): RequestIdentity {
  const request = objectOrEmpty(JSON.parse(body.toString('utf8')) as unknown);
  const relevant = Object.entries(request).filter(
    ([name, value]) =>
      value !== null && !IRRELEVANT.has(name) && !(LISTS.has(name) && isEmpty(value)),
  );
  const members: JsonObject = Object.fromEntries(relevant);
  if ('contents' in members) members['contents'] = toList(members['contents']).map(plainContent);
  const { temperature, seed } = camelMembers(camelMembers(request)['generationConfig']);
  const sampled = typeof temperature === 'number' && temperature > 0 && isEmpty(seed);
  return { members, sampled, question: lastQuestion(members) };
}

function plainContent(content: JsonObject): JsonObject {
  const plain = objectOrEmpty(plainMessage(content));
  // The role defaults to the user.
  return { role: 'user', ...plain, parts: toList(plain['parts']) };
}

function lastQuestion(members: JsonObject): LastQuestion | null {
  const contents = toList(members['contents']);
  const last = contents.at(-1);
  const [part, second] = toList(last?.['parts']);
  if (last?.['role'] !== 'user' || part === undefined || second !== undefined) return null;
  const { text, ...more } = part;
  if (typeof text !== 'string' || text === '' || !isEmpty(more)) return null;
  // `null` is unambiguous: otherwise `parts` is always an array.
  const rest = { ...members, contents: [...contents.slice(0, -1), { ...last, parts: null }] };
  return { text, rest };
}
