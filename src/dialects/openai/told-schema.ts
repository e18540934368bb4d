import { exactJson, keepExact } from '../exact-json.js';
import { isObject, objectOrEmpty } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import { schemaInstruction } from '../neutral/told-schema.js';

/**
 * A client's own bytes for a provider that keeps no schema: any JSON is asked for, and the prompt tells the schema.
 *
 * The very bytes where no schema is asked for.
 *
 * @param body - a JSON object
 * @throws {GatewayError} `invalid_request` where nothing may be left out: an answer may still be of another form
 */
export function tellSchema(body: Buffer, losses: Losses): Buffer {
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
