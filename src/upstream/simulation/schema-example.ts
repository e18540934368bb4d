/** Deeper than schemas written by hand; recursive schemas are cut off here. */
const MAX_DEPTH = 8;

type Schema = Readonly<Record<string, unknown>>;

/**
 * Makes up a simple value that a JSON Schema accepts.
 *
 * Knows types, `enum`, `const`, `default`, `required`, `items`, bounds of lengths and numbers,
 * `anyOf`/`oneOf`/`allOf`, local `$ref` and common string formats; not `pattern` and not `not`.
 * A recursive schema is cut off where the recursion may end.
 *
 * @returns any JSON value; an empty object for a schema that says nothing
 */
export function exampleOf(schema: unknown): unknown {
  return build(schema, { root: schema, depth: 0 });
}

interface Place {
  readonly root: unknown;
  readonly depth: number;
}

function build(schema: unknown, place: Place): unknown {
  if (!isSchema(schema)) return schema === false ? null : {};
  if ('const' in schema) return schema['const'];
  const values = listOf(schema['enum']);
  if (values.length > 0) return values[0];
  if (place.depth > MAX_DEPTH) return null;
  const deeper = { root: place.root, depth: place.depth + 1 };
  if (typeof schema['$ref'] === 'string') {
    return build(resolve(schema['$ref'], place.root), deeper);
  }
  const options = listOf(schema['anyOf'] ?? schema['oneOf']);
  if (options.length > 0) return build(choose(options, place), deeper);
  const parts = listOf(schema['allOf']);
  if (parts.length > 0) return build(merged(schema, parts), deeper);
  return ofType(typeOf(schema, place), schema, deeper);
}

function ofType(type: string, schema: Schema, place: Place): unknown {
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
      return Math.ceil(number(schema));
    case 'number':
      return number(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return list(schema, place);
    default:
      return object(schema, place);
  }
}

function object(schema: Schema, place: Place): Record<string, unknown> {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const required = new Set(listOf(schema['required']));
  // Optional properties make the example more realistic, but would continue a recursion without end.
  const isDeep = place.depth > 3;
  const members: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(properties)) {
    if (required.has(name) || !isDeep) members[name] = build(inner, place);
  }
  for (const name of required) {
    if (typeof name === 'string' && !(name in members)) {
      members[name] = build(schema['additionalProperties'] ?? { type: 'string' }, place);
    }
  }
  return members;
}

function list(schema: Schema, place: Place): unknown[] {
  const first = listOf(schema['prefixItems']);
  const items = first.map((inner) => build(inner, place));
  const least = limit(schema['minItems']) ?? (place.depth > 3 ? 0 : 1);
  const most = limit(schema['maxItems']) ?? Infinity;
  if (schema['items'] === false) return items;
  while (items.length < Math.min(least, most)) {
    items.push(build(schema['items'] ?? { type: 'string' }, place));
  }
  return items;
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  duration: 'PT1H',
  email: 'simulated@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function text(schema: Schema): string {
  const format = typeof schema['format'] === 'string' ? FORMATS[schema['format']] : undefined;
  const example = format ?? 'simulated';
  const padded = example.padEnd(limit(schema['minLength']) ?? 0, ' simulated');
  return padded.slice(0, limit(schema['maxLength']) ?? undefined);
}

function number(schema: Schema): number {
  const step = limit(schema['multipleOf']) ?? 1;
  const above = limit(schema['exclusiveMinimum']) ?? -Infinity;
  const below = limit(schema['exclusiveMaximum']) ?? Infinity;
  const least = limit(schema['minimum']) ?? above + step;
  const most = limit(schema['maximum']) ?? below - step;
  // The range is narrower than a step, such as 0 < x < 1, so its middle is used.
  if (least > most) return (Math.max(above, least - step) + Math.min(below, most + step)) / 2;
  const length = Math.min(Math.max(1, least), most);
  const stepped = Math.ceil(length / step) * step;
  return stepped <= most ? stepped : Math.floor(most / step) * step;
}

function typeOf(schema: Schema, place: Place): string {
  const { type } = schema;
  if (Array.isArray(type)) {
    // At this depth `["object", "null"]` becomes `null`, which ends a recursion.
    const named = place.depth > 3 && type.includes('null') ? 'null' : listOf(type)[0];
    return typeof named === 'string' ? named : 'object';
  }
  if (typeof type === 'string') return type;
  if ('items' in schema || 'prefixItems' in schema) return 'array';
  return 'object';
}

function choose(options: readonly unknown[], place: Place): unknown {
  const isEnd = (option: unknown): boolean => isSchema(option) && option['type'] === 'null';
  return (place.depth > 3 ? options.find(isEnd) : undefined) ?? options[0];
}

function merged(schema: Schema, parts: readonly unknown[]): Schema {
  const all = [{ ...schema, allOf: undefined }, ...parts.filter(isSchema)];
  const properties = all.map((part) => (isSchema(part['properties']) ? part['properties'] : {}));
  const required = all.flatMap((part) => listOf(part['required']));
  const whole: Schema = Object.assign({}, ...all) as Schema;
  return { ...whole, properties: Object.assign({}, ...properties) as Schema, required };
}

/** @param ref - `#/$defs/Name`, `#/definitions/Name` or `#` */
function resolve(ref: string, root: unknown): unknown {
  let place: unknown = root;
  for (const step of ref.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    place = isSchema(place) ? place[name] : undefined;
  }
  return place;
}

function limit(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
