import { GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';

/** Which web pages may call the gateway. */
export interface OriginPolicy {
  /** Origins as browsers send them, or `*` for all; `null` if not configured. */
  readonly allowed: readonly string[] | null;
  /** The gateway listens on a loopback address: only programs on this machine reach it. */
  readonly isLocal: boolean;
}

/** Origins of this machine, on any port. */
const LOOPBACK = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** Origins of web pages; programs with pages of their own (`app://`, `chrome-extension://`) were installed on purpose. */
const WEB = /^(?:https?:\/\/|null$)/;

/** Host names that cannot be registered: addresses, single words, and local domains. */
const UNREGISTRABLE =
  /^(?:\[[\da-f:.]+\]|[\d.]+|[^.]+|.+\.(?:localhost|local|internal|lan|arpa|test))$/i;

const HOST = /^(\[[^\]]*\]|[^:]*?)\.?(?::\d*)?$/;

/**
 * Whether web pages of an origin may call the gateway.
 *
 * @param allowed - `null` allows all pages if a key is required, which the page then must have, and otherwise only pages of this machine
 */
export function isOriginAllowed(
  origin: string,
  allowed: readonly string[] | null,
  wantsKey: boolean,
): boolean {
  if (allowed === null) return wantsKey || LOOPBACK.test(origin);
  return allowed.includes('*') || allowed.includes(origin);
}

/**
 * Refuses requests of web pages that are not allowed, if no key is required.
 *
 * CORS alone is not enough: a browser sends a body as `text/plain`, or a form, without a preflight, and only withholds the
 * answer from the page. And with DNS rebinding a page's own host name leads to this machine once it is open, so that it can
 * read the answers as well; such requests have that name as their `host`.
 *
 * @throws {GatewayError} `page_refused`
 */
export function refuseDisallowedPages(
  { origin, host }: RequestHeaders,
  settings: OriginPolicy,
): void {
  if (
    typeof origin === 'string' &&
    WEB.test(origin) &&
    !isOriginAllowed(origin, settings.allowed, false)
  ) {
    throw refused(`Web pages from ${origin} may not call this gateway`);
  }
  if (!settings.isLocal || typeof host !== 'string') return;
  const [, name = ''] = HOST.exec(host) ?? [];
  if (UNREGISTRABLE.test(name) || isAllowedHost(host, settings)) return;
  throw refused(`Requests with the host name ${host} are refused`);
}

function isAllowedHost(host: string, { allowed }: OriginPolicy): boolean {
  if (allowed === null) return false;
  return ['*', `https://${host}`, `http://${host}`].some((origin) => allowed.includes(origin));
}

function refused(what: string): GatewayError {
  return new GatewayError(
    'page_refused',
    `${what}, because the gateway requires no API key and any web page could spend its operator's money. To allow such requests, configure keys, or list the page's origin in server.cors_origins.`,
  );
}
