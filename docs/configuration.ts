import {
  configJsonSchema,
  optionsBelow,
  type Option,
  type JsonSchemaNode,
} from '../src/config/describe.js';

const INTRODUCTION = `# Configuration

<!-- Made by \`npm run docs\` from src/config/schema.ts and suffice.example.yaml: change those, not this. -->

Suffice runs without any configuration: it then uses every provider whose key is in the environment.
All other settings are in one file, \`suffice.yaml\`. Every option is optional unless the table says \`required\`.

Put this line at the top of the file, and editors complete and check options as you type:

\`\`\`yaml
# yaml-language-server: $schema=docs/config.schema.json
\`\`\`

**Environment variables.** In any value, \`\${NAME}\` is replaced by the variable NAME, and \`\${NAME:-default}\`
falls back to a default if the variable is empty or not set. Write \`$\${\` for a literal \`\${\`. Variables are substituted
after the file is parsed, so their content cannot change its structure. A variable that is not set and has no
default is an error.

**Errors.** A file with an error is not used: at startup Suffice exits, and on a reload the old configuration stays
in force. \`suffice check\` reports all errors at once, with line and column, without starting anything. No message
shows a key, a header, a base URL or a proxy.

**Reload.** Suffice checks the file every second, and applies it as soon as its content has changed and is stable.
Requests in flight keep the configuration they started with. A running gateway refuses a file that is empty, or that
no longer has \`keys\` or \`providers\`: see [operations.md](operations.md#start-reload-stop) for how to do that on purpose.
`;

/**
 * The reference of `suffice.yaml`, as Markdown.
 *
 * @param example - the text of `suffice.example.yaml`; each section shows its own part of it
 */
export function configurationPage(example: string): string {
  const sections = Object.entries(configJsonSchema().properties ?? {});
  return [INTRODUCTION, ...sections.map(([name, node]) => section(name, node, example))].join('\n');
}

function section(name: string, node: JsonSchemaNode, example: string): string {
  const options = optionsBelow(name, node);
  const rows = options.length > 0 ? options : [{ path: name, node, required: false }];
  const head = options.length > 0 ? `${node.description ?? ''}\n\n` : '';
  return [
    `## \`${name}\`\n\n${head}| Option | Type | Default | |`,
    '| --- | --- | --- | --- |',
    ...rows.map(row),
    `\n\`\`\`yaml\n${exampleOf(name, example)}\n\`\`\`\n`,
  ].join('\n');
}

function row({ path, node, required }: Option): string {
  const preset = required ? 'required' : presetOf(path, node.default);
  const cells = [`\`${path}\``, typeOf(node), preset, node.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeOf(node: JsonSchemaNode): string {
  if (node.anyOf !== undefined) {
    return node.anyOf
      .map((choice) => (choice.type === 'null' ? 'empty' : typeOf(choice)))
      .join(' or ');
  }
  if (node.enum !== undefined) return words(node.enum);
  if (node.items !== undefined) return `list of ${plural(typeOf(node.items))}`;
  if (typeof node.additionalProperties === 'object') {
    const names = node.propertyNames?.enum;
    const by = names === undefined ? '' : ` by ${words(names)}`;
    return `map of ${plural(typeOf(node.additionalProperties))}${by}`;
  }
  return plainType(node);
}

function plainType(node: JsonSchemaNode): string {
  switch (node.type) {
    case 'integer':
      return `whole number${range(node)}`;
    case 'number':
      return `number${range(node)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'object':
      return 'map';
    default:
      return FORMATS[node.format ?? ''] ?? 'text';
  }
}

function words(values: readonly unknown[]): string {
  return values.map((value) => `\`${String(value)}\``).join(', ');
}

const FORMATS: Readonly<Record<string, string>> = { uri: 'URL', date: 'day' };

const PLURALS: Readonly<Record<string, string>> = { text: 'texts', map: 'maps', number: 'numbers' };

function plural(type: string): string {
  return PLURALS[type] ?? type;
}

function range({ minimum, maximum, exclusiveMinimum }: JsonSchemaNode): string {
  const top = maximum === undefined || maximum >= 2 ** 31 - 1 ? undefined : maximum;
  if (minimum !== undefined && top !== undefined) return `, ${minimum} to ${top}`;
  if (minimum !== undefined) return `, at least ${minimum}`;
  return exclusiveMinimum === undefined ? '' : `, above ${exclusiveMinimum}`;
}

function presetOf(path: string, preset: unknown): string {
  if (preset === undefined || preset === null) return '';
  const exact = `\`${JSON.stringify(preset)}\``;
  const readable = typeof preset === 'number' ? withUnit(path, preset) : null;
  return readable === null ? exact : `${exact} (${readable})`;
}

function withUnit(path: string, value: number): string | null {
  if (path.endsWith('_ms')) return duration(value);
  if (!path.endsWith('_bytes')) return null;
  return value % 2 ** 20 === 0 ? `${value / 2 ** 20} MiB` : `${value / 1024} KiB`;
}

/** `null` for what is as readable in milliseconds. */
function duration(ms: number): string | null {
  if (ms < 1_000) return null;
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}

/** The section's part of the example. The comment above it says no more than the section's description. */
function exampleOf(name: string, example: string): string {
  const parts = example.split(/\n(?=(?:#[^\n]*\n)*[a-z]+:)/);
  const part = parts.find((text) => new RegExp(`^${name}:`, 'm').test(text));
  if (part === undefined) throw new Error(`suffice.example.yaml has no section "${name}"`);
  return part.trim();
}
