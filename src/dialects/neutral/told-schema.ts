import { exactJson } from '../exact-json.js';
import type { JsonObject } from '../json.js';
import type { Losses } from './losses.js';
import type { ContentPart, Turn } from './part.js';
import type { NeutralRequest } from './request.js';

/** Asks for JSON of any shape, with the word that vendors want to find in the prompt beside `json_object`. */
const ANY_JSON = 'Answer with a JSON object and nothing else.';

/** Asks for an answer of a schema, where a model is asked for it by nothing but its prompt. */
export function schemaInstruction(schema: JsonObject): string {
  return `Answer with JSON that matches this JSON schema, and with nothing else:\n${exactJson(schema)}`;
}

/**
 * The request for a provider that keeps no schema: any JSON is asked for, and the prompt tells the schema.
 *
 * @throws {GatewayError} `invalid_request` with the client's own name of the format, where nothing may be left out: an
 *   answer may still be of another form
 */
export function withToldSchema(request: NeutralRequest, losses: Losses): NeutralRequest {
  const { format, names } = request;
  if (format.kind !== 'json_schema') return request;
  losses.note(names.format, 'response_format');
  const turns = withPrompt(request.turns, schemaInstruction(format.schema), names.format);
  return { ...request, format: { kind: 'json_object' }, turns };
}

/**
 * The request with a prompt that asks for JSON, where JSON is asked for and no text says so: OpenAI and others refuse
 * `json_object` without ("'messages' must contain the word 'json'"), others are brought to JSON by nothing else, and Google's clients
 * need not write it.
 */
export function withJsonWord(request: NeutralRequest): NeutralRequest {
  if (request.format.kind !== 'json_object') return request;
  if (request.turns.some(({ parts }) => parts.some(saysJson))) return request;
  return { ...request, turns: withPrompt(request.turns, ANY_JSON, request.names.format) };
}

function saysJson(part: ContentPart): boolean {
  return part.kind === 'text' && /json/iu.test(part.text);
}

/** Behind the prompts that the conversation begins with: those stay what a provider's prompt cache has. */
function withPrompt(turns: readonly Turn[], text: string, at: string): readonly Turn[] {
  const first = turns.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  const place = first < 0 ? turns.length : first;
  const prompt: Turn = { role: 'system', parts: [{ kind: 'text', text, at }], at };
  return turns.toSpliced(place, 0, prompt);
}
