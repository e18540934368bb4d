import * as z from 'zod';

/** The part of a schema that applies to one path of a document. */
export interface SchemaAtPath {
  /** Every type allowed there, without wrappers (optional, default, transform). */
  readonly types: readonly z.core.$ZodTypes[];
  /** Whether the schema or one around it has `.meta({ secret: true })`, so that its value must not be shown. */
  readonly secret: boolean;
}

/** The part of `schema` for `path`; without types if the schema has no such path. */
export function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): SchemaAtPath {
  let types = unwrap(schema);
  let secret = isSecret(schema);
  for (const key of path) {
    const inner = types.flatMap((type) => step(type, key));
    secret ||= inner.some(isSecret);
    types = inner.flatMap(unwrap);
  }
  return { types, secret };
}

/** The option names that `schema` allows in the map at `path`. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const keys = schemaAt(schema, path).types.flatMap(({ _zod: { def } }) => {
    if (def.type === 'object') return Object.keys(def.shape);
    return def.type === 'record' ? [...(def.keyType._zod.values ?? [])].map(String) : [];
  });
  return [...new Set(keys)];
}

/** Whether `schema` allows only whole numbers at `path`. */
export function requiresInteger(schema: z.core.$ZodType, path: readonly PropertyKey[]): boolean {
  return schemaAt(schema, path).types.every(({ _zod: { def } }) => {
    if (def.type !== 'number') return true;
    // `z.int()` is itself a check; `z.number().int()` contains one.
    const checks = [def, ...(def.checks ?? []).map((check) => check._zod.def)];
    return checks.some((check) => 'format' in check && String(check.format).includes('int'));
  });
}

function unwrap(schema: z.core.$ZodType): readonly z.core.$ZodTypes[] {
  const type = schema as z.core.$ZodTypes;
  const def = type._zod.def;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return unwrap(def.innerType);
    case 'pipe':
      // The function is the first half of a `preprocess`, and the second half of a `transform`.
      return unwrap(isTransform(def.in) ? def.out : def.in);
    case 'lazy':
      return unwrap(def.getter());
    case 'union':
      return def.options.flatMap(unwrap);
    default:
      return [type];
  }
}

function step(type: z.core.$ZodTypes, key: PropertyKey): readonly z.core.$ZodType[] {
  const def = type._zod.def;
  switch (def.type) {
    case 'object': {
      const inner = typeof key === 'string' ? def.shape[key] : undefined;
      return inner === undefined ? [] : [inner];
    }
    case 'record':
      return [def.valueType];
    case 'array':
      return [def.element];
    default:
      return [];
  }
}

function isTransform(schema: z.core.$ZodType): boolean {
  return schema._zod.def.type === 'transform';
}

function isSecret(schema: z.core.$ZodType): boolean {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (z.globalRegistry.get(schema)?.['secret'] === true) return true;
  return 'innerType' in def && isSecret(def.innerType);
}
