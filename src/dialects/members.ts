import { removals, scanObject, spliceBytes } from './json-splice.js';

/**
 * A request with members that a provider needs in every request; all other bytes are unchanged.
 *
 * @param body - a JSON object
 * @param members - values for members that the request does not have yet; `null` removes a member
 */
export function withMembers(
  body: Buffer,
  members: Readonly<Record<string, string | boolean | null>>,
): Buffer {
  const names = Object.keys(members);
  if (names.length === 0) return body;
  const { found } = scanObject(body, 0, names);
  const removed = found.filter(({ name }) => members[name] === null);
  const shortened = removed.length === 0 ? body : spliceBytes(body, removals(removed));
  const written = new Set(found.map(({ name }) => name));
  const added = Object.entries(members)
    .filter(([name, value]) => value !== null && !written.has(name))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  if (added.length === 0) return shortened;
  const { insertAt, isEmpty } = scanObject(shortened, 0, []);
  const text = added.join(',') + (isEmpty ? '' : ',');
  return spliceBytes(shortened, [{ start: insertAt, end: insertAt, text }]);
}
