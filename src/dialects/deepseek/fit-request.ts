import { exactJson, keepExact } from '../exact-json.js';
import { isObject, textOrNull, type JsonObject } from '../json.js';

/** Placeholder for missing reasoning: DeepSeek rejects a missing member and an empty string. */
const NO_REASONING = ' ';

/**
 * Adapts a chat completion request for DeepSeek and Moonshot; returns the same buffer if nothing has to change.
 *
 * Their models reason by default and require their reasoning back in conversations with tool calls: "The
 * `reasoning_content` in the thinking mode must be passed back to the API". Many clients cannot send it, and another
 * model's earlier calls have none. `developer` prompts become `system` prompts.
 *
 * @param body - a JSON object
 */
export function fitForDeepSeek(body: Buffer): Buffer {
  const hasCalls = body.includes('"tool_calls"');
  if (!hasCalls && !body.includes('"developer"')) return body;
  const request: unknown = JSON.parse(body.toString('utf8'));
  const rawMessages: unknown = isObject(request) ? request['messages'] : null;
  if (!isObject(request) || !Array.isArray(rawMessages)) return body;
  const messages: unknown[] = rawMessages;
  const needsReasoning = messages.some((message) => isObject(message) && callsTools(message));
  const fitted = messages.map((message) =>
    isObject(message) ? fitMessage(message, needsReasoning) : message,
  );
  if (fitted.every((message, i) => message === messages[i])) return body;
  keepExact(request, body);
  return Buffer.from(exactJson({ ...request, messages: fitted }));
}

function callsTools({ role, tool_calls: calls }: JsonObject): boolean {
  return role === 'assistant' && Array.isArray(calls) && calls.length > 0;
}

function fitMessage(message: JsonObject, needsReasoning: boolean): JsonObject {
  if (message['role'] === 'developer') return { ...message, role: 'system' };
  const lacksReasoning = textOrNull(message['reasoning_content']) === null;
  if (message['role'] !== 'assistant' || !needsReasoning || !lacksReasoning) return message;
  return { ...message, reasoning_content: textOrNull(message['reasoning']) ?? NO_REASONING };
}
