import { isObject, type JsonObject } from '../json.js';
import type { AnswerEvent, Emit } from './event.js';
import type { NeutralRequest } from './request.js';

/** The member that holds an answer which is not an object itself. */
const MEMBER = 'value';

/** Keywords that vendors reject at the root of a schema, whatever its type. */
const NOT_AT_ROOT = ['anyOf', 'oneOf', 'allOf', 'not', 'enum', '$ref', 'const'];
/** Members that hold schemas for references. */
const DEFINITIONS = ['$defs', 'definitions'];

/** Whether every vendor accepts a schema for an answer or for a tool's arguments: its root must be a plain object schema. */
export function isObjectRoot(schema: JsonObject): boolean {
  if (NOT_AT_ROOT.some((name) => schema[name] !== undefined)) return false;
  const { type } = schema;
  // A schema without a type matches anything, including an object.
  return type === 'object' || (type === undefined && schema['items'] === undefined);
}

/** The request with its answer's schema wrapped in an object; `unwrapObject` must be applied to the answer. */
export function wrapInObject(request: NeutralRequest): NeutralRequest {
  const { format } = request;
  if (format.kind !== 'json_schema') return request;
  return { ...request, format: { ...format, schema: wrapSchema(format.schema) } };
}

function wrapSchema(schema: JsonObject): JsonObject {
  const inner: JsonObject = {};
  const definitions: JsonObject = {};
  for (const [name, value] of Object.entries(schema)) {
    (DEFINITIONS.includes(name) ? definitions : inner)[name] = adjustReferences(value);
  }
  return {
    type: 'object',
    properties: { [MEMBER]: inner },
    required: [MEMBER],
    additionalProperties: false,
    ...definitions,
  };
}

/** Adjusts references: definitions stay at the root, everything else is now one level deeper. */
function adjustReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(adjustReferences);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === '$ref' && typeof inner === 'string'
        ? adjustReference(inner)
        : adjustReferences(inner),
    ]),
  );
}

function adjustReference(reference: string): string {
  if (!reference.startsWith('#')) return reference;
  const path = reference.slice(1);
  const isKept = DEFINITIONS.some((name) => path.startsWith(`/${name}/`));
  return isKept ? reference : `#/properties/${MEMBER}${path}`;
}

/**
 * Removes the object that `wrapInObject` has put around an answer, complete or streamed.
 *
 * An answer that does not begin with it is left as it is: not every model follows its schema.
 */
export function unwrapObject(emit: Emit): Emit {
  const answers = new Map<number, Unwrapper>();
  return (event: AnswerEvent): void => {
    if (event.kind !== 'text') {
      emit(event);
      return;
    }
    const { choice } = event;
    const answer = answers.get(choice) ?? new Unwrapper();
    answers.set(choice, answer);
    const text = answer.inside(event.text);
    if (text !== '') emit({ kind: 'text', choice, text });
  };
}

const BEFORE = new RegExp(`^\\s*\\{\\s*"${MEMBER}"\\s*:\\s*`, 'u');
/** The beginning of a wrapped answer, without white space. */
const MARK = `{"${MEMBER}":`;

/** Unwraps one answer piece by piece. */
class Unwrapper {
  #state: 'before' | 'inside' | 'after' | 'bare' = 'before';
  #begun = '';
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  /** @returns the part of the next piece that belongs to the answer */
  inside(piece: string): string {
    if (this.#state === 'bare') return piece;
    return this.#state === 'before' ? this.#begin(piece) : this.#goOn(piece);
  }

  #begin(piece: string): string {
    this.#begun += piece;
    const found = BEFORE.exec(this.#begun);
    // White space after the colon may still follow.
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

  /** Whether the answer ended before this character: it closes the wrapping object, or begins another member of it. */
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
