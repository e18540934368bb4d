import { GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';

/** Which web pages may ask. */
export interface PageSettings {
  /** Origins as browsers send them, or `*` for all; `null` where nobody said anything. */
  readonly allowed: readonly string[] | null;
  /** Only programs of this machine reach the gateway. */
  readonly isLocal: boolean;
}

/** Pages that are this machine's own, whatever their port. */
const LOOPBACK = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** What pages of the web have; programs with pages of their own (`app://`, `chrome-extension://`) were installed by somebody. */
const WEB = /^(?:https?:\/\/|null$)/;

/** Names that nobody can register: addresses, single words, and what never leaves a network. */
const UNREGISTRABLE =
  /^(?:\[[\da-f:.]+\]|[\d.]+|[^.]+|.+\.(?:localhost|local|internal|lan|arpa|test))$/i;

const HOST = /^(\[[^\]]*\]|[^:]*?)\.?(?::\d*)?$/;

/**
 * Tells whether pages of an origin may ask from a browser.
 *
 * @param allowed - `null`: all may where a key is wanted, which a page has to have, and else only pages of this machine
 */
export function mayAsk(
  origin: string,
  allowed: readonly string[] | null,
  wantsKey: boolean,
): boolean {
  if (allowed === null) return wantsKey || LOOPBACK.test(origin);
  return allowed.includes('*') || allowed.includes(origin);
}

/**
 * Refuses what a page sends that may not ask, where no key is wanted.
 *
 * A browser asks beforehand about some requests only: it sends a body as `text/plain`, or a form, at once, and keeps no more
 * than the answer from the page. And a page whose name is made to lead to this machine once it is open reads the
 * answers, too, as those of its own server; its requests come under that name.
 *
 * @throws {GatewayError} `page_refused`
 */
export function refusePages({ origin, host }: RequestHeaders, settings: PageSettings): void {
  if (typeof origin === 'string' && WEB.test(origin) && !mayAsk(origin, settings.allowed, false)) {
    throw refused(`pages of ${origin} may not ask this gateway`);
  }
  if (!settings.isLocal || typeof host !== 'string') return;
  const [, name = ''] = HOST.exec(host) ?? [];
  if (UNREGISTRABLE.test(name) || isAllowedHost(host, settings)) return;
  throw refused(`this gateway is for programs on its own machine, which do not call it ${host}`);
}

function isAllowedHost(host: string, { allowed }: PageSettings): boolean {
  if (allowed === null) return false;
  return ['*', `https://${host}`, `http://${host}`].some((origin) => allowed.includes(origin));
}

function refused(what: string): GatewayError {
  return new GatewayError(
    'page_refused',
    `${what}: it wants no key, so that any web page could spend its money; its operator sets keys, or names the page in server.cors_origins`,
  );
}
