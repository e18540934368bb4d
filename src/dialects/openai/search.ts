import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, objectsIn } from '../json.js';

/** Members in which providers return what their own tools found: next to the choices, or in a message. */
const FINDINGS = ['annotations', 'search_results', 'citations', 'executed_tools'];
/** Part of the type of providers' search tools: `web_search`, Groq's `browser_search`, OpenRouter's `openrouter:web_search`. */
const SEARCHING = 'search';
/** Citations of documents in the request itself: OpenRouter's of files, Anthropic's of documents. */
const REQUEST_CITATIONS = new Set([
  'file',
  'char_location',
  'page_location',
  'content_block_location',
]);

/** Whether a request enables search at the provider: OpenAI, OpenRouter, xAI, Qwen, and search tools of several. */
export function requestsSearch(request: JsonObject): boolean {
  if (isObject(request['web_search_options']) || request['enable_search'] === true) return true;
  const parameters = request['search_parameters'];
  if (isObject(parameters) && parameters['mode'] !== 'off') return true;
  if (objectsIn(request['plugins']).some(({ id }) => id === 'web')) return true;
  return objectsIn(request['tools']).some(({ type }) => String(type).includes(SEARCHING));
}

/** Whether an answer contains results of the provider's own tools. */
export function hasSearchResults(answer: JsonObject): boolean {
  const messages = objectsIn(answer['choices']).map(({ message }) => objectOrEmpty(message));
  return [answer, ...messages].some(
    (object) => FINDINGS.some((name) => isNonEmpty(object[name])) || citesOtherSources(object),
  );
}

function isNonEmpty(found: unknown): boolean {
  return Array.isArray(found) ? found.length > 0 : isObject(found);
}

function citesOtherSources({ provider_annotations: annotations }: JsonObject): boolean {
  return objectsIn(annotations).some(({ type }) => !REQUEST_CITATIONS.has(String(type)));
}
