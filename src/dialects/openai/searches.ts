import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, objectsIn } from '../json.js';

/** Members by which providers show what their own tools found: beside the choices, or in a message. */
const FINDINGS = ['annotations', 'search_results', 'citations', 'executed_tools'];
/** Tools of providers' own that look something up: `web_search`, Groq's `browser_search`, OpenRouter's `openrouter:web_search`. */
const SEARCHING = 'search';
/** Citations of what the request itself brought along: OpenRouter's of files, Anthropic's of documents. */
const BROUGHT_ALONG = new Set(['file', 'char_location', 'page_location', 'content_block_location']);

/** Whether a request has the provider look something up: OpenAI, OpenRouter, xAI, Qwen, and tools of several. */
export function asksForSearch(request: JsonObject): boolean {
  if (isObject(request['web_search_options']) || request['enable_search'] === true) return true;
  const parameters = request['search_parameters'];
  if (isObject(parameters) && parameters['mode'] !== 'off') return true;
  if (objectsIn(request['plugins']).some(({ id }) => id === 'web')) return true;
  return objectsIn(request['tools']).some(({ type }) => String(type).includes(SEARCHING));
}

/** Whether an answer shows that a tool of the provider's own has found something. */
export function tellsOfSearch(answer: JsonObject): boolean {
  const messages = objectsIn(answer['choices']).map(({ message }) => objectOrEmpty(message));
  return [answer, ...messages].some(
    (one) => FINDINGS.some((name) => hasSome(one[name])) || citesUnknown(one),
  );
}

function hasSome(found: unknown): boolean {
  return Array.isArray(found) ? found.length > 0 : isObject(found);
}

function citesUnknown({ provider_annotations: cited }: JsonObject): boolean {
  return objectsIn(cited).some(({ type }) => !BROUGHT_ALONG.has(String(type)));
}
