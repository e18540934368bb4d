import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';

/** Constraints that Anthropic cannot enforce; they are moved to the description. */
const UNENFORCED = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
];

/** The largest `minItems` that can be enforced. */
const MOST_MIN_ITEMS = 1;

/** Keywords whose values are maps of schemas, arrays of schemas, and single schemas. */
const NAMED = ['properties', '$defs', 'definitions', 'patternProperties'];
const LISTED = ['anyOf', 'allOf', 'oneOf', 'prefixItems'];
const SINGLE = ['items', 'not'];

/**
 * Rewrites a JSON Schema to the subset that Anthropic enforces.
 *
 * Objects accept no additional members; constraints that cannot be enforced move to the description, where the
 * model reads them.
 */
export function toEnforceable(schema: JsonObject): JsonObject {
  const out: JsonObject = {};
  const constraints: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (name === '$schema') continue;
    if (isUnenforced(name, value)) constraints.push(`${name}: ${JSON.stringify(value)}`);
    // `oneOf` is not supported; `anyOf` is close enough for generated values.
    else out[name === 'oneOf' ? 'anyOf' : name] = rewritten(name, value);
  }
  if (out['type'] === 'object' || isObject(out['properties'])) out['additionalProperties'] = false;
  if (constraints.length > 0) {
    const described = textOrNull(schema['description']);
    out['description'] = [described, `(${constraints.join(', ')})`]
      .filter((text) => text !== null)
      .join(' ');
  }
  return out;
}

/**
 * Whether a schema contains an object with arbitrary members: a map, or an object without `properties`.
 *
 * Anthropic enforces only closed objects, in which such members could not occur.
 */
export function hasArbitraryMembers(schema: JsonObject): boolean {
  return (
    isMap(schema) ||
    Object.entries(schema).some(([name, value]) => innerOf(name, value).some(hasArbitraryMembers))
  );
}

function isMap(schema: JsonObject): boolean {
  const { additionalProperties, patternProperties, properties, type } = schema;
  if (isObject(additionalProperties) || isObject(patternProperties)) return true;
  const isShapeless = type === 'object' && properties === undefined;
  return isShapeless && additionalProperties !== false && !LISTED.some((name) => name in schema);
}

/** The subschemas in a member of a schema. */
function innerOf(name: string, value: unknown): JsonObject[] {
  if (NAMED.includes(name)) return Object.values(objectOrEmpty(value)).filter(isObject);
  if (LISTED.includes(name)) return objectsIn(value);
  return SINGLE.includes(name) && isObject(value) ? [value] : [];
}

function isUnenforced(name: string, value: unknown): boolean {
  if (name === 'minItems') return typeof value === 'number' && value > MOST_MIN_ITEMS;
  return UNENFORCED.includes(name);
}

function rewritten(name: string, value: unknown): unknown {
  if (NAMED.includes(name) && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        isObject(inner) ? toEnforceable(inner) : inner,
      ]),
    );
  }
  if (LISTED.includes(name)) return objectsIn(value).map(toEnforceable);
  return SINGLE.includes(name) && isObject(value) ? toEnforceable(value) : value;
}
