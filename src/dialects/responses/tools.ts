import { objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { parsedObject, textsIn } from '../json-members.js';
import { hashedName, MAX_NAME_CHARS } from '../neutral/tool-names.js';
import type { ForeignMember, ToolChoice, ToolDefinition } from '../neutral/request.js';

/** A client's tool as the client names it. */
export interface ClientTool {
  /** The input of a `custom` tool is text, that of a `function` is JSON. */
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly namespace: string | null;
}

/** The tools that a request offers. */
export interface OfferedTools {
  readonly tools: readonly ToolDefinition[];
  /** Tools that only OpenAI itself can run. */
  readonly foreign: readonly ForeignMember[];
}

/** Reads functions, and what can be translated to one: custom tools, and the tools in namespaces. */
export function readTools(tools: unknown): OfferedTools {
  const offered: ToolDefinition[] = [];
  const foreign: ForeignMember[] = [];
  const read = (tool: JsonObject, at: string, namespace: JsonObject | null): void => {
    const definition = definitionOf(tool, at, namespace);
    if (definition === null) foreign.push({ field: at, isKnown: true, isTool: true });
    else offered.push(definition);
  };
  objectsIn(tools).forEach((tool, i) => {
    const at = `tools[${i}]`;
    if (tool['type'] !== 'namespace') {
      read(tool, at, null);
      return;
    }
    objectsIn(tool['tools']).forEach((inner, j) => {
      read(inner, `${at}.tools[${j}]`, tool);
    });
  });
  return { tools: offered, foreign };
}

function definitionOf(
  tool: JsonObject,
  at: string,
  namespace: JsonObject | null,
): ToolDefinition | null {
  const name = qualifiedName(textOrNull(tool['name']) ?? '', textOrNull(namespace?.['name']));
  // Other dialects have no namespaces, so each tool gets its namespace's description.
  const description = textOrNull(
    textsIn([namespace?.['description'], tool['description']]).join('\n\n'),
  );
  if (tool['type'] === 'custom') {
    return { name, description, parameters: inputSchema(tool), strict: null, at };
  }
  if (tool['type'] !== 'function') return null;
  const { parameters, strict } = tool;
  return {
    name,
    description,
    parameters: parameters === null ? null : objectOrEmpty(parameters),
    strict: typeof strict === 'boolean' ? strict : null,
    at,
  };
}

/** The schema of a custom tool's arguments; its grammar goes into the description. */
function inputSchema(tool: JsonObject): JsonObject {
  const format = objectOrEmpty(tool['format']);
  const definition = textOrNull(format['definition']);
  const syntax = textOrNull(format['syntax']) ?? 'formal';
  const description =
    definition === null
      ? 'The whole input, as plain text.'
      : `The whole input, as plain text. It keeps this ${syntax} grammar:\n${definition}`;
  return {
    type: 'object',
    properties: { input: { type: 'string', description } },
    required: ['input'],
    additionalProperties: false,
  };
}

/** The tool choice, and the names of the allowed tools; `allowed` is `null` if all are. */
export function readToolChoice(choice: unknown): {
  readonly choice: ToolChoice | null;
  readonly allowed: ReadonlySet<string> | null;
  readonly isForeign: boolean;
} {
  if (choice === 'auto' || choice === 'none' || choice === 'required') {
    return { choice: { kind: choice }, allowed: null, isForeign: false };
  }
  const { type, mode, name, namespace, tools } = objectOrEmpty(choice);
  if (type === 'allowed_tools') {
    const names = objectsIn(tools).map((tool) =>
      qualifiedName(textOrNull(tool['name']) ?? '', textOrNull(tool['namespace'])),
    );
    const kind = mode === 'required' ? 'required' : 'auto';
    return { choice: { kind }, allowed: new Set(names), isForeign: false };
  }
  const named = textOrNull(name);
  if (named !== null && (type === 'function' || type === 'custom')) {
    const tool = qualifiedName(named, textOrNull(namespace));
    return { choice: { kind: 'tool', name: tool }, allowed: null, isForeign: false };
  }
  const isSet = choice !== undefined && choice !== null;
  return { choice: null, allowed: null, isForeign: isSet };
}

/** A single name for a tool and its namespace: other dialects have no namespaces. */
export function qualifiedName(name: string, namespace: string | null): string {
  if (namespace === null) return name;
  const whole = `${namespace}__${name}`;
  return whole.length <= MAX_NAME_CHARS ? whole : hashedName(whole);
}

/** Returns a function that maps plain names back to the client's tools. */
export function clientToolsByName(tools: unknown): (plain: string) => ClientTool {
  const known = new Map<string, ClientTool>();
  const add = (tool: JsonObject, namespace: string | null): void => {
    const name = textOrNull(tool['name']) ?? '';
    const kind = tool['type'] === 'custom' ? 'custom' : 'function';
    known.set(qualifiedName(name, namespace), { kind, name, namespace });
  };
  for (const tool of objectsIn(tools)) {
    if (tool['type'] !== 'namespace') add(tool, null);
    else for (const inner of objectsIn(tool['tools'])) add(inner, textOrNull(tool['name']));
  }
  return (plain) => known.get(plain) ?? { kind: 'function', name: plain, namespace: null };
}

/** A custom tool's input, as the arguments of the equivalent function. */
export function argumentsOf(input: unknown): string {
  return JSON.stringify({ input: typeof input === 'string' ? input : '' });
}

/** The input of a custom tool, from the arguments of the equivalent function. */
export function inputOf(args: string): string {
  const input = parsedObject(args)?.['input'];
  // A model that ignored the schema has written the input itself.
  return typeof input === 'string' ? input : args;
}
