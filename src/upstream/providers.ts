import { nearest } from '../core/nearest.js';
import type { DialectName } from '../dialects/dialect.js';
import { PROVIDERS, type ProviderRow } from './provider-rows.js';

export { PROVIDERS, type ProviderRow } from './provider-rows.js';

/** The provider whose models answer inside this process. */
export const SIMULATION = 'simulation';

/** Enough for a thousand answers under way from one provider at a time. */
const DEFAULT_CONNECTIONS = 1_024;

/** What an operator may say of a provider; everything has a value of its own in the provider's row. */
export interface ProviderSettings {
  readonly apiKey?: string | undefined;
  /** Its wire protocol; a provider that is not known speaks OpenAI's unless told so. */
  readonly dialect?: DialectName | undefined;
  /** An `http:` or `https:` URL that `/chat/completions` or `/messages` is put behind; may carry a query. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request, after ours; a name of ours (`authorization`) replaces it. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly trustedAnswers?: boolean | undefined;
  readonly usageOption?: boolean | undefined;
  /** Most connections to it at a time; further requests wait for one. */
  readonly connections?: number | undefined;
}

/**
 * A provider ready to be called.
 *
 * The key is in a private field: an object that is logged or sent by mistake does not show it.
 */
export class Provider {
  readonly name: string;
  readonly displayName: string;
  readonly dialect: DialectName;
  readonly trustedAnswers: boolean;
  readonly usageOption: boolean;
  readonly outputCap: ProviderRow['outputCap'];
  readonly renames: ProviderRow['renames'];
  readonly connections: number;
  /** Scheme, host and port. */
  readonly origin: string;
  /** The path of chat completions or messages, with the base URL's query if it has one. */
  readonly chatPath: string;
  /** Where tokens of a request are counted; `null` where the dialect has no such place. */
  readonly countPath: string | null;
  /** Where the model stands in the path, what it stands behind; `null` where the body names it. */
  readonly modelsPath: string | null;
  readonly #query: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(
    row: ProviderRow,
    url: URL,
    headers: Readonly<Record<string, string>>,
    connections: number | undefined,
  ) {
    this.name = row.name;
    this.displayName = row.displayName;
    this.dialect = row.dialect;
    this.trustedAnswers = row.trustedAnswers;
    this.usageOption = row.usageOption;
    this.outputCap = row.outputCap;
    this.renames = row.renames;
    this.connections = connections ?? DEFAULT_CONNECTIONS;
    this.origin = url.origin;
    const path = url.pathname.replace(/\/+$/u, '');
    this.chatPath = `${path}${PATHS[row.dialect]}${url.search}`;
    this.countPath =
      row.dialect === 'anthropic' ? `${path}/messages/count_tokens${url.search}` : null;
    this.modelsPath = row.dialect === 'gemini' ? `${path}/models/` : null;
    this.#query = url.search;
    this.#headers = headers;
  }

  /** The path of a request, where it depends on the model; otherwise the same as `chatPath`. */
  pathFor(model: string, stream: boolean): string {
    if (this.modelsPath === null) return this.chatPath;
    const call = stream ? ':streamGenerateContent?alt=sse' : ':generateContent';
    const query = stream ? this.#query.replace('?', '&') : this.#query;
    return `${this.modelsPath}${encodeURIComponent(model)}${call}${query}`;
  }

  /** Authorization included, names in lower case: for the wire only, never for a log. */
  secretHeaders(): Readonly<Record<string, string>> {
    return this.#headers;
  }
}

/** A provider, or the plain sentence that says why there is none and what would help. */
export type ResolvedProvider =
  { readonly ok: true; readonly provider: Provider } | { readonly ok: false; readonly why: string };

/**
 * Makes a provider of its name and what the operator says of it.
 *
 * A name that is not in {@link PROVIDERS} needs a base URL and is taken for an untrusted
 * OpenAI-compatible server unless told otherwise. A provider with a base URL of the operator's needs no key.
 */
export function resolveProvider(name: string, settings: ProviderSettings = {}): ResolvedProvider {
  const row = rowOf(name, settings);
  if (row === null) return refuse(`Provider ${name} is not known${hint(name)}.`);
  const url = httpUrl(settings.baseUrl ?? row.baseUrl);
  if (url === null) {
    return refuse(`Provider ${name} has a base URL that is not an http or https URL.`);
  }
  const headers = lowerCased(settings.headers ?? {});
  const key = settings.apiKey?.trim() ?? '';
  const fault = faultIn(headers, key);
  if (fault !== null) return refuse(`Provider ${name} has ${fault}.`);
  // A server of the operator's own may well ask for no key.
  if (key === '' && row.keyVariable !== null && settings.baseUrl === undefined) {
    return refuse(`Provider ${name} needs a key: set ${row.keyVariable}.`);
  }
  const fitted = adjusted(row, settings);
  const all = { ...ownHeaders(fitted.dialect, url, key), ...headers };
  return {
    ok: true,
    provider: new Provider(fitted, url, all, settings.connections),
  };
}

/** What would be refused at every single request, and in words that help nobody. */
function faultIn(headers: Readonly<Record<string, string>>, key: string): string | null {
  for (const [name, value] of Object.entries(headers)) {
    if (!isSafeHeader(name, value)) return `a header ${name} that cannot be sent`;
  }
  // A line break that was pasted along with the key, most of the time.
  return /^[\x21-\x7e]*$/u.test(key) ? null : 'a key with a character that cannot be in a key';
}

function rowOf(name: string, settings: ProviderSettings): ProviderRow | null {
  const known = PROVIDERS.find((row) => row.name === name);
  if (known !== undefined) return known;
  if (settings.baseUrl === undefined) return null;
  return {
    name,
    displayName: name,
    baseUrl: settings.baseUrl,
    keyVariable: null,
    auth: 'bearer',
    dialect: 'openai',
    trustedAnswers: false,
    usageOption: true,
    outputCap: 'max_tokens',
    renames: {},
  };
}

function adjusted(row: ProviderRow, settings: ProviderSettings): ProviderRow {
  // A server behind another URL is another server, whatever it is called: not trusted unless told so.
  const trusted = settings.trustedAnswers ?? (row.trustedAnswers && settings.baseUrl === undefined);
  return {
    ...row,
    dialect: settings.dialect ?? row.dialect,
    trustedAnswers: trusted,
    usageOption: settings.usageOption ?? row.usageOption,
  };
}

function httpUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : null;
}

const PATHS: Readonly<Record<DialectName, string>> = {
  openai: '/chat/completions',
  anthropic: '/messages',
  gemini: '/models',
};

/** The version of the API that requests made here are written for. */
const ANTHROPIC_VERSION = '2023-06-01';

function ownHeaders(dialect: DialectName, url: URL, key: string): Record<string, string> {
  if (dialect === 'gemini' && key !== '') return { 'x-goog-api-key': key };
  if (dialect !== 'anthropic') return authorization(url, key);
  const auth = key === '' ? authorization(url, key) : { 'x-api-key': key };
  return { 'anthropic-version': ANTHROPIC_VERSION, ...auth };
}

/** From the key, or from a base URL of the form `https://user:password@host`. */
function authorization(url: URL, key: string): { authorization?: string } {
  if (key !== '') return { authorization: `Bearer ${key}` };
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Names that belong to the connection, or that we write ourselves. */
const OWN_HEADERS = /^(connection|content-length|transfer-encoding|keep-alive|upgrade|expect)$/u;

function isSafeHeader(name: string, value: string): boolean {
  return (
    /^[a-z0-9!#$%&'*+.^_`|~-]+$/u.test(name) &&
    !OWN_HEADERS.test(name) &&
    /^[\t\x20-\x7e\x80-\xff]*$/u.test(value)
  );
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function hint(name: string): string {
  const known = nearest(
    name,
    PROVIDERS.map((row) => row.name),
  );
  return known === null
    ? '; give it a baseUrl'
    : `; did you mean ${known}? If not, give it a baseUrl`;
}

function refuse(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why };
}
