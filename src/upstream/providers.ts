import { nearest } from '../core/nearest.js';
import type { DialectName } from '../dialects/dialect.js';
import type { AwsSource } from './auth/aws.js';
import type { Credentials } from './auth/credentials.js';
import type { GoogleFile } from './auth/google.js';
import { fillTemplate, Provider } from './provider.js';
import { PROVIDERS, type ProviderRow } from './provider-rows.js';
import { ProxyChoice } from './proxy/proxy-choice.js';
import { RESPONSES_ONLY } from './rows/openai-models.js';
import { row as rowFor } from './rows/row.js';
import { basicAuthHeader } from './basic-auth.js';

export { Provider } from './provider.js';
export { PROVIDERS, SIMULATION, type ProviderRow } from './provider-rows.js';

/** The settings of a provider; the defaults come from the provider's row. */
export interface ProviderSettings {
  /** The known provider of which this is another account, region or server; default: the one with the same name. */
  readonly kind?: string | undefined;
  readonly apiKey?: string | undefined;
  /** An AWS access key, or where to look one up; for providers that accept AWS signatures. */
  readonly aws?: AwsSource | undefined;
  /** Credentials of a Google account; for providers that accept Google's tokens. */
  readonly google?: GoogleFile | undefined;
  /** Values of the placeholders in the provider's address: a region, a project, a resource. */
  readonly place?: Readonly<Record<string, string>> | undefined;
  /** Its wire protocol; default for a server that is not known: OpenAI's. */
  readonly dialect?: DialectName | undefined;
  /** An `http:` or `https:` URL to which `/chat/completions` or `/messages` is appended; may have a query. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request; a header that the gateway also sets (`authorization`) is replaced by this one. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether it also serves OpenAI's Responses API. */
  readonly responses?: boolean | undefined;
  readonly trustedAnswers?: boolean | undefined;
  readonly usageOption?: boolean | undefined;
  /** Maximum number of simultaneous connections; further requests wait for one. */
  readonly connections?: number | undefined;
  /** The URL of a proxy, or `null` for none; default: what the environment variables say. */
  readonly proxy?: string | null | undefined;
  /** The environment's proxy variables, by name; see `PROXY_VARIABLES`. */
  readonly proxyVariables?: Readonly<Record<string, string>> | undefined;
}

/** A provider, or a sentence that says why there is none and what would help. */
export type ResolvedProvider =
  { readonly ok: true; readonly provider: Provider } | { readonly ok: false; readonly why: string };

/** The row of the provider with this name or kind; `undefined` if it is not a known provider. */
export function knownProvider(
  name: string,
  { kind = name }: Pick<ProviderSettings, 'kind'>,
): ProviderRow | undefined {
  return PROVIDERS.find((row) => row.name === kind);
}

/**
 * Makes a provider from its name and its settings.
 *
 * A name that is not in {@link PROVIDERS} needs a kind that is, or a base URL. With a base URL it is an untrusted
 * OpenAI-compatible server unless the settings say otherwise. A provider with a configured base URL needs no key.
 */
export function resolveProvider(name: string, settings: ProviderSettings = {}): ResolvedProvider {
  const row = rowOf(name, settings);
  if (row === null) return refuse(`Provider ${name} is not known${hint(name)}.`);
  const places = placesOf(row, settings);
  const fault = placeFault(row, places, settings) ?? settingsFault(row, settings);
  if (fault !== null) return refuse(`Provider ${name} ${fault}`);
  const fitted = adjusted(row, settings);
  const url = urlOf(fitted, settings, places);
  if (url === null) {
    return refuse(`Provider ${name} has a base URL that is not an http or https URL.`);
  }
  const proxies = proxiesOf(name, settings);
  const unusable = proxies.faultFor(url);
  if (unusable !== null) return refuse(`Provider ${name} ${unusable}`);
  const key = keyIn(settings);
  const credentials = key === '' ? credentialsOf(settings, places) : null;
  const headers = { ...ownHeaders(fitted, url, key), ...lowerCased(settings.headers ?? {}) };
  return {
    ok: true,
    provider: new Provider(fitted, {
      kind: knownProvider(name, settings)?.name ?? name,
      url,
      headers,
      credentials,
      places,
      connections: settings.connections,
      proxies,
    }),
  };
}

/** The `source` of the row of a server that is not known. */
const OWN_SERVER = 'the operator';

function proxiesOf(name: string, { proxy, proxyVariables }: ProviderSettings): ProxyChoice {
  return new ProxyChoice({
    own: proxy,
    source: `providers.${name}.proxy`,
    variables: proxyVariables ?? {},
  });
}

function keyIn({ apiKey }: ProviderSettings): string {
  return apiKey?.trim() ?? '';
}

/** The placeholder values by name: the operator's, otherwise the row's defaults. */
function placesOf(row: ProviderRow, { place = {} }: ProviderSettings): Record<string, string> {
  const defaults = Object.entries(row.places).flatMap(([name, { usual }]) =>
    usual === null ? [] : [[name, usual] as const],
  );
  const overrides = Object.entries(place).map(([name, value]) => [name, bareHost(value)] as const);
  return { ...Object.fromEntries(defaults), ...Object.fromEntries(overrides) };
}

/** Removes a scheme and trailing slashes, which hosts copied from a browser have. */
function bareHost(value: string): string {
  return value
    .trim()
    .replace(/^https?:\/\//u, '')
    .replace(/\/+$/u, '');
}

function placeFault(
  row: ProviderRow,
  places: Readonly<Record<string, string>>,
  { baseUrl, place = {} }: ProviderSettings,
): string | null {
  for (const name of Object.keys(place)) {
    if (!Object.hasOwn(row.places, name)) return `does not support place.${name}: remove it.`;
    if (!/^[\w.:-]+$/u.test(places[name] ?? '')) {
      return `has a value of place.${name} that cannot be part of an address.`;
    }
  }
  if (baseUrl !== undefined) return null;
  const missing = Object.entries(row.places).find(([name]) => places[name] === undefined);
  if (missing === undefined) return null;
  const [name, { variables }] = missing;
  return `needs place.${name}: set it, or ${variables.join(' or ')}.`;
}

/** Finds settings with which every request would fail, with an unhelpful error. */
function settingsFault(row: ProviderRow, settings: ProviderSettings): string | null {
  for (const [name, value] of Object.entries(lowerCased(settings.headers ?? {}))) {
    if (!isSafeHeader(name, value)) return `has a header ${name} whose name or value is not valid.`;
  }
  return credentialsFault(row, settings);
}

function credentialsFault(row: ProviderRow, settings: ProviderSettings): string | null {
  const { aws, google } = settings;
  const key = keyIn(settings);
  // Usually a line break that was pasted along with the key.
  if (!isKey(key)) return 'has a key with a character that keys cannot contain.';
  if (aws !== undefined && row.auth !== 'aws')
    return `does not support AWS signatures${hintAt(row, 'bedrock')}.`;
  if (google !== undefined && row.auth !== 'google')
    return `does not support Google tokens${hintAt(row, 'vertex')}.`;
  const hasOther = aws !== undefined || google !== undefined;
  // A server at a configured address may need no key.
  const needsKey = row.keyVariable !== null && settings.baseUrl === undefined;
  return key === '' && !hasOther && needsKey ? `needs a key: set ${row.keyVariable}.` : null;
}

/** Suggests a `kind` for a server that is not known; empty for known providers. */
function hintAt({ source }: ProviderRow, kind: string): string {
  if (source !== OWN_SERVER) return '';
  return `; if it is another account or address of ${kind}, set kind: ${kind}`;
}

/** Whether all characters of a key can be sent in a header; an empty key is valid. */
export function isKey(text: string): boolean {
  return /^[\x21-\x7e]*$/u.test(text);
}

function credentialsOf(
  { aws, google }: ProviderSettings,
  places: Readonly<Record<string, string>>,
): Credentials | null {
  if (aws !== undefined) return { kind: 'aws', region: places['region'] ?? '', source: aws };
  return google === undefined ? null : { kind: 'google', file: google };
}

function rowOf(name: string, settings: ProviderSettings): ProviderRow | null {
  const known = knownProvider(name, settings);
  if (known !== undefined) return { ...known, name };
  if (settings.baseUrl === undefined) return null;
  return rowFor({
    name,
    displayName: name,
    baseUrl: settings.baseUrl,
    keyVariable: null,
    auth: 'bearer',
    // Only matters if it serves the Responses API, as servers with OpenAI's models do.
    models: [RESPONSES_ONLY],
    source: OWN_SERVER,
  });
}

function adjusted(row: ProviderRow, settings: ProviderSettings): ProviderRow {
  // A server at another URL is another server, whatever its name, so it is not trusted by default.
  const isOwn = settings.baseUrl === undefined;
  const trusted = settings.trustedAnswers ?? (row.trustedAnswers && isOwn);
  const dialect = settings.dialect ?? row.dialect;
  return {
    ...row,
    dialect,
    // Paths, members and so on apply only to the row's own dialect.
    ...(dialect !== row.dialect && NO_HABITS),
    responses: speaksResponses(row, settings),
    trustedAnswers: trusted,
    usageOption: settings.usageOption ?? row.usageOption,
  };
}

/** Whether clients of OpenAI's Responses API are served through the provider's own Responses API. */
export function speaksResponses(
  row: Pick<ProviderRow, 'dialect' | 'responses'>,
  { dialect, responses, baseUrl }: Pick<ProviderSettings, 'dialect' | 'responses' | 'baseUrl'>,
): boolean {
  if ((dialect ?? row.dialect) !== 'openai') return false;
  return responses ?? (row.responses && baseUrl === undefined);
}

function urlOf(
  row: ProviderRow,
  { baseUrl = row.baseUrl }: ProviderSettings,
  places: Readonly<Record<string, string>>,
): URL | null {
  const text = fillTemplate(baseUrl, places);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return null;
  // Ollama's address is commonly given with the path of its OpenAI-compatible API.
  if (row.dialect === 'ollama') url.pathname = url.pathname.replace(/\/v1\/?$/u, '');
  return url;
}

/** Neutral values of the row members that apply only to the row's own dialect. */
const NO_HABITS = {
  paths: null,
  models: [],
  members: {},
  fit: null,
  vectorForm: null,
  schemas: true,
  effortByName: false,
  takesRouteTerms: false,
} as const;

/** The API version for which the gateway writes its requests. */
const ANTHROPIC_VERSION = '2023-06-01';

function ownHeaders({ auth, dialect }: ProviderRow, url: URL, key: string): Record<string, string> {
  if (auth === 'api-key' && key !== '') return { 'api-key': key };
  const isGoogles = auth === 'google' || dialect === 'gemini';
  if (isGoogles && key !== '') return { 'x-goog-api-key': key };
  if (auth === 'google' || dialect !== 'anthropic') return authorization(url, key);
  const own = key === '' ? authorization(url, key) : { 'x-api-key': key };
  return { 'anthropic-version': ANTHROPIC_VERSION, ...own };
}

/** From the key, or from a base URL of the form `https://user:password@host`. */
function authorization(url: URL, key: string): { authorization?: string } {
  if (key !== '') return { authorization: `Bearer ${key}` };
  const basic = basicAuthHeader(url);
  return basic === undefined ? {} : { authorization: basic };
}

/** Headers of the connection, and headers that the gateway sets itself. */
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
