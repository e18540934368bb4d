import { isObject, objectsIn, textOrNull, type JsonObject } from '../json.js';

/** Constraints that a guided answer cannot keep; the model is told of them instead. */
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

/** Of a list's length only "any" and "not empty" can be enforced. */
const MOST_MIN_ITEMS = 1;

/** Members whose values are schemas by name, lists of schemas, and one schema. */
const NAMED = ['properties', '$defs', 'definitions', 'patternProperties'];
const LISTED = ['anyOf', 'allOf', 'oneOf', 'prefixItems'];
const SINGLE = ['items', 'not'];

/**
 * Rewrites a JSON Schema to what Anthropic enforces.
 *
 * Objects take no members but those named; constraints that cannot be enforced move to the description,
 * where the model reads them.
 */
export function enforceable(schema: JsonObject): JsonObject {
  const out: JsonObject = {};
  const told: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (name === '$schema') continue;
    if (isUnenforced(name, value)) told.push(`${name}: ${JSON.stringify(value)}`);
    // One of several is the same as any of them where the model writes only one.
    else out[name === 'oneOf' ? 'anyOf' : name] = rewritten(name, value);
  }
  if (out['type'] === 'object' || isObject(out['properties'])) out['additionalProperties'] = false;
  if (told.length > 0) {
    const described = textOrNull(schema['description']);
    out['description'] = [described, `(${told.join(', ')})`]
      .filter((text) => text !== null)
      .join(' ');
  }
  return out;
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
        isObject(inner) ? enforceable(inner) : inner,
      ]),
    );
  }
  if (LISTED.includes(name)) return objectsIn(value).map(enforceable);
  return SINGLE.includes(name) && isObject(value) ? enforceable(value) : value;
}
