import type { Conversation } from '../../core/conversation.js';
import type { RequestHeaders } from '../../core/request-headers.js';
import type { ChatRequest } from '../dialect.js';
import { keepExact } from '../exact-json.js';
import { isObject, objectOrEmpty, textOrNull, type JsonObject } from '../json.js';
import { conversationOf } from '../neutral/router-view.js';
import { check, checkMessages, invalid, isWhole, parseBody, wrongType } from '../request-check.js';
import { readNeutral } from './neutral-request.js';

const ROLES = new Set(['user', 'assistant', 'system']);

/** Headers that determine how the body is interpreted, so they are forwarded with it. */
const FORWARDED = ['anthropic-version', 'anthropic-beta'];

/**
 * Reads a Messages request and checks what the gateway relies on.
 *
 * Everything else is left to the provider: new and unknown members pass.
 *
 * @throws {GatewayError} `invalid_json` with the position, or `invalid_request` with the field
 */
export function readRequest(body: Buffer, headers: RequestHeaders = {}): ChatRequest {
  const request = parseBody(body);
  const { model } = request;
  if (typeof model !== 'string' || model.trim() === '') {
    throw invalid('model', 'must name a model, or "auto" to let the gateway choose');
  }
  checkMessages(request, ROLES, checkMessage);
  checkMembers(request);
  const userId = textOrNull(objectOrEmpty(request['metadata'])['user_id']);
  let conversation: Conversation | null = null;
  return {
    body,
    model,
    stream: request['stream'] === true,
    // Every answer of this dialect contains its usage.
    includeUsage: true,
    metadata: userId === null ? {} : { user_id: userId },
    conversation: () => (conversation ??= conversationOf(readNeutral(request), ['anthropic'])),
    neutral: () => {
      keepExact(request, body);
      return readNeutral(request);
    },
    forwarded: forwarded(headers),
  };
}

function forwarded(headers: RequestHeaders): string[] {
  return FORWARDED.flatMap((name) => {
    const value = headers[name];
    if (value === undefined) return [];
    return [name, Array.isArray(value) ? value.join(',') : value];
  });
}

function checkMessage(message: JsonObject, at: string): void {
  const { content } = message;
  const path = `${at}.content`;
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) throw wrongType(path, 'a string or an array of blocks', content);
  content.forEach((block: unknown, i) => {
    const place = `${path}[${i}]`;
    if (!isObject(block)) throw wrongType(place, 'an object with a type', block);
    if (typeof block['type'] !== 'string')
      throw wrongType(`${place}.type`, 'a string', block['type']);
  });
}

function checkMembers(request: JsonObject): void {
  check(request, 'stream', 'true or false', (value) => typeof value === 'boolean');
  check(request, 'max_tokens', 'a whole number', isWhole);
  for (const name of ['temperature', 'top_p', 'top_k']) {
    check(request, name, 'a number', (value) => typeof value === 'number');
  }
  for (const name of ['thinking', 'tool_choice', 'metadata', 'output_config']) {
    check(request, name, 'an object', isObject);
  }
  check(
    request,
    'tools',
    'an array of objects',
    (tools) => Array.isArray(tools) && tools.every(isObject),
  );
  check(request, 'system', 'a string or an array of blocks', isSystem);
}

function isSystem(system: unknown): boolean {
  return typeof system === 'string' || (Array.isArray(system) && system.every(isObject));
}
