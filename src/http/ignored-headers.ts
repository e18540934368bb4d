import type { IncomingHttpHeaders } from 'node:http';

/** What the headers begin with by which clients tell other gateways what to do: Portkey, LiteLLM, Bifrost, Cloudflare, Helicone. */
const FOREIGN = ['x-portkey-', 'x-litellm-', 'x-bf-', 'cf-aig-', 'helicone-'] as const;

/** Some of them are keys, or tell of the client's own software: nobody waits for anything to come of them. */
const NO_ORDERS = new Set([
  'x-portkey-api-key',
  'x-portkey-package-version',
  'x-portkey-runtime',
  'x-portkey-runtime-version',
  'x-portkey-lang',
  'x-litellm-api-key',
  'x-bf-vk',
  'cf-aig-authorization',
  'helicone-auth',
]);

/** The second letters of `FOREIGN`. */
const [HYPHEN, F, E] = ['-', 'f', 'e'].map((letter) => letter.charCodeAt(0));

/** A header is no place for a list of hundreds. */
const MOST_SHOWN = 12;

/**
 * The headers of a request that ask another gateway for something, and do nothing here: a client that has moved would
 * otherwise go on believing in its fallbacks or its cache.
 *
 * @returns their names with commas in between; `null` where there are none
 */
export function ignoredHeaders(headers: IncomingHttpHeaders): string | null {
  let found: string[] | null = null;
  for (const name in headers) {
    if (!isForeign(name) || NO_ORDERS.has(name)) continue;
    found ??= [];
    if (found.length < MOST_SHOWN) found.push(name);
  }
  return found === null ? null : found.join(', ');
}

function isForeign(name: string): boolean {
  const second = name.charCodeAt(1);
  // One letter tells most headers apart: this is asked of every header of every request.
  if (second !== HYPHEN && second !== F && second !== E) return false;
  return FOREIGN.some((start) => name.startsWith(start));
}
