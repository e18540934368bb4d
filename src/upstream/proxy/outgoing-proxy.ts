import { isIP } from 'node:net';
import { basicAuthHeader, decodeOrKeep } from '../basic-auth.js';

/** What a proxy's URL has to be, for sentences. */
export const PROXY_URL_FORMAT =
  'an http or https URL such as http://proxy.example:3128, in which special characters of a password are written as %XX';

/**
 * An HTTP proxy that opens tunnels (`CONNECT`).
 *
 * Its password is in private fields: an object that is logged or sent by mistake does not show it.
 */
export class OutgoingProxy {
  /** The variable or option that names it: what errors call it by. */
  readonly source: string;
  /** Scheme, host and port, for those who run the gateway; clients are told the source alone. */
  readonly origin: string;
  readonly isSecure: boolean;
  /** A name or an address, IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly #url: URL;

  private constructor(url: URL, source: string) {
    this.source = source;
    this.origin = url.origin;
    this.isSecure = url.protocol === 'https:';
    this.hostname = url.hostname.replace(/^\[(.*)\]$/u, '$1');
    this.port = Number(url.port === '' ? (this.isSecure ? 443 : 80) : url.port);
    this.#url = url;
  }

  /** Takes a URL, or as curl does `host:port`; `null` for what is not {@link PROXY_URL_FORMAT}. */
  static parse(text: string, source: string): OutgoingProxy | null {
    const trimmed = text.trim();
    const full = /^[a-z][a-z0-9+.-]*:\/\//iu.test(trimmed) ? trimmed : `http://${trimmed}`;
    const url = URL.canParse(full) ? new URL(full) : null;
    if (url === null || !/^https?:$/u.test(url.protocol)) return null;
    // Behind a password with a "/", "?" or "#" in it, the host is a piece of that password.
    const isBare = url.pathname === '/' && url.search === '' && url.hash === '';
    return isBare && url.port !== '0' ? new OutgoingProxy(url, source) : null;
  }

  /** The name that its certificate has to have, where that is not its address. */
  get servername(): string {
    return isIP(this.hostname) === 0 ? this.hostname : '';
  }

  /** For the wire only, never for a log; `undefined` where its URL has no user. */
  secretAuthorization(): string | undefined {
    return basicAuthHeader(this.#url);
  }

  /** The password as it is written and as it is meant: what must not be told. */
  secretPasswords(): readonly string[] {
    return [this.#url.password, decodeOrKeep(this.#url.password)];
  }
}
