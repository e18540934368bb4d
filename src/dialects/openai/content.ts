import type { JsonObject } from '../json.js';
import { isObject, objectsIn, textOrNull } from '../json.js';

/**
 * Flattens the content of a message or delta to plain text, in place.
 *
 * Mistral sends arrays of text and thinking parts: they become `content` and `reasoning_content`.
 *
 * @returns whether anything changed
 */
export function flattenContent(message: JsonObject): boolean {
  const hadInvalid = dropInvalidText(message);
  const content = message['content'];
  if (!Array.isArray(content)) return hadInvalid;
  let text = '';
  let reasoning = '';
  for (const part of content as readonly unknown[]) {
    if (typeof part === 'string') text += part;
    else if (!isObject(part)) continue;
    else if (part['type'] === 'thinking') reasoning += thinkingText(part['thinking']);
    else text += textOrNull(part['text']) ?? '';
  }
  message['content'] = text;
  if (reasoning !== '') message['reasoning_content'] = reasoning;
  return true;
}

/** Removes a `content` or `refusal` of any other type than text, parts or `null`: a typed client could not read it. */
function dropInvalidText(message: JsonObject): boolean {
  const { content, refusal } = message;
  const isContent = content == null || typeof content === 'string' || Array.isArray(content);
  const isRefusal = refusal == null || typeof refusal === 'string';
  if (!isContent) delete message['content'];
  if (!isRefusal) delete message['refusal'];
  return !isContent || !isRefusal;
}

/**
 * Removes empty placeholder values that some servers send, in place.
 *
 * @returns whether anything changed
 */
export function dropEmptyMembers(message: JsonObject): boolean {
  let changed = false;
  const calls = message['tool_calls'];
  if (calls !== undefined && (!Array.isArray(calls) || calls.length === 0)) {
    delete message['tool_calls'];
    changed = true;
  }
  if (message['function_call'] !== undefined && !hasFunctionCall(message)) {
    delete message['function_call'];
    changed = true;
  }
  const audio = message['audio'];
  if (audio !== undefined && objectsIn([audio]).every((a) => !a['id'] && !a['data'])) {
    delete message['audio'];
    changed = true;
  }
  return changed;
}

/**
 * Leaves only OpenAI's own types in `annotations`, in place: typed clients read `url_citation` of each
 * unconditionally. Others, such as OpenRouter's for files, move to `provider_annotations`.
 *
 * @returns whether anything changed
 */
export function separateAnnotations(message: JsonObject): boolean {
  const { annotations } = message;
  if (annotations === undefined) return false;
  const items = objectsIn(annotations);
  const known = items.filter((item) => isObject(item['url_citation']));
  if (Array.isArray(annotations) && known.length === annotations.length) return false;
  const others = items.filter((item) => !known.includes(item));
  delete message['annotations'];
  if (known.length > 0) message['annotations'] = known;
  if (others.length > 0) message['provider_annotations'] = others;
  return true;
}

/** Whether there is a non-empty `function_call`: Snowflake always sends one with two empty strings. */
export function hasFunctionCall(message: JsonObject): boolean {
  return objectsIn([message['function_call']]).some(
    (call) => textOrNull(call['name']) !== null || textOrNull(call['arguments']) !== null,
  );
}

/** The reasoning text, whatever member the provider uses; empty if there is none. */
export function reasoningText(message: JsonObject): string {
  return (
    textOrNull(message['reasoning_content']) ??
    textOrNull(message['reasoning']) ??
    objectsIn(message['reasoning_details'])
      .map((part) => textOrNull(part['text']) ?? '')
      .join('')
  );
}

/** UTF-16 code units of everything in a message or delta that the model wrote. */
export function writtenChars(message: JsonObject): number {
  let chars = lengthOf(message['content']) + lengthOf(message['refusal']);
  if ('reasoning_content' in message || 'reasoning' in message || 'reasoning_details' in message) {
    chars += reasoningText(message).length;
  }
  if (message['tool_calls'] !== undefined) {
    for (const call of objectsIn(message['tool_calls'])) chars += callChars(call['function']);
  }
  if (message['function_call'] !== undefined) chars += callChars(message['function_call']);
  return chars;
}

function thinkingText(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking;
  return objectsIn(thinking)
    .map((part) => textOrNull(part['text']) ?? '')
    .join('');
}

function callChars(call: unknown): number {
  return objectsIn([call]).reduce(
    (sum, { name, arguments: args }) => sum + lengthOf(name) + lengthOf(args),
    0,
  );
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}
