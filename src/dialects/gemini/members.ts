import { isObject, objectsIn, type JsonObject } from '../json.js';

/**
 * The members of a protocol object under their documented camelCase names.
 *
 * Google accepts `system_instruction` for `systemInstruction`, and clients send both. Only for objects of the
 * protocol: arguments and results belong to the client.
 *
 * @param value - must not be changed afterwards: the result is cached per object
 */
export function camelMembers(value: unknown): JsonObject {
  if (!isObject(value)) return {};
  const known = CACHE.get(value);
  if (known !== undefined) return known;
  const names = Object.keys(value);
  if (!names.some((name) => name.includes('_'))) return value;
  const renamed = Object.fromEntries(names.map((name) => [camelCased(name), value[name]]));
  CACHE.set(value, renamed);
  return renamed;
}

/** Cached, since several readers read the same objects, which may have tens of thousands of members. */
const CACHE = new WeakMap<JsonObject, JsonObject>();

function camelCased(name: string): string {
  return name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The objects of an array; Google also accepts a single object in place of an array. */
export function toList(value: unknown): JsonObject[] {
  return isObject(value) ? [value] : objectsIn(value);
}
