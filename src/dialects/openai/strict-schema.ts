import { isObject, lookup, objectOrEmpty, type JsonObject } from '../json.js';

/** The keywords that OpenAI enforces; it rejects `strict` for a schema with any other. */
const ENFORCED = new Set(
  `type properties required additionalProperties items enum const anyOf $ref $defs definitions
   description title $schema pattern format multipleOf minimum maximum exclusiveMinimum
   exclusiveMaximum minItems maxItems`.split(/\s+/),
);
const FORMATS = new Set(
  'date-time time date duration email hostname ipv4 ipv6 uuid'.split(' ') as unknown[],
);
/** Keywords whose values map names to schemas. */
const NAMED = lookup({ properties: true, $defs: true, definitions: true });

/**
 * The value of `strict` that OpenAI accepts: it rejects `true` for a schema that it cannot enforce.
 *
 * The schema is not rewritten to one that it can enforce, with every property required and `null` for optional ones:
 * clients that validate the answer against their own schema would reject the `null`.
 *
 * @param onLoss - called if strictness has to be dropped
 */
export function supportedStrictness(
  strict: boolean | null,
  schema: JsonObject,
  onLoss: () => void,
): boolean | null {
  if (strict !== true || isStrict(schema)) return strict;
  onLoss();
  return false;
}

/** Whether every object in a schema, at any depth, requires all its properties and allows no others. */
function isStrict(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  const names = Object.keys(schema);
  // A reference must be the only keyword.
  if ('$ref' in schema) return names.length === 1;
  const { type, anyOf, format } = schema;
  const isKnown =
    names.every((name) => ENFORCED.has(name)) && (format === undefined || FORMATS.has(format));
  if (!isKnown || (type === undefined && anyOf === undefined)) return false;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (types.includes('object') && !isClosed(schema)) return false;
  return Object.entries(schema).flatMap(schemasIn).every(isStrict);
}

/** The subschemas in a member of a schema. */
function schemasIn([name, value]: [string, unknown]): readonly unknown[] {
  if (NAMED[name] === true) return Object.values(objectOrEmpty(value));
  if (name === 'anyOf') return Array.isArray(value) ? (value as unknown[]) : [null];
  return name === 'items' ? [value] : [];
}

function isClosed({ properties, required, additionalProperties }: JsonObject): boolean {
  if (additionalProperties !== false || !isObject(properties)) return false;
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.keys(properties).every((name) => needed.includes(name));
}
