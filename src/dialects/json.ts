/** A JSON object whose members have not been checked. */
export type JsonObject = Record<string, unknown>;

/** Tells JSON objects from arrays, `null` and everything else. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object, otherwise an empty one, so that optional members read as absent. */
export function objectOrEmpty(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A table to look words from outside up in: unlike an object's, its only members are those it is given. */
export function lookup<Value>(entries: Record<string, Value>): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as Record<string, Value>, entries);
}

/** Tells places in a list from everything else: whole numbers from 0. */
export function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The value if it is a string with something in it, otherwise `null`. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The objects among the elements of an array; none for anything that is not an array. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/**
 * Objects as one, in their order; what a later one says stands.
 *
 * Not written with `...` before other members: V8 gives every object made so a hidden class of its own, which is larger than the
 * object and lives until the next full collection.
 */
export function merged(...objects: readonly JsonObject[]): JsonObject {
  return Object.assign({}, ...objects) as JsonObject;
}

/** A copy that lacks some members. */
export function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
