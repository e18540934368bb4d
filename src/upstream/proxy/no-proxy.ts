import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../../core/loopback.js';

/**
 * Whether `NO_PROXY` exempts a URL, by curl's rules. Entries are hosts, which include their subdomains, with or without a
 * leading dot, addresses and ranges (`10.0.0.0/8`), each with an optional port (`[::1]:8080`), and `*` for everything.
 *
 * @param list - separated by commas or spaces
 */
export function isExempt(list: string, url: URL): boolean {
  const host = bareHost(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/u)
    .some((entry) => {
      const { name, only } = entryIn(entry);
      return (only === null || only === port) && covers(name, host);
    });
}

/** Whether the host of a URL is this machine. */
export function isLocalUrl({ hostname }: URL): boolean {
  const host = bareHost(hostname);
  return isLoopback(host) || host.endsWith('.localhost');
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/u, '$1').replace(/\.$/u, '');
}

function entryIn(entry: string): { readonly name: string; readonly only: string | null } {
  // An IPv6 address without brackets contains colons, so it cannot have a port.
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]+))(?::(\d+))?$/u.exec(entry) ?? [];
  return { name: bracketed ?? plain ?? entry, only: port ?? null };
}

function covers(entry: string, host: string): boolean {
  if (entry === '*') return true;
  const name = entry.replace(/^\*?\.|\.$/gu, '');
  if (name === '') return false;
  if (isIP(host) !== 0) return coversAddress(name, host);
  return host === name || host.endsWith(`.${name}`);
}

function coversAddress(entry: string, address: string): boolean {
  const [base = '', bits] = entry.split('/');
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  const most = family === 'ipv6' ? 128 : 32;
  if (isIP(base) === 0 || (bits !== undefined && !(/^\d+$/u.test(bits) && Number(bits) <= most))) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(base, bits === undefined ? most : Number(bits), family);
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
