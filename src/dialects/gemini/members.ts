import { isObject, objectsIn, type JsonObject } from '../json.js';

/**
 * The members of one of Google's own objects under the names that its documents give them.
 *
 * Google takes `system_instruction` for `systemInstruction`, and clients write both. Only for objects of the
 * protocol: what stands in arguments and in results belongs to the client.
 *
 * @param value - not changed afterwards: what is made of an object is kept for when it is asked again
 */
export function camelMembers(value: unknown): JsonObject {
  if (!isObject(value)) return {};
  const known = RENAMED.get(value);
  if (known !== undefined) return known;
  const names = Object.keys(value);
  if (!names.some((name) => name.includes('_'))) return value;
  const renamed = Object.fromEntries(names.map((name) => [camelCased(name), value[name]]));
  RENAMED.set(value, renamed);
  return renamed;
}

/** Several readers look at the same objects, which may have tens of thousands of members. */
const RENAMED = new WeakMap<JsonObject, JsonObject>();

function camelCased(name: string): string {
  return name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The objects of a list; Google takes one that stands alone for a list of it. */
export function listed(value: unknown): JsonObject[] {
  return isObject(value) ? [value] : objectsIn(value);
}
