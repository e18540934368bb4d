import { isObject, lookup, objectOrEmpty, type JsonObject } from '../json.js';

/** Words that OpenAI enforces; it refuses to be strict about a schema with any other. */
const ENFORCED = new Set(
  `type properties required additionalProperties items enum const anyOf $ref $defs definitions
   description title $schema pattern format multipleOf minimum maximum exclusiveMinimum
   exclusiveMaximum minItems maxItems`.split(/\s+/),
);
const FORMATS = new Set(
  'date-time time date duration email hostname ipv4 ipv6 uuid'.split(' ') as unknown[],
);
/** Members whose values are schemas by name. */
const NAMED = lookup({ properties: true, $defs: true, definitions: true });

/**
 * What can be said of strictness: OpenAI refuses `true` for a schema that it does not enforce.
 *
 * Not rewritten to one that it does, with every property required and `null` for those that may be absent: clients
 * that check the answer against their own schema would refuse the `null`.
 *
 * @param onLoss - called where the client asks for more than can be kept
 */
export function sayableStrictness(
  strict: boolean | null,
  schema: JsonObject,
  onLoss: () => void,
): boolean | null {
  if (strict !== true || isStrict(schema)) return strict;
  onLoss();
  return false;
}

/** Every object in it names all its properties, requires them, and admits no other; so it is all the way down. */
function isStrict(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  const names = Object.keys(schema);
  // What is defined elsewhere stands alone.
  if ('$ref' in schema) return names.length === 1;
  const { type, anyOf, format } = schema;
  const isKnown =
    names.every((name) => ENFORCED.has(name)) && (format === undefined || FORMATS.has(format));
  if (!isKnown || (type === undefined && anyOf === undefined)) return false;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (types.includes('object') && !isClosed(schema)) return false;
  return Object.entries(schema).flatMap(schemasIn).every(isStrict);
}

/** The schemas that a member of a schema holds. */
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
