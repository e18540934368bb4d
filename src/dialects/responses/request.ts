import type { Conversation } from '../../core/conversation.js';
import { GatewayError } from '../../core/errors.js';
import type { ChatRequest } from '../dialect.js';
import { isObject, type JsonObject } from '../json.js';
import { textMembers } from '../json-members.js';
import { conversationOf } from '../neutral/router-view.js';
import {
  check,
  invalid,
  isAbsent,
  isWhole,
  missing,
  parseBody,
  wrongType,
} from '../request-check.js';
import { readNeutral } from './neutral-request.js';

/**
 * Reads a Responses request and checks what the gateway relies on.
 *
 * Everything else is left to the provider: new and unknown members and items pass.
 *
 * @throws {GatewayError} `invalid_json` with the position, or `invalid_request` with the field
 */
export function readRequest(body: Buffer): ChatRequest {
  const parsed = parseBody(body);
  // Where responses are stored, the earlier items have already been expanded.
  const earlier = parsed['previous_response_id'];
  if (typeof earlier === 'string') throw unknownResponse(earlier);
  return checkedRequest(body, parsed);
}

/**
 * Checks a request whose body has already been parsed.
 *
 * @param body - what a provider of the same dialect gets
 * @param parsed - the same, plus the client's members that the answer echoes
 * @throws {GatewayError} `invalid_request` with the field
 */
export function checkedRequest(body: Buffer, parsed: JsonObject): ChatRequest {
  const { model } = parsed;
  if (typeof model !== 'string' || model.trim() === '') {
    throw invalid('model', 'must name a model, or "auto" to let the gateway choose');
  }
  checkMembers(parsed);
  checkInput(parsed);
  let conversation: Conversation | null = null;
  return {
    body,
    model,
    stream: parsed['stream'] === true,
    // Every answer of this dialect contains its usage.
    includeUsage: true,
    // Values that are not strings are not labels, but still reach the provider.
    metadata: textMembers(parsed['metadata']),
    conversation: () =>
      (conversation ??= conversationOf(readNeutral(parsed), ['responses', 'openai'])),
    neutral: () => readNeutral(parsed),
    parsed,
  };
}

/**
 * The error for a response that is not stored, or belongs to another caller; same as OpenAI's.
 *
 * @param what - what is wrong with it, if it is stored but the one that it continues is not
 */
export function unknownResponse(id: string, what = 'not found'): GatewayError {
  return new GatewayError('invalid_request', `Previous response with id '${id}' ${what}.`, {
    param: 'previous_response_id',
    upstreamCode: 'previous_response_not_found',
  });
}

function checkMembers(request: JsonObject): void {
  for (const name of ['stream', 'store', 'parallel_tool_calls']) {
    check(request, name, 'true or false', (value) => typeof value === 'boolean');
  }
  for (const name of ['temperature', 'top_p']) {
    check(request, name, 'a number', (value) => typeof value === 'number');
  }
  for (const name of ['text', 'reasoning', 'metadata', 'stream_options']) {
    check(request, name, 'an object', isObject);
  }
  check(request, 'max_output_tokens', 'a whole number', isWhole);
  check(request, 'instructions', 'a string', (value) => typeof value === 'string');
  check(request, 'include', 'an array', Array.isArray);
  check(request, 'tools', 'an array', Array.isArray);
  rejectStateful(request);
  const { tools } = request;
  if (!Array.isArray(tools)) return;
  tools.forEach((tool: unknown, i) => {
    if (!isObject(tool)) throw wrongType(`tools[${i}]`, 'an object', tool);
  });
}

/** Rejects members that need conversations stored elsewhere, or background processing. */
function rejectStateful(request: JsonObject): void {
  if (!isAbsent(request['conversation'])) {
    throw invalid(
      'conversation',
      'is not supported: the gateway stores no conversations; send the items, or `previous_response_id`',
    );
  }
  if (request['background'] === true) {
    throw invalid('background', 'must not be true: background responses are not supported');
  }
}

function checkInput(request: JsonObject): void {
  const { input } = request;
  if (isAbsent(input)) throw missing(request, 'input', 'a string or an array of items');
  if (typeof input === 'string') return;
  if (!Array.isArray(input)) throw wrongType('input', 'a string or an array of items', input);
  if (input.length === 0) throw invalid('input', 'must contain at least one item');
  input.forEach((item: unknown, i) => {
    const at = `input[${i}]`;
    if (!isObject(item)) throw wrongType(at, 'an object', item);
    checkItem(item, at);
  });
}

/** Whether an item refers to one of an earlier response; its type may be left out. */
export function isReference({ type, role, id }: JsonObject): boolean {
  return type === 'item_reference' || (isAbsent(type) && isAbsent(role) && typeof id === 'string');
}

function checkItem(item: JsonObject, at: string): void {
  const { type, role, content, id } = item;
  if (isReference(item)) {
    throw invalid(at, `refers to item ${JSON.stringify(id)}, which is not stored`);
  }
  if (!isAbsent(type) && typeof type !== 'string') throw wrongType(`${at}.type`, 'a string', type);
  if (type === 'message' || isAbsent(type)) {
    if (typeof role !== 'string') throw wrongType(`${at}.role`, 'a string', role);
    if (typeof content !== 'string' && !Array.isArray(content)) {
      throw wrongType(`${at}.content`, 'a string or an array of parts', content);
    }
  }
}
