import type { Tool } from '../core/conversation.js';
import { StemSet } from './stems.js';

/** What the tools that are offered ask of a model, and how they fit the demand. */
export interface Toolbox {
  /** Arguments that can be given, those inside of others included. */
  readonly parameters: number;
  /** Arguments that must be given when the tool is called. */
  readonly required: number;
  /** How deep they lie at most: 1 for those of plain tools, 0 without any. */
  readonly depth: number;
  /** Share of the parameters that are lists or objects, 0 to 1. */
  readonly structured: number;
  /** Share of the parameters whose schema names no type, or that of anything, 0 to 1. */
  readonly untyped: number;
  /** Share of the parameters that have a list of allowed values, 0 to 1. */
  readonly enumerated: number;
  /** Characters that describe a parameter, on average. */
  readonly describedChars: number;
  /** Share of the words of a tool's name that the demand has, of the tool with most; 0 to 1. */
  readonly named: number;
  /** Share of the words of a tool's description that the demand has, of the tool with most; 0 to 1. */
  readonly matched: number;
  /** The same of the tool that comes second; 0 for a single one. */
  readonly rivalled: number;
  /** Share of the demand's words that some tool has, in its name, its description or its parameters' names; 0 to 1. */
  readonly covered: number;
}

type Counts = { -readonly [K in keyof Toolbox]: number };

/** Tools that are read; agents offer up to some hundred, and by then it is plain that there are many. */
const MAX_TOOLS = 64;
/** Schemas, and schemas inside of them, that are read of all tools together. */
const MAX_SCHEMAS = 512;
/** Characters of a description that are read for words. */
const MAX_DESCRIPTION_CHARS = 160;
const MAX_NAME_CHARS = 64;

/** Types of JSON Schema, and those that collections of graded tool calls use beside them. */
const STRUCTURED = new Set(['object', 'array', 'dict', 'tuple', 'list', 'hashmap', 'arraylist']);
const ANYTHING = 'any';

/** @param demand - already bounded; time is linear in it, and bounded in the tools */
export function readToolbox(tools: readonly Tool[], demand: string): Toolbox {
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
  const asked = new StemSet(demand);
  const census = new ParameterCensus(counts, asked);
  for (const tool of tools.slice(0, MAX_TOOLS)) {
    compare(tool, asked, counts);
    census.add(tool.parameters);
  }
  counts.covered = asked.covered;
  const parameters = Math.max(1, counts.parameters);
  counts.structured /= parameters;
  counts.untyped /= parameters;
  counts.enumerated /= parameters;
  counts.describedChars /= parameters;
  return counts;
}

/** Notes how well a tool fits what is asked. */
function compare({ name, description }: Tool, asked: StemSet, counts: Counts): void {
  counts.named = Math.max(counts.named, asked.match(name, MAX_NAME_CHARS));
  const matched = asked.match(description, MAX_DESCRIPTION_CHARS);
  counts.rivalled = Math.max(counts.rivalled, Math.min(counts.matched, matched));
  counts.matched = Math.max(counts.matched, matched);
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema that is still to be read. */
interface Place {
  readonly schema: JsonSchema;
  /** How many names lead to it. */
  readonly depth: number;
}

/** Members of a schema that hold a schema or a list of schemas, and those that hold schemas by name. */
const INNER = new Set(['items', 'prefixItems', 'additionalProperties', 'anyOf', 'oneOf', 'allOf']);
const SHARED = new Set(['$defs', 'definitions']);
/** Members by which a schema says what it takes though it has no `type`. */
const TELLING = ['$ref', 'enum', 'const', 'anyOf', 'oneOf', 'allOf'];

/** Counts parameters without recursion: clients may nest them as deep as they like. */
class ParameterCensus {
  readonly #counts: Counts;
  readonly #asked: StemSet;
  readonly #open: Place[] = [];
  /** Schemas that may still be put on the heap. */
  #left = MAX_SCHEMAS;

  constructor(counts: Counts, asked: StemSet) {
    this.#counts = counts;
    this.#asked = asked;
  }

  add(parameters: JsonSchema | null): void {
    this.#put(parameters, 0);
    for (let place = this.#open.pop(); place !== undefined; place = this.#open.pop()) {
      this.#read(place);
    }
  }

  #put(schema: unknown, depth: number): void {
    if (this.#left === 0 || !isSchema(schema)) return;
    this.#left -= 1;
    this.#open.push({ schema, depth });
  }

  #read({ schema, depth }: Place): void {
    for (const member in schema) {
      const value = schema[member];
      if (member === 'properties') this.#readProperties(value, depth + 1);
      else if (member === 'required') this.#countRequired(value);
      else if (INNER.has(member)) this.#putEach(Array.isArray(value) ? value : [value], depth);
      else if (SHARED.has(member) && isSchema(value))
        this.#putEach(Object.values(value), depth + 1);
    }
  }

  #countRequired(names: unknown): void {
    if (Array.isArray(names)) this.#counts.required += Math.min(names.length, MAX_SCHEMAS);
  }

  #readProperties(properties: unknown, depth: number): void {
    if (!isSchema(properties)) return;
    for (const name in properties) {
      if (this.#left === 0) break;
      this.#count(name, properties[name], depth);
      this.#put(properties[name], depth);
    }
  }

  #putEach(schemas: readonly unknown[], depth: number): void {
    for (const schema of schemas) {
      if (this.#left === 0) break;
      this.#put(schema, depth);
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
    if (type === null || type === ANYTHING) counts.untyped += 1;
    else if (STRUCTURED.has(type)) counts.structured += 1;
    if (Array.isArray(schema['enum'])) counts.enumerated += 1;
    const { description } = schema;
    if (typeof description === 'string') counts.describedChars += description.length;
  }
}

/** The type in small letters, empty where the schema says in another way what it takes; `null` where it says nothing. */
function typeOf(schema: JsonSchema): string | null {
  const { type } = schema;
  const first: unknown = Array.isArray(type) ? type.find((one) => one !== 'null') : type;
  if (typeof first === 'string') return first.toLowerCase();
  return TELLING.some((member) => member in schema) ? '' : null;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
