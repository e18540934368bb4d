import { isObject, objectsIn, type JsonObject } from '../json.js';
import { textsIn } from '../json-members.js';
import { camelMembers } from './members.js';

/** Numbers that Google writes as strings. */
const COUNTS = new Set(
  'minItems maxItems minLength maxLength minProperties maxProperties'.split(' '),
);
/** Members that are not copied: handled separately, or meaningless. */
const NOT_COPIED = new Set(['nullable', 'propertyOrdering', 'example', 'type']);

/**
 * Converts Google's schema format (types in capitals, `nullable`, lengths as strings) to JSON Schema.
 *
 * JSON Schema stays as it is.
 */
export function jsonSchemaOf(value: unknown): JsonObject {
  const source = camelMembers(value);
  const schema: JsonObject = { ...typeOf(source) };
  for (const [name, inner] of Object.entries(source)) {
    if (!NOT_COPIED.has(name)) schema[name] = rewritten(name, inner, source);
  }
  if (source['nullable'] === true) allowNull(schema);
  return schema;
}

function typeOf({ type }: JsonObject): JsonObject {
  if (typeof type !== 'string') return type === undefined ? {} : { type };
  return type === 'TYPE_UNSPECIFIED' ? {} : { type: type.toLowerCase() };
}

function rewritten(name: string, value: unknown, source: JsonObject): unknown {
  if (name === 'properties') return propertiesOf(value, textsIn(source['propertyOrdering']));
  if (name === '$defs' || name === 'defs') return schemasOf(value);
  if (name === 'items' && isObject(value)) return jsonSchemaOf(value);
  if (name === 'additionalProperties' && isObject(value)) return jsonSchemaOf(value);
  if (name === 'anyOf' || name === 'prefixItems') return objectsIn(value).map(jsonSchemaOf);
  return COUNTS.has(name) && typeof value === 'string' ? Number(value) : value;
}

/** Sorts properties by `propertyOrdering`: models write them in the order of the schema. */
function propertiesOf(value: unknown, order: readonly string[]): JsonObject {
  const schemas = schemasOf(value);
  const first = order.filter((name) => Object.hasOwn(schemas, name));
  const names = new Set([...first, ...Object.keys(schemas)]);
  return Object.fromEntries([...names].map((name) => [name, schemas[name]]));
}

function schemasOf(value: unknown): JsonObject {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, isObject(inner) ? jsonSchemaOf(inner) : inner]),
  );
}

function allowNull(schema: JsonObject): void {
  if (typeof schema['type'] === 'string') schema['type'] = [schema['type'], 'null'];
  if (Array.isArray(schema['enum'])) schema['enum'] = [...(schema['enum'] as unknown[]), null];
  if (Array.isArray(schema['anyOf'])) {
    schema['anyOf'] = [...(schema['anyOf'] as unknown[]), { type: 'null' }];
  }
}
