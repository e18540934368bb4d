import { createHash } from 'node:crypto';
import { exactJson, keepExact } from '../exact-json.js';
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
 * system; messages follow each other as Mistral wants it; an answer that the client has begun is marked as such; and what
 * clients only send back from an earlier answer is left out.
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
  const ordered = inOrder(fitted);
  const isSame =
    ordered.length === messages.length && ordered.every((message, i) => message === messages[i]);
  if (isSame) return body;
  keepExact(request, body);
  return Buffer.from(exactJson({ ...request, messages: ordered }));
}

/** Said by the model where its answer to what tools gave is missing. */
const ANSWER = { role: 'assistant', content: 'OK.' };

/**
 * The messages in an order that Mistral takes ("Unexpected role 'user' after role 'tool'").
 *
 * After results of tools it wants an answer; others say more with the results, or show what these show. After an
 * answer it takes no prompt of the system.
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
