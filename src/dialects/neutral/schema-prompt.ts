import { exactJson } from '../exact-json.js';
import type { JsonObject } from '../json.js';
import type { Losses } from './losses.js';
import type { ContentPart, Turn } from './part.js';
import type { NeutralRequest } from './request.js';

/** Asks for JSON of any shape; contains the word "JSON", which vendors require in the prompt for `json_object`. */
const ANY_JSON = 'Answer with a JSON object and nothing else.';

/** A prompt that asks for an answer matching a schema. */
export function schemaInstruction(schema: JsonObject): string {
  return `Answer with JSON that matches this JSON schema, and with nothing else:\n${exactJson(schema)}`;
}

/**
 * The request for a provider without schema support: asks for any JSON, and states the schema in the prompt.
 *
 * @throws {GatewayError} `invalid_request` with the client's name of the format, if nothing may be dropped: the
 *   answer may not match the schema
 */
export function withSchemaPrompt(request: NeutralRequest, losses: Losses): NeutralRequest {
  const { format, names } = request;
  if (format.kind !== 'json_schema') return request;
  losses.note(names.format, 'response_format');
  const turns = insertPrompt(request.turns, schemaInstruction(format.schema), names.format);
  return { ...request, format: { kind: 'json_object' }, turns };
}

/**
 * Adds a prompt that asks for JSON if the format is `json_object` and no text mentions JSON. OpenAI and others reject
 * such a request ("'messages' must contain the word 'json'"), some models produce JSON only if the prompt asks for it, and
 * Google's clients need not mention it.
 */
export function withJsonPrompt(request: NeutralRequest): NeutralRequest {
  if (request.format.kind !== 'json_object') return request;
  if (request.turns.some(({ parts }) => parts.some(mentionsJson))) return request;
  return { ...request, turns: insertPrompt(request.turns, ANY_JSON, request.names.format) };
}

function mentionsJson(part: ContentPart): boolean {
  return part.kind === 'text' && /json/iu.test(part.text);
}

/** Inserts it after the leading system prompts, so that a provider's prompt cache still matches them. */
function insertPrompt(turns: readonly Turn[], text: string, at: string): readonly Turn[] {
  const first = turns.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  const place = first < 0 ? turns.length : first;
  const prompt: Turn = { role: 'system', parts: [{ kind: 'text', text, at }], at };
  return turns.toSpliced(place, 0, prompt);
}
