import { exactJson, keepExact } from '../exact-json.js';
import { isObject, textOrNull, type JsonObject } from '../json.js';

/** Stands for a thought that nobody has: nothing at all is refused, and so is an empty text. */
const NO_THOUGHT = ' ';

/**
 * A chat completion request as DeepSeek and Moonshot take it; the very bytes where nothing has to change.
 *
 * Their models think unasked, and want their thoughts back where they called tools: "The `reasoning_content` in the thinking
 * mode must be passed back to the API". Many clients have no place for them, and what another model called earlier in
 * the conversation has none. A prompt of the `developer` is one of the system.
 *
 * @param body - a JSON object
 */
export function fitForDeepSeek(body: Buffer): Buffer {
  const hasCalls = body.includes('"tool_calls"');
  if (!hasCalls && !body.includes('"developer"')) return body;
  const request: unknown = JSON.parse(body.toString('utf8'));
  const given: unknown = isObject(request) ? request['messages'] : null;
  if (!isObject(request) || !Array.isArray(given)) return body;
  const messages: unknown[] = given;
  const wantsThoughts = messages.some((message) => isObject(message) && callsTools(message));
  const fitted = messages.map((message) =>
    isObject(message) ? fitMessage(message, wantsThoughts) : message,
  );
  if (fitted.every((message, i) => message === messages[i])) return body;
  keepExact(request, body);
  return Buffer.from(exactJson({ ...request, messages: fitted }));
}

function callsTools({ role, tool_calls: calls }: JsonObject): boolean {
  return role === 'assistant' && Array.isArray(calls) && calls.length > 0;
}

function fitMessage(message: JsonObject, wantsThoughts: boolean): JsonObject {
  if (message['role'] === 'developer') return { ...message, role: 'system' };
  const isThoughtless = textOrNull(message['reasoning_content']) === null;
  if (message['role'] !== 'assistant' || !wantsThoughts || !isThoughtless) return message;
  return { ...message, reasoning_content: textOrNull(message['reasoning']) ?? NO_THOUGHT };
}
