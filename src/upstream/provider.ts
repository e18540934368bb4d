import type { GatewayError } from '../core/errors.js';
import type { ClientDialectName, DialectName } from '../dialects/dialect.js';
import type { EmbeddingFormat } from '../dialects/embeddings/embeddings.js';
import type { UnsupportedParams } from '../dialects/unsupported-params.js';
import type { Credentials } from './auth/credentials.js';
import type { OutgoingProxy } from './proxy/outgoing-proxy.js';
import type { ProxyChoice } from './proxy/proxy-choice.js';
import { Redaction } from './redaction.js';
import type { ProviderRow } from './rows/row.js';

/** Enough for a thousand answers under way from one provider at a time. */
const DEFAULT_CONNECTIONS = 1_024;

/** Where chat is asked for behind the base URL, whole and streamed; `{model}` is what the provider calls it. */
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

/** Where OpenAI's dialect has chat; everything else of it stands beside that. */
const CHAT = '/chat/completions';

/** What streams are made of, by dialect. */
const EVENTS = 'text/event-stream';
const STREAM_TYPES: Partial<Record<DialectName, string>> = {
  bedrock: 'application/vnd.amazon.eventstream',
  ollama: 'application/x-ndjson',
};

const MOST_NOTED = 1_000;

/** What the provider's notes on models come to for one of them. */
interface ModelTraits {
  readonly responsesOnly: boolean;
  readonly renames: ProviderRow['renames'];
  readonly refusals: readonly UnsupportedParams[];
  readonly efforts: readonly string[] | null;
}

/** What a provider is made of besides its row. */
export interface ProviderParts {
  /** See `Provider.kind`. */
  readonly kind: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What signs requests one by one; `null` where headers alone do. */
  readonly credentials: Credentials | null;
  /** What stands for the names in braces. */
  readonly places: Readonly<Record<string, string>>;
  readonly connections: number | undefined;
  /** By way of what its own and other addresses are reached. */
  readonly proxies: ProxyChoice;
}

/**
 * A provider ready to be called.
 *
 * Keys are in private fields: an object that is logged or sent by mistake does not show them.
 */
export class Provider {
  readonly name: string;
  /** The known provider that it is, as the name of its row; for a server of the operator's own, its name. */
  readonly kind: string;
  readonly displayName: string;
  /** What it speaks first of all. */
  readonly dialect: DialectName;
  readonly serves: ProviderRow['serves'];
  /** What it is asked for vectors in. */
  readonly vectorForm: EmbeddingFormat;
  readonly trustedAnswers: boolean;
  readonly usageOption: boolean;
  readonly outputCap: ProviderRow['outputCap'];
  readonly takesThoughts: boolean;
  readonly schemas: boolean;
  /** See `ProviderRow.effortByName`. */
  readonly effortByName: boolean;
  /** It is told where a client wants to be answered. */
  readonly takesRouteTerms: boolean;
  /** What every request to it calls otherwise. */
  readonly renames: ProviderRow['renames'];
  readonly members: ProviderRow['members'];
  readonly fit: ProviderRow['fit'];
  readonly connections: number;
  /** Scheme, host and port. */
  readonly origin: string;
  /** What it is reached through; `null` for nothing. */
  readonly proxy: OutgoingProxy | null;
  /** By way of what the addresses are reached that lend it a proof of who asks. */
  readonly proxies: ProxyChoice;
  /** What is to be said of itself by a stream: a media type. */
  readonly streamType: string;
  /** All of its dialect's API is behind the base URL, files and batches included; otherwise chat alone, elsewhere. */
  readonly isWholeApi: boolean;
  /** Where tokens of a request are counted; `null` where the provider has no such place. */
  readonly countPath: string | null;
  readonly #models: ProviderRow['models'];
  /** By model: every request asks, and matching names takes longer than the answer. */
  readonly #traits = new Map<string, ModelTraits>();
  readonly #paths: { readonly whole: string; readonly stream: string };
  readonly #base: string;
  readonly #query: string;
  /** Where responses are asked for besides; `null` where they are not. */
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

  /** What it is best asked in for a client, and for a model that may know one dialect only. */
  dialectFor(client: ClientDialectName, model: string): DialectName {
    if (this.#responsesPath === null) return this.dialect;
    const { responsesOnly } = this.#traitsOf(model);
    return client === 'responses' || responsesOnly ? 'responses' : this.dialect;
  }

  /** What requests to one of its models call otherwise, those to every model included. */
  renamesFor(model: string): ProviderRow['renames'] {
    return this.#traitsOf(model).renames;
  }

  /** What requests to one of its models must not have. */
  refusalsFor(model: string): readonly UnsupportedParams[] {
    return this.#traitsOf(model).refusals;
  }

  /** The efforts that one of its models knows, none for one that does not think; `null` where nobody knows. */
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
    // Clients of passed endpoints may name any model.
    if (this.#traits.size < MOST_NOTED) this.#traits.set(model, traits);
    return traits;
  }

  /**
   * Where chat is asked for, with the base URL's query if it has one.
   *
   * @param dialect - one of those that `dialectFor` gives; by default the provider's first
   */
  pathFor(model: string, stream: boolean, dialect = this.dialect): string {
    if (dialect !== this.dialect && this.#responsesPath !== null) return this.#responsesPath;
    const path = stream ? this.#paths.stream : this.#paths.whole;
    return path.replace('{model}', () => encodeURIComponent(model));
  }

  /** Another path beside chat's, behind the base URL, with the queries of all. */
  siblingPath(path: string, model: string): string {
    const [chat = '', query = ''] = this.pathFor(model, false).split('?');
    const base = chat.endsWith(CHAT) ? chat.slice(0, -CHAT.length) : this.#base;
    const more = chat.endsWith(CHAT) ? query : this.#query;
    return base + path + (more === '' ? '' : `${path.includes('?') ? '&' : '?'}${more}`);
  }

  /** What it said went wrong, without the secrets that it was sent. */
  redacted(error: GatewayError): GatewayError {
    return this.#redaction.redact(error);
  }

  /** Authorization included, names in lower case: for the wire only, never for a log. */
  secretHeaders(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  /** What signs requests one by one: for the wire only, never for a log; `null` where headers do. */
  secretCredentials(): Credentials | null {
    return this.#credentials;
  }
}

/** A path behind the base URL's own, with both their queries. */
function at(url: URL, path: string, places: Readonly<Record<string, string>>): string {
  const base = url.pathname.replace(/\/+$/u, '');
  const filled = fillTemplate(path, places);
  return base + filled + (filled.includes('?') ? url.search.replace('?', '&') : url.search);
}

/**
 * The text with what is known for names in braces put in their place.
 *
 * `{name.service}` is the host of that service of Google's at the place.
 */
export function fillTemplate(text: string, places: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)(?:\.(\w+))?\}/gu, (whole, name: string, service?: string) => {
    const value = places[name];
    if (value === undefined) return whole;
    return service === undefined ? value : googleHost(service, value);
  });
}

/** Regions have hosts of their own, and so have the two multi-regions, which are called otherwise. */
function googleHost(service: string, location: string): string {
  if (location === 'global') return `${service}.googleapis.com`;
  const isMulti = location === 'us' || location === 'eu';
  return isMulti
    ? `${service}.${location}.rep.googleapis.com`
    : `${location}-${service}.googleapis.com`;
}
