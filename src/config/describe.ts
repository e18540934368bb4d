import * as z from 'zod';

import { configSchema } from './schema.js';

/** A node of a JSON Schema, as far as it is used here. */
export interface JsonSchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchemaNode | boolean;
  readonly propertyNames?: JsonSchemaNode;
  readonly items?: JsonSchemaNode;
  readonly anyOf?: readonly JsonSchemaNode[];
}

/** One option, or one level of a map or list of options. */
export interface Option {
  /** As in `server.port`, `providers.NAME.api_key` or `keys[].name`. */
  readonly path: string;
  readonly node: JsonSchemaNode;
  readonly required: boolean;
}

// Placeholders in paths for the keys of maps; others are `NAME`.
const NAMES: Readonly<Record<string, string>> = { models: 'VENDOR/NAME', prices: 'PROVIDER' };

/** The schema of `suffice.yaml` as JSON Schema, without the additions for editors. */
export function configJsonSchema(): JsonSchemaNode {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      delete jsonSchema['secret'];
      // The pattern only repeats the format, in 200 unreadable characters.
      if (jsonSchema.format === 'date') delete jsonSchema.pattern;
    },
  });
  return schema as JsonSchemaNode;
}

/**
 * The JSON Schema with which editors complete and validate `suffice.yaml`.
 *
 * Unlike the gateway's own schema, it accepts a placeholder in place of any value, since editors see
 * the file before placeholders are filled in.
 */
export function editorSchema(): object {
  const root = configJsonSchema();
  const properties = mapValues(root.properties ?? {}, (node) => orNull(orPlaceholder(node)));
  return {
    ...root,
    title: 'suffice.yaml',
    properties,
    definitions: {
      placeholder: {
        type: 'string',
        pattern: '\\$\\{[A-Za-z_]',
        description: 'Filled in from the environment.',
      },
    },
  };
}

/** Every option below a node, in schema order, without the node itself. */
export function optionsBelow(path: string, node: JsonSchemaNode): readonly Option[] {
  return childOptions(path, node).flatMap((option) => [
    option,
    ...optionsBelow(option.path, option.node),
  ]);
}

function childOptions(path: string, node: JsonSchemaNode): Option[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).map(([name, child]) => ({
      path: `${path}.${name}`,
      node: child,
      required: node.required?.includes(name) === true,
    }));
  }
  // Maps, lists and unions are not options themselves, so their children follow directly.
  if (typeof node.additionalProperties === 'object') {
    const name = NAMES[/[a-z_]+$/.exec(path)?.[0] ?? ''] ?? 'NAME';
    return childOptions(`${path}.${name}`, node.additionalProperties);
  }
  if (node.items !== undefined) return childOptions(`${path}[]`, node.items);
  return (node.anyOf ?? []).flatMap((choice) => childOptions(path, choice));
}

function orPlaceholder(node: JsonSchemaNode): object {
  if (isStrict(node)) {
    const { description, default: preset, ...rest } = node;
    return {
      ...(description !== undefined && { description }),
      ...(preset !== undefined && { default: preset }),
      anyOf: [rest, { $ref: '#/definitions/placeholder' }],
    };
  }
  const { additionalProperties } = node;
  return {
    ...node,
    ...(node.properties && { properties: mapValues(node.properties, orPlaceholder) }),
    ...(node.items && { items: orPlaceholder(node.items) }),
    ...(node.anyOf && { anyOf: node.anyOf.map(orPlaceholder) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: orNull(orPlaceholder(additionalProperties)),
    }),
  };
}

/** Whether the schema would reject a placeholder, which is a text. */
function isStrict({ type, enum: values, format, pattern }: JsonSchemaNode): boolean {
  if (type === 'string') return [values, format, pattern].some((form) => form !== undefined);
  return type === 'integer' || type === 'number' || type === 'boolean';
}

/** A map of options may also be empty (`null` in YAML). */
function orNull(node: JsonSchemaNode): object {
  return node.properties === undefined ? node : { ...node, type: ['object', 'null'] };
}

function mapValues<T>(
  record: Readonly<Record<string, JsonSchemaNode>>,
  change: (node: JsonSchemaNode) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, node]) => [key, change(node)]));
}
