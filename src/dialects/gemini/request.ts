import type { Conversation } from '../../core/conversation.js';
import type { ChatRequest } from '../dialect.js';
import { keepExact } from '../exact-json.js';
import { isObject, type JsonObject } from '../json.js';
import { conversationOf } from '../neutral/router-view.js';
import { check, invalid, isAbsent, missing, parseBody, wrongType } from '../request-check.js';
import { camelMembers, toList } from './members.js';
import { readNeutral } from './neutral-request.js';

/** What the URL of a request says: in this dialect the body contains neither. */
export interface UrlParameters {
  /** As the client wrote it, without `models/`. */
  readonly model: string;
  readonly stream: boolean;
}

const ROLES = new Set(['user', 'model', 'function', 'tool', 'system', '']);

/**
 * Reads a request to generate content or to count its tokens, and checks what the gateway relies on.
 *
 * Everything else is left to the provider: new and unknown members pass.
 *
 * @throws {GatewayError} `invalid_json` with the position, or `invalid_request` with the field
 */
export function readRequest(body: Buffer, { model, stream }: UrlParameters): ChatRequest {
  const request = generationIn(parseBody(body));
  checkContents(request);
  checkMembers(request);
  const thinking = camelMembers(camelMembers(request['generationConfig'])['thinkingConfig']);
  let conversation: Conversation | null = null;
  return {
    body,
    model,
    stream,
    // Every answer of this dialect contains its usage.
    includeUsage: true,
    hidesThoughts: thinking['includeThoughts'] !== true,
    metadata: labelsOf(request['labels']),
    conversation: () => (conversation ??= conversationOf(readNeutral(request, stream), ['gemini'])),
    neutral: () => {
      keepExact(request, body);
      return readNeutral(request, stream);
    },
  };
}

/** A request to count tokens may contain the whole request in a member. */
function generationIn(body: JsonObject): JsonObject {
  const request = camelMembers(body);
  const { generateContentRequest } = request;
  return isObject(generateContentRequest) ? camelMembers(generateContentRequest) : request;
}

function checkContents(request: JsonObject): void {
  const { contents } = request;
  if (isAbsent(contents)) throw missing(request, 'contents', 'a list of contents');
  if (!Array.isArray(contents) && !isObject(contents)) {
    throw wrongType('contents', 'a list of contents', contents);
  }
  const all: unknown[] = Array.isArray(contents) ? contents : [contents];
  if (all.length === 0) throw invalid('contents', 'must contain at least one content');
  all.forEach((content, i) => {
    const at = `contents[${i}]`;
    if (!isObject(content)) throw wrongType(at, 'an object with parts', content);
    const { role = 'user', parts } = content;
    if (typeof role !== 'string' || !ROLES.has(role)) {
      throw invalid(`${at}.role`, 'must be "user" or "model"');
    }
    checkParts(parts, `${at}.parts`);
  });
}

function checkParts(parts: unknown, at: string): void {
  // An empty answer is sent back without parts.
  if (isAbsent(parts)) return;
  const isList = Array.isArray(parts) && parts.every(isObject);
  if (!isList && !isObject(parts)) throw wrongType(at, 'a list of objects', parts);
  toList(parts).forEach((part, i) => {
    if ('text' in part && typeof part['text'] !== 'string') {
      throw wrongType(`${at}[${i}].text`, 'a string', part['text']);
    }
  });
}

function checkMembers(request: JsonObject): void {
  for (const name of ['generationConfig', 'toolConfig', 'labels']) {
    check(request, name, 'an object', isObject);
  }
  const areObjects = (value: unknown) =>
    isObject(value) || (Array.isArray(value) && value.every(isObject));
  check(request, 'tools', 'a list of objects', areObjects);
  const isContent = (value: unknown) => typeof value === 'string' || isObject(value);
  check(request, 'systemInstruction', 'an object with parts', isContent);
}

function labelsOf(labels: unknown): Record<string, string> {
  const entries = isObject(labels) ? Object.entries(labels) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
