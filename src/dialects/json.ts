/** A JSON object whose members have not been checked. */
export type JsonObject = Record<string, unknown>;

/** Whether a value is a JSON object: not an array, not `null`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object, otherwise an empty one, so that optional members read as absent. */
export function objectOrEmpty(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A lookup table for untrusted keys: it has no prototype, so `constructor` and the like are not found. */
export function lookup<Value>(entries: Record<string, Value>): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as Record<string, Value>, entries);
}

/** Whether a value is an array index: an integer of at least 0. */
export function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The value if it is a non-empty string, otherwise `null`. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The objects among the elements of an array; none for anything that is not an array. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/**
 * Merges objects in order; later members override earlier ones.
 *
 * Not written with a leading spread: V8 gives every object made that way a hidden class of its own, which is larger than the
 * object and lives until the next full garbage collection.
 */
export function merged(...objects: readonly JsonObject[]): JsonObject {
  return Object.assign({}, ...objects) as JsonObject;
}

/** A copy without some members. */
export function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
