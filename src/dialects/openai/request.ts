import type { Conversation } from '../../core/conversation.js';
import type { ChatRequest } from '../dialect.js';
import { keepExact } from '../exact-json.js';
import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty } from '../json.js';
import { textMembers } from '../json-members.js';
import {
  check,
  checkMessages,
  invalid,
  isAbsent,
  isWhole,
  parseBody,
  wrongType,
} from '../request-check.js';
import { readRoutingPreferences } from '../routing-preferences.js';
import { bindingsIn } from '../neutral/bindings.js';
import { readConversation } from './conversation.js';
import { readNeutral } from './neutral-request.js';
import { readTurns } from './neutral-turns.js';

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

/**
 * Reads a chat completion request and checks what the gateway relies on.
 *
 * Everything else is left to the provider: new and unknown members pass.
 *
 * @throws {GatewayError} `invalid_json` with the position, or `invalid_request` with the field
 */
export function readRequest(body: Buffer): ChatRequest {
  const request = parseBody(body);
  const terms = readRoutingPreferences(request);
  const { model = terms?.models[0]?.name } = request;
  if (typeof model !== 'string' || model.trim() === '') {
    throw invalid('model', 'must name a model, or "auto" to let the gateway choose');
  }
  checkMessages(request, ROLES, checkMessage);
  checkMembers(request);
  const stream = request['stream'] === true;
  const options = objectOrEmpty(request['stream_options']);
  let conversation: Conversation | null = null;
  return {
    body,
    memberNames: Object.keys(request),
    model,
    terms,
    stream,
    includeUsage: stream && options['include_usage'] === true,
    // Values that are not strings are not labels, but still reach the provider.
    metadata: textMembers(request['metadata']),
    conversation: () => (conversation ??= conversationIn(request, body)),
    neutral: () => {
      keepExact(request, body);
      return readNeutral(request);
    },
  };
}

/** File ids and signatures are rare, so the body is searched for their names before they are read. */
function conversationIn(request: JsonObject, body: Buffer): Conversation {
  const conversation = readConversation(request);
  if (!body.includes('file_id') && !body.includes('reasoning_details')) return conversation;
  const bound = bindingsIn(readTurns(request['messages']), [], ['openai', 'responses']);
  return bound.length > 0 ? { ...conversation, bound } : conversation;
}

function checkMessage(message: JsonObject, path: string): void {
  const { content } = message;
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
