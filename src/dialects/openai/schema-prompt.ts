import { exactJson, keepExact } from '../exact-json.js';
import { isObject, objectOrEmpty } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import { schemaInstruction } from '../neutral/schema-prompt.js';

/**
 * A client's bytes for a provider without schema support: asks for any JSON, and states the schema in the prompt.
 *
 * The same buffer if no schema is requested.
 *
 * @param body - a JSON object
 * @throws {GatewayError} `invalid_request` if nothing may be dropped: the answer may not match the schema
 */
export function withSchemaInPrompt(body: Buffer, losses: Losses): Buffer {
  const request: unknown = JSON.parse(body.toString('utf8'));
  if (!isObject(request) || !Array.isArray(request['messages'])) return body;
  const { response_format: format } = request;
  if (!isObject(format) || format['type'] !== 'json_schema') return body;
  losses.note('response_format', 'response_format');
  keepExact(request, body);
  const { schema } = objectOrEmpty(format['json_schema']);
  const content = schemaInstruction(objectOrEmpty(schema));
  const messages = request['messages'] as readonly unknown[];
  const first = messages.findIndex((message) => !isPrompt(message));
  const place = first < 0 ? messages.length : first;
  return Buffer.from(
    exactJson({
      ...request,
      messages: messages.toSpliced(place, 0, { role: 'system', content }),
      response_format: { type: 'json_object' },
    }),
  );
}

function isPrompt(message: unknown): boolean {
  const role = isObject(message) ? message['role'] : null;
  return role === 'system' || role === 'developer';
}
