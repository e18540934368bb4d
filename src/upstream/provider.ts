import type { GatewayError } from '../core/errors.js';
import type { ClientDialectName, DialectName } from '../dialects/dialect.js';
import type { EmbeddingFormat } from '../dialects/embeddings/embeddings.js';
import type { UnsupportedParams } from '../dialects/unsupported-params.js';
import type { Credentials } from './auth/credentials.js';
import type { OutgoingProxy } from './proxy/outgoing-proxy.js';
import type { ProxyChoice } from './proxy/proxy-choice.js';
import { Redaction } from './redaction.js';
import type { ProviderRow } from './rows/row.js';

/** Default limit of simultaneous connections to one provider: about a thousand answers in flight. */
const DEFAULT_CONNECTIONS = 1_024;

/** Chat paths relative to the base URL, for whole and streamed answers; `{model}` is the provider's model name. */
const PATHS: Readonly<Record<DialectName, { readonly whole: string; readonly stream: string }>> = {
  openai: { whole: '/chat/completions', stream: '/chat/completions' },
  anthropic: { whole: '/messages', stream: '/messages' },
  gemini: {
    whole: '/models/{model}:generateContent',
    stream: '/models/{model}:streamGenerateContent?alt=sse',
  },
  cohere: { whole: '/chat', stream: '/chat' },
  ollama: { whole: '/api/chat', stream: '/api/chat' },
  responses: { whole: '/responses', stream: '/responses' },
  bedrock: { whole: '/model/{model}/converse', stream: '/model/{model}/converse-stream' },
};

/** The chat path of OpenAI's dialect; its other endpoints are siblings of this path. */
const CHAT = '/chat/completions';

/** Media types of streams; server-sent events for all dialects that are not listed. */
const EVENTS = 'text/event-stream';
const STREAM_TYPES: Partial<Record<DialectName, string>> = {
  bedrock: 'application/vnd.amazon.eventstream',
  ollama: 'application/x-ndjson',
};

/** Maximum number of models whose traits are memoised. */
const MOST_NOTED = 1_000;

/** All notes of the provider's row that apply to one model, combined. */
interface ModelTraits {
  readonly responsesOnly: boolean;
  readonly renames: ProviderRow['renames'];
  readonly refusals: readonly UnsupportedParams[];
  readonly efforts: readonly string[] | null;
}

/** What a `Provider` is constructed from, in addition to its row. */
export interface ProviderParts {
  /** See `Provider.kind`. */
  readonly kind: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Credentials that sign every request; `null` if fixed headers authorise it. */
  readonly credentials: Credentials | null;
  /** Values of the placeholders in the provider's URLs, by name. */
  readonly places: Readonly<Record<string, string>>;
  readonly connections: number | undefined;
  /** Chooses the proxy for the provider's own and for other addresses. */
  readonly proxies: ProxyChoice;
}

/**
 * A provider ready to be called.
 *
 * Keys are in private fields: an object that is logged or sent by mistake does not show them.
 */
export class Provider {
  readonly name: string;
  /** The name of the known provider's row; for a server that is not known, the configured name. */
  readonly kind: string;
  readonly displayName: string;
  /** Its primary dialect. */
  readonly dialect: DialectName;
  readonly serves: ProviderRow['serves'];
  /** The format of its embedding requests. */
  readonly vectorForm: EmbeddingFormat;
  readonly trustedAnswers: boolean;
  readonly usageOption: boolean;
  readonly outputCap: ProviderRow['outputCap'];
  readonly takesThoughts: boolean;
  readonly schemas: boolean;
  /** See `ProviderRow.effortByName`. */
  readonly effortByName: boolean;
  /** Whether it accepts routing preferences (OpenRouter's `provider` member). */
  readonly takesRouteTerms: boolean;
  /** Request members that it names differently, whatever the model. */
  readonly renames: ProviderRow['renames'];
  readonly members: ProviderRow['members'];
  readonly fit: ProviderRow['fit'];
  readonly connections: number;
  /** Scheme, host and port. */
  readonly origin: string;
  /** The proxy for requests to it; `null` if it is reached directly. */
  readonly proxy: OutgoingProxy | null;
  /** Chooses the proxy for the addresses that issue its credentials. */
  readonly proxies: ProxyChoice;
  /** The media type that its streams must have. */
  readonly streamType: string;
  /** Whether its dialect's whole API is behind the base URL, files and batches included; otherwise only chat is, at a path of its own. */
  readonly isWholeApi: boolean;
  /** The path of the token counting endpoint; `null` if the provider has none. */
  readonly countPath: string | null;
  readonly #models: ProviderRow['models'];
  /** Memoised by model: every request needs them, and matching the names is slow. */
  readonly #traits = new Map<string, ModelTraits>();
  readonly #paths: { readonly whole: string; readonly stream: string };
  readonly #base: string;
  readonly #query: string;
  /** The path of OpenAI's Responses API; `null` if the provider does not serve it. */
  readonly #responsesPath: string | null;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #credentials: Credentials | null;
  readonly #redaction: Redaction;

  constructor(row: ProviderRow, parts: ProviderParts) {
    const { url, places } = parts;
    this.name = row.name;
    this.kind = parts.kind;
    this.displayName = row.displayName;
    this.dialect = row.dialect;
    this.serves = row.serves;
    this.vectorForm = row.vectorForm ?? row.dialect;
    this.trustedAnswers = row.trustedAnswers;
    this.usageOption = row.usageOption;
    this.outputCap = row.outputCap;
    this.takesThoughts = row.takesThoughts;
    this.schemas = row.schemas;
    this.effortByName = row.effortByName;
    this.takesRouteTerms = row.takesRouteTerms;
    this.renames = row.renames;
    this.#models = row.models;
    this.members = row.members;
    this.fit = row.fit;
    this.connections = parts.connections ?? DEFAULT_CONNECTIONS;
    this.origin = url.origin;
    this.proxies = parts.proxies;
    this.proxy = parts.proxies.proxyFor(url);
    this.streamType = STREAM_TYPES[row.dialect] ?? EVENTS;
    this.#base = url.pathname.replace(/\/+$/u, '');
    this.#query = url.search.slice(1);
    const paths = row.paths ?? PATHS[row.dialect];
    this.#paths = { whole: at(url, paths.whole, places), stream: at(url, paths.stream, places) };
    this.#responsesPath = row.responses ? at(url, PATHS.responses.whole, places) : null;
    this.isWholeApi = row.paths === null;
    const canCount = row.dialect === 'anthropic' && this.isWholeApi;
    this.countPath = canCount ? at(url, '/messages/count_tokens', places) : null;
    this.#headers = parts.headers;
    this.#credentials = parts.credentials;
    this.#redaction = new Redaction(parts, this.proxy?.secretPasswords());
  }

  /** The dialect for a request to a model: Responses if the client uses it or the model requires it, else the primary one. */
  dialectFor(client: ClientDialectName, model: string): DialectName {
    if (this.#responsesPath === null) return this.dialect;
    const { responsesOnly } = this.#traitsOf(model);
    return client === 'responses' || responsesOnly ? 'responses' : this.dialect;
  }

  /** Request members that are named differently for this model, including those of all models. */
  renamesFor(model: string): ProviderRow['renames'] {
    return this.#traitsOf(model).renames;
  }

  /** Parameters that this model does not support. */
  refusalsFor(model: string): readonly UnsupportedParams[] {
    return this.#traitsOf(model).refusals;
  }

  /** The reasoning efforts that a model supports, empty for a model without reasoning; `null` if unknown. */
  effortsFor(model: string): readonly string[] | null {
    return this.#traitsOf(model).efforts;
  }

  #traitsOf(model: string): ModelTraits {
    const known = this.#traits.get(model);
    if (known !== undefined) return known;
    const notes = this.#models.filter(({ names }) => names.test(model));
    const traits = {
      responsesOnly: notes.some(({ responsesOnly }) => responsesOnly),
      renames: notes.reduce((all, { renames }) => ({ ...all, ...renames }), this.renames),
      refusals: notes.flatMap(({ refuses = [] }) => refuses),
      efforts: notes.find(({ efforts }) => efforts !== undefined)?.efforts ?? null,
    };
    // Clients of passthrough endpoints may name any model.
    if (this.#traits.size < MOST_NOTED) this.#traits.set(model, traits);
    return traits;
  }

  /**
   * The path of chat requests, with the base URL's query if it has one.
   *
   * @param dialect - a result of `dialectFor`; by default the provider's primary dialect
   */
  pathFor(model: string, stream: boolean, dialect = this.dialect): string {
    if (dialect !== this.dialect && this.#responsesPath !== null) return this.#responsesPath;
    const path = stream ? this.#paths.stream : this.#paths.whole;
    return path.replace('{model}', () => encodeURIComponent(model));
  }

  /** The path of another endpoint of the same API, with the queries of the base URL and of `path`. */
  siblingPath(path: string, model: string): string {
    const [chat = '', query = ''] = this.pathFor(model, false).split('?');
    const base = chat.endsWith(CHAT) ? chat.slice(0, -CHAT.length) : this.#base;
    const more = chat.endsWith(CHAT) ? query : this.#query;
    return base + path + (more === '' ? '' : `${path.includes('?') ? '&' : '?'}${more}`);
  }

  /** Removes the secrets that were sent to the provider from its error. */
  redacted(error: GatewayError): GatewayError {
    return this.#redaction.redact(error);
  }

  /** All fixed headers, including authorization, with names in lower case. For requests only, never for logs. */
  secretHeaders(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  /** Credentials that sign every request; `null` if headers authorise it. For requests only, never for logs. */
  secretCredentials(): Credentials | null {
    return this.#credentials;
  }
}

/** Appends a path to the base URL's, and combines their queries. */
function at(url: URL, path: string, places: Readonly<Record<string, string>>): string {
  const base = url.pathname.replace(/\/+$/u, '');
  const filled = fillTemplate(path, places);
  return base + filled + (filled.includes('?') ? url.search.replace('?', '&') : url.search);
}

/**
 * Replaces placeholders (`{name}`) by their values; those without a value stay.
 *
 * `{name.service}` becomes the host of that Google service in the location `name`.
 */
export function fillTemplate(text: string, places: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)(?:\.(\w+))?\}/gu, (whole, name: string, service?: string) => {
    const value = places[name];
    if (value === undefined) return whole;
    return service === undefined ? value : googleHost(service, value);
  });
}

/** The host of a Google service: regions and the two multi-regions (`us`, `eu`) follow different patterns. */
function googleHost(service: string, location: string): string {
  if (location === 'global') return `${service}.googleapis.com`;
  const isMulti = location === 'us' || location === 'eu';
  return isMulti
    ? `${service}.${location}.rep.googleapis.com`
    : `${location}-${service}.googleapis.com`;
}
