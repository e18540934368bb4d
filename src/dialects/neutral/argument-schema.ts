import { isObject, merged, type JsonObject } from '../json.js';

/**
 * The schema of a tool's arguments as providers want it: one of an object, with `properties`.
 *
 * Vendors refuse a schema without them, though it says the same.
 *
 * @param given - `null` for a function that takes none
 */
export function argumentSchema(given: JsonObject | null): JsonObject {
  const schema = given ?? {};
  if (schema['type'] === 'object' && isObject(schema['properties'])) return schema;
  return merged(schema, { type: 'object', properties: schema['properties'] ?? {} });
}
