import type { IncomingHttpHeaders } from 'node:http';

/** Prefixes of the headers that control other gateways: Portkey, LiteLLM, Bifrost, Cloudflare, Helicone. */
const FOREIGN_PREFIXES = ['x-portkey-', 'x-litellm-', 'x-bf-', 'cf-aig-', 'helicone-'] as const;

/** Headers with such prefixes that carry keys or client versions and request nothing. */
const NOT_REPORTED = new Set([
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

/** The second letters of `FOREIGN_PREFIXES`. */
const [HYPHEN, F, E] = ['-', 'f', 'e'].map((letter) => letter.charCodeAt(0));

/** A header must not list hundreds of names. */
const MAX_SHOWN = 12;

/**
 * Lists the headers of a request that are meant for another gateway and have no effect here: a client that was migrated
 * might otherwise rely on its fallbacks or its cache.
 *
 * @returns their names, separated by commas; `null` if there are none
 */
export function ignoredHeaders(headers: IncomingHttpHeaders): string | null {
  let found: string[] | null = null;
  for (const name in headers) {
    if (!isForeign(name) || NOT_REPORTED.has(name)) continue;
    found ??= [];
    if (found.length < MAX_SHOWN) found.push(name);
  }
  return found === null ? null : found.join(', ');
}

function isForeign(name: string): boolean {
  const second = name.charCodeAt(1);
  // One letter rules most headers out: this runs for every header of every request.
  if (second !== HYPHEN && second !== F && second !== E) return false;
  return FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix));
}
