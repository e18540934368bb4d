import { createHash } from 'node:crypto';
import { isObject, lookup, type JsonObject } from '../json.js';

/** What Mistral knows of a message, by role; it refuses anything else, `"refusal": null` included. */
const MEMBERS = lookup<readonly string[]>({
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'prefix'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
});
/** What clients send back of an answer without meaning anything by it, and thoughts, which Mistral wants in `content`. */
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
const OWN_ID = /^[a-zA-Z0-9]{9}$/u;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_CHARS = 9;

/**
 * A chat completion request as Mistral takes it; the very bytes where nothing has to change.
 *
 * Ids of calls get nine letters or digits, the same in call and result; a prompt of the `developer` is one of the
 * system; an answer that the client has begun is marked as such; and what clients only send back from an
 * earlier answer is left out.
 *
 * @param body - a JSON object
 */
export function fitForMistral(body: Buffer): Buffer {
  const request: unknown = JSON.parse(body.toString('utf8'));
  const given: unknown = isObject(request) ? request['messages'] : null;
  if (!isObject(request) || !Array.isArray(given)) return body;
  const messages: unknown[] = given;
  const fitted = messages.map((message, i) =>
    isObject(message) ? fitMessage(message, i === messages.length - 1) : message,
  );
  const isSame = fitted.every((message, i) => message === messages[i]);
  return isSame ? body : Buffer.from(JSON.stringify({ ...request, messages: fitted }));
}

function fitMessage(message: JsonObject, isLast: boolean): JsonObject {
  const role = message['role'] === 'developer' ? 'system' : message['role'];
  const known = typeof role === 'string' ? MEMBERS[role] : undefined;
  if (known === undefined) return message;
  const { tool_call_id: callId, tool_calls: calls } = message;
  const said = Object.entries(message).filter(
    ([name, value]) => known.includes(name) || !(ECHOED.has(name) || value === null),
  );
  const fitted: JsonObject = {
    ...Object.fromEntries(said),
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

/** The id where Mistral takes it; otherwise nine letters or digits that are the same for the same id. */
export function mistralId(id: string): string {
  if (OWN_ID.test(id)) return id;
  const digest = createHash('sha256').update(id).digest();
  return [...digest.subarray(0, ID_CHARS)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}
