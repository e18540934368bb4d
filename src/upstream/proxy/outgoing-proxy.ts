import { isIP } from 'node:net';
import { basicAuthHeader, decodeOrKeep } from '../basic-auth.js';

/** Describes a valid proxy URL, for error messages. */
export const PROXY_URL_FORMAT =
  'an http or https URL such as http://proxy.example:3128, in which special characters of a password are written as %XX';

/**
 * An HTTP proxy that opens tunnels (`CONNECT`).
 *
 * Its password is in private fields: an object that is logged or sent by mistake does not show it.
 */
export class OutgoingProxy {
  /** The variable or option that configures it; errors name the proxy by this. */
  readonly source: string;
  /** Scheme, host and port; only for operators, since errors sent to clients contain just the source. */
  readonly origin: string;
  readonly isSecure: boolean;
  /** A host name or an address, IPv6 without brackets. */
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

  /** Parses a URL or, like curl, `host:port`; `null` if it is not {@link PROXY_URL_FORMAT}. */
  static parse(text: string, source: string): OutgoingProxy | null {
    const trimmed = text.trim();
    const full = /^[a-z][a-z0-9+.-]*:\/\//iu.test(trimmed) ? trimmed : `http://${trimmed}`;
    const url = URL.canParse(full) ? new URL(full) : null;
    if (url === null || !/^https?:$/u.test(url.protocol)) return null;
    // If a password contains an unescaped "/", "?" or "#", part of it would be parsed as the host.
    const isBare = url.pathname === '/' && url.search === '' && url.hash === '';
    return isBare && url.port !== '0' ? new OutgoingProxy(url, source) : null;
  }

  /** The host name for verifying its certificate; empty if its host is an address. */
  get servername(): string {
    return isIP(this.hostname) === 0 ? this.hostname : '';
  }

  /** For requests only, never for logs; `undefined` if its URL has no user. */
  secretAuthorization(): string | undefined {
    return basicAuthHeader(this.#url);
  }

  /** The password, as written in the URL and decoded, so that both can be redacted. */
  secretPasswords(): readonly string[] {
    return [this.#url.password, decodeOrKeep(this.#url.password)];
  }
}
