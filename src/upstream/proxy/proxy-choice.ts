import { isExempt, isLocalUrl } from './no-proxy.js';
import { OutgoingProxy, PROXY_URL_FORMAT } from './outgoing-proxy.js';

/** What the environment may say of proxies; of two spellings the first that is set counts. */
export const PROXY_VARIABLES = {
  'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  exempt: ['no_proxy', 'NO_PROXY'],
} as const;

/** What decides on a proxy. */
export interface ProxySettings {
  /** The operator's own word: a URL, or `null` for none; `undefined` for what the environment says. */
  readonly own?: string | null | undefined;
  /** What `own` is called in errors. */
  readonly source: string;
  /** Values of {@link PROXY_VARIABLES} that are not empty, by name. */
  readonly variables: Readonly<Record<string, string>>;
}

interface GivenProxy {
  readonly text: string;
  readonly source: string;
}

/** Says by way of which proxy a place is reached. */
export class ProxyChoice {
  /** Reaches everything directly. */
  static readonly none = new ProxyChoice({ own: null, source: '', variables: {} });
  readonly #settings: ProxySettings;

  constructor(settings: ProxySettings) {
    this.#settings = settings;
  }

  /**
   * @returns `null` for a place that is reached directly
   * @throws {Error} where `faultFor` has one
   */
  proxyFor(url: URL): OutgoingProxy | null {
    const given = this.#givenFor(url);
    if (given === null) return null;
    const proxy = OutgoingProxy.parse(given.text, given.source);
    if (proxy === null) throw new Error(`${given.source} must be ${PROXY_URL_FORMAT}`);
    return proxy;
  }

  /** Why the proxy to a place cannot be used, as a sentence without its URL; `null` if it can. */
  faultFor(url: URL): string | null {
    const given = this.#givenFor(url);
    if (given === null || OutgoingProxy.parse(given.text, given.source) !== null) return null;
    return `uses the proxy set by ${given.source}, which must be ${PROXY_URL_FORMAT}.`;
  }

  #givenFor(url: URL): GivenProxy | null {
    const { own, source, variables } = this.#settings;
    if (own !== undefined) return own === null ? null : { text: own, source };
    const first = (names: readonly string[]): string | undefined =>
      names.find((name) => variables[name] !== undefined);
    const name = first(PROXY_VARIABLES[url.protocol === 'https:' ? 'https:' : 'http:']);
    if (name === undefined || isLocalUrl(url)) return null;
    const exempt = variables[first(PROXY_VARIABLES.exempt) ?? ''] ?? '';
    return isExempt(exempt, url) ? null : { text: variables[name] ?? '', source: name };
  }
}
