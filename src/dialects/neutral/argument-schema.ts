import { isObject, merged, type JsonObject } from '../json.js';

/**
 * The schema of a tool's arguments in the form that providers require: an object with `properties`.
 *
 * Vendors reject a schema without `properties`, although it means the same.
 *
 * @param declared - `null` for a function without arguments
 */
export function argumentSchema(declared: JsonObject | null): JsonObject {
  const schema = declared ?? {};
  if (schema['type'] === 'object' && isObject(schema['properties'])) return schema;
  return merged(schema, { type: 'object', properties: schema['properties'] ?? {} });
}
