import { isExempt, isLocalUrl } from './no-proxy.js';
import { OutgoingProxy, PROXY_URL_FORMAT } from './outgoing-proxy.js';

/** The environment variables for proxies; of several spellings, the first that is set is used. */
export const PROXY_VARIABLES = {
  'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  exempt: ['no_proxy', 'NO_PROXY'],
} as const;

/** The settings that decide on a proxy. */
export interface ProxySettings {
  /** The configured proxy: a URL, `null` for none, or `undefined` to use the environment variables. */
  readonly own?: string | null | undefined;
  /** The name of the option `own`, for errors. */
  readonly source: string;
  /** Values of {@link PROXY_VARIABLES} that are not empty, by name. */
  readonly variables: Readonly<Record<string, string>>;
}

interface ConfiguredProxy {
  readonly text: string;
  readonly source: string;
}

/** Chooses the proxy for a URL. */
export class ProxyChoice {
  /** Reaches everything directly. */
  static readonly none = new ProxyChoice({ own: null, source: '', variables: {} });
  readonly #settings: ProxySettings;

  constructor(settings: ProxySettings) {
    this.#settings = settings;
  }

  /**
   * @returns `null` if the URL is reached directly
   * @throws {Error} if the proxy's URL is invalid; see `faultFor`
   */
  proxyFor(url: URL): OutgoingProxy | null {
    const setting = this.#settingFor(url);
    if (setting === null) return null;
    const proxy = OutgoingProxy.parse(setting.text, setting.source);
    if (proxy === null) throw new Error(`${setting.source} must be ${PROXY_URL_FORMAT}`);
    return proxy;
  }

  /** Why the proxy for a URL cannot be used, as a sentence without the proxy's URL; `null` if it can. */
  faultFor(url: URL): string | null {
    const setting = this.#settingFor(url);
    if (setting === null || OutgoingProxy.parse(setting.text, setting.source) !== null) return null;
    return `uses the proxy set by ${setting.source}, which must be ${PROXY_URL_FORMAT}.`;
  }

  #settingFor(url: URL): ConfiguredProxy | null {
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
