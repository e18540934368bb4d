import type { Tool } from '../core/conversation.js';
import { StemSet } from './stems.js';

/** How complex the offered tools are, and how well they match the task. */
export interface ToolFeatures {
  /** Parameters of all tools, nested ones included. */
  readonly parameters: number;
  /** Required parameters. */
  readonly required: number;
  /** Maximum nesting depth: 1 for plain tools, 0 without parameters. */
  readonly depth: number;
  /** Share of the parameters that are lists or objects, 0 to 1. */
  readonly structured: number;
  /** Share of the parameters whose schema names no type, or `any`, 0 to 1. */
  readonly untyped: number;
  /** Share of the parameters that have a list of allowed values, 0 to 1. */
  readonly enumerated: number;
  /** Mean characters of a parameter's description. */
  readonly describedChars: number;
  /** Share of the words of a tool's name that the task has, highest of all tools; 0 to 1. */
  readonly named: number;
  /** Share of the words of a tool's description that the task has, highest of all tools; 0 to 1. */
  readonly matched: number;
  /** The second highest such share; 0 for a single tool. */
  readonly rivalled: number;
  /** Share of the task's words that any tool has in its name, its description or its parameters' names; 0 to 1. */
  readonly covered: number;
}

type Counts = { -readonly [K in keyof ToolFeatures]: number };

/** Tools that are read; agents offer up to some hundred. */
const MAX_TOOLS = 64;
/** Schemas, nested ones included, that are read of all tools together. */
const MAX_SCHEMAS = 512;
/** Characters of a description that are compared. */
const MAX_DESCRIPTION_CHARS = 160;
const MAX_NAME_CHARS = 64;

/** Structured types of JSON Schema, and others that collections of graded tool calls use. */
const STRUCTURED = new Set(['object', 'array', 'dict', 'tuple', 'list', 'hashmap', 'arraylist']);
const ANY_TYPE = 'any';

/** @param demand - text of bounded length; time is linear in it, and bounded in the tools */
export function readToolFeatures(tools: readonly Tool[], demand: string): ToolFeatures {
  const counts: Counts = {
    parameters: 0,
    required: 0,
    depth: 0,
    structured: 0,
    untyped: 0,
    enumerated: 0,
    describedChars: 0,
    named: 0,
    matched: 0,
    rivalled: 0,
    covered: 0,
  };
  if (tools.length === 0) return counts;
  const demandStems = new StemSet(demand);
  const census = new ParameterCensus(counts, demandStems);
  for (const tool of tools.slice(0, MAX_TOOLS)) {
    compare(tool, demandStems, counts);
    census.add(tool.parameters);
  }
  counts.covered = demandStems.covered;
  const parameters = Math.max(1, counts.parameters);
  counts.structured /= parameters;
  counts.untyped /= parameters;
  counts.enumerated /= parameters;
  counts.describedChars /= parameters;
  return counts;
}

/** Updates the counts by how well a tool matches the task. */
function compare({ name, description }: Tool, demandStems: StemSet, counts: Counts): void {
  counts.named = Math.max(counts.named, demandStems.match(name, MAX_NAME_CHARS));
  const matched = demandStems.match(description, MAX_DESCRIPTION_CHARS);
  counts.rivalled = Math.max(counts.rivalled, Math.min(counts.matched, matched));
  counts.matched = Math.max(counts.matched, matched);
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema to be read. */
interface PendingSchema {
  readonly schema: JsonSchema;
  /** Number of property names on the path to it. */
  readonly depth: number;
}

/** Keywords whose value is a schema or a list of schemas, and those whose value has schemas by name. */
const SCHEMA_KEYWORDS = new Set([
  'items',
  'prefixItems',
  'additionalProperties',
  'anyOf',
  'oneOf',
  'allOf',
]);
const DEFINITION_KEYWORDS = new Set(['$defs', 'definitions']);
/** Keywords that constrain the type of a schema without `type`. */
const TYPING_KEYWORDS = ['$ref', 'enum', 'const', 'anyOf', 'oneOf', 'allOf'];

/** Counts parameters without recursion: clients may nest them to any depth. */
class ParameterCensus {
  readonly #counts: Counts;
  readonly #asked: StemSet;
  readonly #pending: PendingSchema[] = [];
  /** Schemas that may still be pushed. */
  #remaining = MAX_SCHEMAS;

  constructor(counts: Counts, demandStems: StemSet) {
    this.#counts = counts;
    this.#asked = demandStems;
  }

  add(parameters: JsonSchema | null): void {
    this.#push(parameters, 0);
    for (let pending = this.#pending.pop(); pending !== undefined; pending = this.#pending.pop()) {
      this.#read(pending);
    }
  }

  #push(schema: unknown, depth: number): void {
    if (this.#remaining === 0 || !isSchema(schema)) return;
    this.#remaining -= 1;
    this.#pending.push({ schema, depth });
  }

  #read({ schema, depth }: PendingSchema): void {
    for (const member in schema) {
      const value = schema[member];
      if (member === 'properties') this.#readProperties(value, depth + 1);
      else if (member === 'required') this.#countRequired(value);
      else if (SCHEMA_KEYWORDS.has(member))
        this.#pushEach(Array.isArray(value) ? value : [value], depth);
      else if (DEFINITION_KEYWORDS.has(member) && isSchema(value))
        this.#pushEach(Object.values(value), depth + 1);
    }
  }

  #countRequired(names: unknown): void {
    if (Array.isArray(names)) this.#counts.required += Math.min(names.length, MAX_SCHEMAS);
  }

  #readProperties(properties: unknown, depth: number): void {
    if (!isSchema(properties)) return;
    for (const name in properties) {
      if (this.#remaining === 0) break;
      this.#count(name, properties[name], depth);
      this.#push(properties[name], depth);
    }
  }

  #pushEach(schemas: readonly unknown[], depth: number): void {
    for (const schema of schemas) {
      if (this.#remaining === 0) break;
      this.#push(schema, depth);
    }
  }

  #count(name: string, schema: unknown, depth: number): void {
    const counts = this.#counts;
    this.#asked.match(name, MAX_NAME_CHARS);
    counts.parameters += 1;
    counts.depth = Math.max(counts.depth, depth);
    if (!isSchema(schema)) {
      counts.untyped += 1;
      return;
    }
    const type = typeOf(schema);
    if (type === null || type === ANY_TYPE) counts.untyped += 1;
    else if (STRUCTURED.has(type)) counts.structured += 1;
    if (Array.isArray(schema['enum'])) counts.enumerated += 1;
    const { description } = schema;
    if (typeof description === 'string') counts.describedChars += description.length;
  }
}

/** The type in lower case; empty if other keywords constrain it, `null` if nothing does. */
function typeOf(schema: JsonSchema): string | null {
  const { type } = schema;
  const first: unknown = Array.isArray(type) ? type.find((one) => one !== 'null') : type;
  if (typeof first === 'string') return first.toLowerCase();
  return TYPING_KEYWORDS.some((member) => member in schema) ? '' : null;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
