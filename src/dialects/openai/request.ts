import { isUtf8 } from 'node:buffer';

import type { Conversation } from '../../core/conversation.js';
import { GatewayError } from '../../core/errors.js';
import type { ChatRequest } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty } from '../json.js';
import { findJsonFault } from '../json-fault.js';
import { readConversation } from './conversation.js';

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

/** How much of a broken body an error message quotes. */
const QUOTED_CHARS = 30;

/**
 * Reads a chat completion request and checks what the gateway itself relies on.
 *
 * Everything else is left for the provider to judge: new and unknown members pass.
 *
 * @throws {GatewayError} `invalid_json` with the place, or `invalid_request` with the field
 */
export function readRequest(body: Buffer): ChatRequest {
  const request = parseBody(body);
  const { model } = request;
  if (typeof model !== 'string' || model.trim() === '') {
    throw invalid('model', 'must name a model, or "auto" to let the gateway choose');
  }
  checkMessages(request['messages']);
  checkMembers(request);
  const stream = request['stream'] === true;
  const options = objectOrEmpty(request['stream_options']);
  let conversation: Conversation | null = null;
  return {
    body,
    model,
    stream,
    includeUsage: stream && options['include_usage'] === true,
    metadata: labels(request['metadata']),
    conversation: () => (conversation ??= readConversation(request)),
  };
}

function parseBody(body: Buffer): JsonObject {
  if (!isUtf8(body)) throw new GatewayError('invalid_json', 'The body is not valid UTF-8 text.');
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('invalid_json', faultMessage(text), { cause });
  }
  if (isObject(value)) return value;
  throw new GatewayError(
    'invalid_request',
    `The body must be a JSON object, not ${kindOf(value)}.`,
  );
}

function faultMessage(text: string): string {
  if (text.trim() === '') return 'The body is empty; it must be a JSON object.';
  const fault = findJsonFault(text);
  if (fault === null) return 'The body is not valid JSON.';
  const { line, column, what } = fault;
  const near = (text.split('\n')[line - 1] ?? '').slice(Math.max(0, column - 1 - QUOTED_CHARS));
  const quote = JSON.stringify(near.slice(0, 2 * QUOTED_CHARS));
  return `The body is not valid JSON: ${what}, at line ${line}, column ${column}, near ${quote}.`;
}

function checkMessages(messages: unknown): void {
  if (messages === undefined || messages === null) {
    throw invalid('messages', 'is missing; it must be an array of messages');
  }
  if (!Array.isArray(messages)) throw wrongType('messages', 'an array', messages);
  if (messages.length === 0) throw invalid('messages', 'must hold at least one message');
  messages.forEach((message: unknown, i) => {
    checkMessage(message, `messages[${i}]`);
  });
}

function checkMessage(message: unknown, path: string): void {
  if (!isObject(message)) throw wrongType(path, 'an object', message);
  const { role, content } = message;
  if (typeof role !== 'string' || !ROLES.has(role)) {
    const roles = [...ROLES].join(', ');
    const given = typeof role === 'string' ? JSON.stringify(role) : kindOf(role);
    throw invalid(`${path}.role`, `must be one of ${roles}; it is ${given}`);
  }
  if (Array.isArray(content)) {
    content.forEach((part: unknown, i) => {
      if (!isObject(part) && typeof part !== 'string') {
        throw wrongType(`${path}.content[${i}]`, 'an object with a type', part);
      }
    });
  } else if (!isAbsent(content) && typeof content !== 'string') {
    throw wrongType(`${path}.content`, 'a string, an array of parts or null', content);
  }
  const calls = message['tool_calls'];
  if (isAbsent(calls)) return;
  if (!Array.isArray(calls)) throw wrongType(`${path}.tool_calls`, 'an array', calls);
  calls.forEach((call: unknown, i) => {
    if (!isObject(call)) throw wrongType(`${path}.tool_calls[${i}]`, 'an object', call);
  });
}

function checkMembers(request: JsonObject): void {
  check(request, 'stream', 'true or false', (value) => typeof value === 'boolean');
  check(request, 'stream_options', 'an object', isObject);
  for (const name of ['tools', 'functions']) checkObjects(request, name);
  check(request, 'n', 'a whole number of at least 1', (n) => isWhole(n) && n >= 1);
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    check(request, name, 'a whole number', isWhole);
  }
  for (const name of ['temperature', 'top_p']) {
    check(request, name, 'a number', (value) => typeof value === 'number');
  }
  check(request, 'response_format', 'an object', isObject);
}

function checkObjects(request: JsonObject, name: string): void {
  check(request, name, 'an array', Array.isArray);
  const list = request[name];
  if (!Array.isArray(list)) return;
  list.forEach((item: unknown, i) => {
    if (!isObject(item)) throw wrongType(`${name}[${i}]`, 'an object', item);
  });
}

function check(
  request: JsonObject,
  name: string,
  wanted: string,
  isRight: (value: unknown) => boolean,
): void {
  const value = request[name];
  if (!isAbsent(value) && !isRight(value)) throw wrongType(name, wanted, value);
}

/** Clients write `null` for what they do not set. */
function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

/** The client's labels; what is no string is no label, but still reaches the provider. */
function labels(metadata: unknown): Record<string, string> {
  const entries = Object.entries(objectOrEmpty(metadata));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function wrongType(param: string, wanted: string, value: unknown): GatewayError {
  const shown = typeof value === 'number' || typeof value === 'string' ? JSON.stringify(value) : '';
  const given = shown !== '' && shown.length <= QUOTED_CHARS ? shown : kindOf(value);
  return invalid(param, `must be ${wanted}, not ${given}`);
}

function invalid(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `\`${param}\` ${what}.`, { param });
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
