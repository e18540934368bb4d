import { isIPv6 } from 'node:net';

/** A host as a server takes it: IPv6 addresses without the brackets that they have in URLs. */
export function bareHost(text: string): string {
  return text.trim().replace(/^\[(.*)\]$/, '$1');
}

/** What `isHost` asks for, for sentences. */
export const HOST_IS = 'a name or an address such as 127.0.0.1, without scheme, port and path';

/** Whether a server can be told to listen there, as far as the text shows. */
export function isHost(host: string): boolean {
  return /^[^\s/:[\]]+$/.test(host) || isIPv6(host);
}
