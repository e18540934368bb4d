import { isObject, objectsIn, type JsonObject } from '../json.js';

/**
 * The members of one of Google's own objects under the names that its documents give them.
 *
 * Google takes `system_instruction` for `systemInstruction`, and clients write both. Only for objects of the
 * protocol: what stands in arguments and in results belongs to the client.
 */
export function camelMembers(value: unknown): JsonObject {
  if (!isObject(value)) return {};
  const entries = Object.entries(value);
  if (!entries.some(([name]) => name.includes('_'))) return value;
  return Object.fromEntries(entries.map(([name, inner]) => [camelCased(name), inner]));
}

function camelCased(name: string): string {
  return name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The objects of a list; Google takes one that stands alone for a list of it. */
export function listed(value: unknown): JsonObject[] {
  return isObject(value) ? [value] : objectsIn(value);
}
