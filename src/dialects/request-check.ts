import { isUtf8 } from 'node:buffer';

import { GatewayError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { nestsDeeperThan } from './json-depth.js';
import { findJsonSyntaxError } from './json-syntax-error.js';
import { isObject, type JsonObject } from './json.js';

/** Maximum nesting of arrays and objects: more than any schema needs, and little enough to parse quickly. */
const MOST_DEPTH = 1_000;
/** A shorter body is parsed quickly however deeply it is nested. */
const LONG_CHARS = 65_536;
/** How much of a broken body an error message quotes. */
const QUOTED_CHARS = 30;

/**
 * Parses a request's body as a JSON object.
 *
 * @throws {GatewayError} `invalid_json` with the position of the syntax error, or `invalid_request`
 */
export function parseBody(body: Buffer): JsonObject {
  if (!isUtf8(body)) throw new GatewayError('invalid_json', 'The body is not valid UTF-8 text.');
  const text = body.toString('utf8');
  // Parsing millions of brackets would block the event loop for seconds.
  if (text.length > LONG_CHARS && nestsDeeperThan(text, MOST_DEPTH)) {
    const message = `The body is nested more than ${MOST_DEPTH} levels deep.`;
    throw new GatewayError('invalid_request', message);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('invalid_json', faultMessage(text), { cause });
  }
  if (isObject(value)) return value;
  throw new GatewayError(
    'invalid_request',
    `The body must be a JSON object, not ${jsonTypeOf(value)}.`,
  );
}

function faultMessage(text: string): string {
  if (text.trim() === '') return 'The body is empty; it must be a JSON object.';
  const fault = findJsonSyntaxError(text);
  if (fault === null) return 'The body is not valid JSON.';
  const { line, column, what } = fault;
  const near = (text.split('\n')[line - 1] ?? '').slice(Math.max(0, column - 1 - QUOTED_CHARS));
  const quote = JSON.stringify(near.slice(0, 2 * QUOTED_CHARS));
  return `The body is not valid JSON: ${what}, at line ${line}, column ${column}, near ${quote}.`;
}

/**
 * Checks a member that may be missing or `null`.
 *
 * @throws {GatewayError} `invalid_request` with the member, saying what was expected and what was sent
 */
export function check(
  request: JsonObject,
  name: string,
  expected: string,
  isRight: (value: unknown) => boolean,
): void {
  const value = request[name];
  if (!isAbsent(value) && !isRight(value)) throw wrongType(name, expected, value);
}

/**
 * Checks that there are messages, and that each is an object with one of the roles.
 *
 * @param checkRest - checks the other members of a message; `path` is its path in the body
 * @throws {GatewayError} `invalid_request` with the invalid member
 */
export function checkMessages(
  request: JsonObject,
  roles: ReadonlySet<string>,
  checkRest: (message: JsonObject, path: string) => void,
): void {
  const { messages } = request;
  if (isAbsent(messages)) throw missing(request, 'messages', 'an array of messages');
  if (!Array.isArray(messages)) throw wrongType('messages', 'an array', messages);
  if (messages.length === 0) throw invalid('messages', 'must contain at least one message');
  messages.forEach((message: unknown, i) => {
    const path = `messages[${i}]`;
    if (!isObject(message)) throw wrongType(path, 'an object', message);
    const { role } = message;
    if (typeof role !== 'string' || !roles.has(role)) {
      const actual = typeof role === 'string' ? JSON.stringify(role) : jsonTypeOf(role);
      throw invalid(`${path}.role`, `must be one of ${[...roles].join(', ')}; it is ${actual}`);
    }
    checkRest(message, path);
  });
}

/** Whether a member is not set; clients also write `null` for that. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Whether a value is an integer. */
export function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

/** The error for a member of the wrong type, which quotes short values. */
export function wrongType(param: string, expected: string, value: unknown): GatewayError {
  const shown = typeof value === 'number' || typeof value === 'string' ? JSON.stringify(value) : '';
  const actual = shown !== '' && shown.length <= QUOTED_CHARS ? shown : jsonTypeOf(value);
  return invalid(param, `must be ${expected}, not ${actual}`);
}

/** The error for an invalid member: its path, followed by `what` as the rest of the sentence. */
export function invalid(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `\`${param}\` ${what}.`, { param });
}

/** The members that hold the prompt, and the endpoints that read them. */
const READ_AT: Readonly<Record<string, string>> = {
  messages: '/v1/chat/completions and /v1/messages',
  prompt: '/v1/completions',
  input: '/v1/responses',
  contents: "Gemini's generateContent",
};
/** Limits on the names that are searched for a typo: a client may send a hundred thousand, or very long ones. */
const MOST_NAMES = 64;
const LONGEST_NAME = 64;

/** The error for a missing member; it names a likely typo, or the endpoint that the body was meant for. */
export function missing(request: JsonObject, name: string, expected: string): GatewayError {
  const names = Object.keys(request).slice(0, MOST_NAMES);
  const others = names.filter((other) => other !== name && other.length <= LONGEST_NAME);
  const elsewhere = others.find((other) => Object.hasOwn(READ_AT, other));
  const near = elsewhere === undefined ? nearest(name, others) : null;
  let hint = near === null ? '' : ` (did you mean \`${near}\`?)`;
  if (elsewhere !== undefined) hint = ` (\`${elsewhere}\` belongs to ${READ_AT[elsewhere]})`;
  return invalid(name, `is missing; it must be ${expected}${hint}`);
}

/** The JSON type of a value, with its article: `an array`. */
export function jsonTypeOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
