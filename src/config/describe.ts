import * as z from 'zod';

import { configSchema } from './schema.js';

/** A part of a JSON Schema, as far as it is used here. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** One option, or one level of a map or list of options. */
export interface Option {
  /** As people write it: `server.port`, `providers.NAME.api_key`, `keys[].name`. */
  readonly path: string;
  readonly node: SchemaNode;
  readonly required: boolean;
}

// What stands for the names that an operator gives in maps.
const NAMES: Readonly<Record<string, string>> = { models: 'VENDOR/NAME', prices: 'PROVIDER' };

/** The schema of `suffice.yaml` as JSON Schema, without what is only for editors. */
export function configNode(): SchemaNode {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      delete jsonSchema['secret'];
      // The pattern says what the format says, in 200 unreadable characters.
      if (jsonSchema.format === 'date') delete jsonSchema.pattern;
    },
  });
  return schema as SchemaNode;
}

/**
 * The JSON Schema by which editors complete and check `suffice.yaml`.
 *
 * Unlike the schema that the gateway itself applies, it takes a placeholder wherever a value of
 * another form is wanted, since editors see the file before placeholders are filled in.
 */
export function editorSchema(): object {
  const root = configNode();
  const properties = mapValues(root.properties ?? {}, (node) => orNothing(orPlaceholder(node)));
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

/** Every option below a node, in the order of the schema; the node itself is not among them. */
export function optionsBelow(path: string, node: SchemaNode): readonly Option[] {
  return inner(path, node).flatMap((option) => [option, ...optionsBelow(option.path, option.node)]);
}

function inner(path: string, node: SchemaNode): Option[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).map(([name, child]) => ({
      path: `${path}.${name}`,
      node: child,
      required: node.required?.includes(name) === true,
    }));
  }
  // Maps, lists and choices are no options themselves: what is below them follows directly.
  if (typeof node.additionalProperties === 'object') {
    const name = NAMES[/[a-z_]+$/.exec(path)?.[0] ?? ''] ?? 'NAME';
    return inner(`${path}.${name}`, node.additionalProperties);
  }
  if (node.items !== undefined) return inner(`${path}[]`, node.items);
  return (node.anyOf ?? []).flatMap((choice) => inner(path, choice));
}

function orPlaceholder(node: SchemaNode): object {
  if (isStrict(node)) {
    const { description, default: preset, ...rest } = node;
    return {
      ...(description !== undefined && { description }),
      ...(preset !== undefined && { default: preset }),
      anyOf: [rest, { $ref: '#/definitions/placeholder' }],
    };
  }
  const { additionalProperties: named } = node;
  return {
    ...node,
    ...(node.properties && { properties: mapValues(node.properties, orPlaceholder) }),
    ...(node.items && { items: orPlaceholder(node.items) }),
    ...(node.anyOf && { anyOf: node.anyOf.map(orPlaceholder) }),
    ...(typeof named === 'object' && { additionalProperties: orNothing(orPlaceholder(named)) }),
  };
}

/** Whether a placeholder, which is a text, would not do. */
function isStrict({ type, enum: values, format, pattern }: SchemaNode): boolean {
  if (type === 'string') return [values, format, pattern].some((form) => form !== undefined);
  return type === 'integer' || type === 'number' || type === 'boolean';
}

/** A map of options may be given with nothing in it. */
function orNothing(node: SchemaNode): object {
  return node.properties === undefined ? node : { ...node, type: ['object', 'null'] };
}

function mapValues<T>(
  record: Readonly<Record<string, SchemaNode>>,
  change: (node: SchemaNode) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, node]) => [key, change(node)]));
}
