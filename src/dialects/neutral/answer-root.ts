import { isObject, type JsonObject } from '../json.js';
import type { AnswerEvent, Emit } from './event.js';
import type { NeutralRequest } from './request.js';

/** The member that holds an answer which is no object itself. */
const MEMBER = 'value';

/** Words that vendors refuse at the root of a schema, whatever its type. */
const NOT_AT_ROOT = ['anyOf', 'oneOf', 'allOf', 'not', 'enum', '$ref', 'const'];
/** Where schemas are kept that others refer to. */
const DEFINITIONS = ['$defs', 'definitions'];

/** A schema that every vendor takes for an answer or for a tool's arguments: one of an object, and plainly so. */
export function isObjectRoot(schema: JsonObject): boolean {
  if (NOT_AT_ROOT.some((name) => schema[name] !== undefined)) return false;
  const { type } = schema;
  // A schema that says nothing is of anything, an object included.
  return type === 'object' || (type === undefined && schema['items'] === undefined);
}

/** The request with an object around an answer that is none; the answer is to go through `unwrapping`. */
export function wrapped(request: NeutralRequest): NeutralRequest {
  const { format } = request;
  if (format.kind !== 'json_schema') return request;
  return { ...request, format: { ...format, schema: around(format.schema) } };
}

function around(schema: JsonObject): JsonObject {
  const inner: JsonObject = {};
  const definitions: JsonObject = {};
  for (const [name, value] of Object.entries(schema)) {
    (DEFINITIONS.includes(name) ? definitions : inner)[name] = moved(value);
  }
  return {
    type: 'object',
    properties: { [MEMBER]: inner },
    required: [MEMBER],
    additionalProperties: false,
    ...definitions,
  };
}

/** References from the root stay right where definitions stay at the root, and all else is one step further down. */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === '$ref' && typeof inner === 'string' ? movedReference(inner) : moved(inner),
    ]),
  );
}

function movedReference(reference: string): string {
  if (!reference.startsWith('#')) return reference;
  const path = reference.slice(1);
  const isKept = DEFINITIONS.some((name) => path.startsWith(`/${name}/`));
  return isKept ? reference : `#/properties/${MEMBER}${path}`;
}

/**
 * Takes the object away again that `wrapped` has put around an answer, whole or piece by piece.
 *
 * An answer that does not begin with it comes as it is: not every model keeps to its schema.
 */
export function unwrapping(emit: Emit): Emit {
  const answers = new Map<number, Wrapped>();
  return (event: AnswerEvent): void => {
    if (event.kind !== 'text') {
      emit(event);
      return;
    }
    const { choice } = event;
    const answer = answers.get(choice) ?? new Wrapped();
    answers.set(choice, answer);
    const text = answer.inside(event.text);
    if (text !== '') emit({ kind: 'text', choice, text });
  };
}

const BEFORE = new RegExp(`^\\s*\\{\\s*"${MEMBER}"\\s*:\\s*`, 'u');
/** The longest beginning without white space. */
const MARK = `{"${MEMBER}":`;

/** One answer in its object, read as it comes. */
class Wrapped {
  #state: 'before' | 'inside' | 'after' | 'bare' = 'before';
  #begun = '';
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  /** What of the next piece belongs to the answer. */
  inside(piece: string): string {
    if (this.#state === 'bare') return piece;
    return this.#state === 'before' ? this.#begin(piece) : this.#goOn(piece);
  }

  #begin(piece: string): string {
    this.#begun += piece;
    const found = BEFORE.exec(this.#begun);
    // White space behind the colon may still come.
    if (found !== null && found[0].length < this.#begun.length) {
      this.#state = 'inside';
      return this.#goOn(this.#begun.slice(found[0].length));
    }
    if (found !== null || MARK.startsWith(this.#begun.replace(/\s+/gu, ''))) return '';
    this.#state = 'bare';
    return this.#begun;
  }

  #goOn(piece: string): string {
    if (this.#state === 'after') return '';
    for (let i = 0; i < piece.length; i++) {
      if (!this.#isOver(piece.charAt(i))) continue;
      this.#state = 'after';
      return piece.slice(0, i).trimEnd();
    }
    return piece;
  }

  /** Whether the answer ended before this character: it closes the object around, or begins another member of it. */
  #isOver(char: string): boolean {
    if (this.#isInText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (char === '\\') this.#isEscaped = true;
      else if (char === '"') this.#isInText = false;
      return false;
    }
    switch (char) {
      case '"':
        this.#isInText = true;
        return false;
      case '{':
      case '[':
        this.#depth += 1;
        return false;
      case '}':
      case ']':
        this.#depth -= 1;
        return this.#depth < 0;
      default:
        return char === ',' && this.#depth === 0;
    }
  }
}
