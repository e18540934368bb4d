import { isIPv6 } from 'node:net';

/** A host as `server.listen` expects it: IPv6 addresses without the brackets that they have in URLs. */
export function stripBrackets(text: string): string {
  return text.trim().replace(/^\[(.*)\]$/, '$1');
}

/** What `isListenHost` requires, for error messages. */
export const HOST_REQUIREMENT =
  'a name or an address such as 127.0.0.1, without scheme, port and path';

/** Whether a text has the form of a host to listen on. */
export function isListenHost(host: string): boolean {
  return /^[^\s/:[\]]+$/.test(host) || isIPv6(host);
}
