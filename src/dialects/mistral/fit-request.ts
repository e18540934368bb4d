import { createHash } from 'node:crypto';
import { exactJson, keepExact } from '../exact-json.js';
import { isObject, lookup, type JsonObject } from '../json.js';

/** The members that Mistral accepts in a message, by role; it rejects all others, even `"refusal": null`. */
const MEMBERS = lookup<readonly string[]>({
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'prefix'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
});
/** Members that clients only echo from answers, and reasoning, which Mistral expects in `content`. */
const ECHOED = new Set([
  'refusal',
  'annotations',
  'audio',
  'function_call',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'provider_annotations',
]);
const VALID_ID = /^[a-zA-Z0-9]{9}$/u;
const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_CHARS = 9;

/**
 * Adapts a chat completion request for Mistral; returns the same buffer if nothing has to change.
 *
 * Call ids become nine letters or digits, the same in call and result; `developer` prompts become `system` prompts;
 * messages are put into an order that Mistral accepts; a trailing assistant message is marked as a prefix; members that
 * clients only echo from earlier answers are removed.
 *
 * @param body - a JSON object
 */
export function fitForMistral(body: Buffer): Buffer {
  const request: unknown = JSON.parse(body.toString('utf8'));
  const rawMessages: unknown = isObject(request) ? request['messages'] : null;
  if (!isObject(request) || !Array.isArray(rawMessages)) return body;
  const messages: unknown[] = rawMessages;
  const fitted = messages.map((message, i) =>
    isObject(message) ? fitMessage(message, i === messages.length - 1) : message,
  );
  const ordered = inOrder(fitted);
  const isSame =
    ordered.length === messages.length && ordered.every((message, i) => message === messages[i]);
  if (isSame) return body;
  keepExact(request, body);
  return Buffer.from(exactJson({ ...request, messages: ordered }));
}

/** Inserted after tool results if the model's answer to them is missing. */
const ANSWER = { role: 'assistant', content: 'OK.' };

/**
 * Puts messages into an order that Mistral accepts ("Unexpected role 'user' after role 'tool'").
 *
 * It requires an assistant message after tool results, where other APIs accept a user message, for example with the
 * results' images. It rejects a system prompt after an assistant message.
 *
 * Source: Mistral's own validator (`_validate_message_order` in mistral-common).
 */
function inOrder(messages: readonly unknown[]): readonly unknown[] {
  const out: unknown[] = [];
  for (const message of messages) {
    const role = roleOf(message);
    const isPrompt = role === 'user' || role === 'system';
    if (isPrompt && roleOf(out.at(-1)) === 'tool') out.push(ANSWER);
    const isLate = role === 'system' && roleOf(out.at(-1)) === 'assistant';
    out.push(isLate && isObject(message) ? { ...message, role: 'user' } : message);
  }
  return out;
}

function roleOf(message: unknown): unknown {
  return isObject(message) ? message['role'] : null;
}

function fitMessage(message: JsonObject, isLast: boolean): JsonObject {
  const role = message['role'] === 'developer' ? 'system' : message['role'];
  const known = typeof role === 'string' ? MEMBERS[role] : undefined;
  if (known === undefined) return message;
  const { tool_call_id: callId, tool_calls: calls } = message;
  const supported = Object.entries(message).filter(
    ([name, value]) => known.includes(name) || !(ECHOED.has(name) || value === null),
  );
  const fitted: JsonObject = {
    ...Object.fromEntries(supported),
    role,
    ...(isLast && role === 'assistant' && { prefix: true }),
    ...(typeof callId === 'string' && { tool_call_id: mistralId(callId) }),
    ...(Array.isArray(calls) && { tool_calls: calls.map(fitCall) }),
  };
  return JSON.stringify(fitted) === JSON.stringify(message) ? message : fitted;
}

function fitCall(call: unknown): unknown {
  if (!isObject(call) || typeof call['id'] !== 'string') return call;
  return { ...call, id: mistralId(call['id']) };
}

/** The id if Mistral accepts it, otherwise nine letters or digits derived from it. */
export function mistralId(id: string): string {
  if (VALID_ID.test(id)) return id;
  const digest = createHash('sha256').update(id).digest();
  return [...digest.subarray(0, ID_CHARS)]
    .map((byte) => ID_ALPHABET[byte % ID_ALPHABET.length])
    .join('');
}
