import type { DialectName } from '../../dialects/dialect.js';
import type { EmbeddingFormat } from '../../dialects/embeddings/embeddings.js';
import type { UnsupportedParams } from '../../dialects/unsupported-params.js';

/** A part of a provider's address that depends on the operator: a region, a project, a name. */
export interface AddressParameter {
  /** The environment variables that may hold it; the first that is set is used. */
  readonly variables: readonly string[];
  /** The default value; `null` if it must be configured. */
  readonly usual: string | null;
}

/** How a provider authenticates requests. */
export type Auth =
  /** `authorization: Bearer KEY`, or the header of the dialect (`x-api-key`, `x-goog-api-key`). */
  | 'bearer'
  /** `api-key: KEY`. */
  | 'api-key'
  /** A bearer key, or an AWS signature (SigV4). */
  | 'aws'
  /** A key, or a token for which the credentials of a Google account are exchanged. */
  | 'google'
  | 'none';

/** How some of a provider's models differ from the others. */
export interface ModelNote {
  /** Matches the models' names at the provider. */
  readonly names: RegExp;
  /** They support only OpenAI's Responses API, not chat completions; ignored if the provider does not serve that API. */
  readonly responsesOnly: boolean;
  /** Like `renames` of the row, in addition to these. */
  readonly renames: Readonly<Record<string, string | null>>;
  /** Parameters that make requests to them fail; absent: none. */
  readonly refuses?: readonly UnsupportedParams[];
  /** The efforts that they support (`reasoning_effort`), empty for models without reasoning; absent: unknown. */
  readonly efforts?: readonly string[];
  /** A description for people; it follows a subject like "those models". */
  readonly why: string;
  /** Where that is documented. */
  readonly source: string;
}

/** All data about a provider; most providers need no code of their own. */
export interface ProviderRow {
  /** The name used in the catalog, in configuration and in metrics. */
  readonly name: string;
  readonly displayName: string;
  /**
   * The URL before `/chat/completions`, `/messages` or `/models/…`, without a slash at the end.
   *
   * It may have placeholders in braces; `{location.aiplatform}` is the host of that Google service in the location.
   */
  readonly baseUrl: string;
  /** The environment variable that holds the key; `null` if the provider needs none. */
  readonly keyVariable: string | null;
  readonly auth: Auth;
  readonly dialect: DialectName;
  /** Whether it also serves OpenAI's Responses API. */
  readonly responses: boolean;
  /** The tasks that it serves; without `chat` the router never chooses it. */
  readonly serves: readonly ('chat' | 'embeddings')[];
  /** The format of its embedding requests; `null`: that of its dialect. */
  readonly vectorForm: EmbeddingFormat | null;
  /** The placeholders in `baseUrl` and `paths`, by name. */
  readonly places: Readonly<Record<string, AddressParameter>>;
  /** Chat paths relative to the base URL, if they are not those of the dialect; `{model}` is the provider's model name. */
  readonly paths: { readonly whole: string; readonly stream: string } | null;
  /** Whether its answers conform to OpenAI's format, so that their bytes can be passed on unchanged. */
  readonly trustedAnswers: boolean;
  /** Whether it accepts `stream_options`; otherwise sending it makes the request fail. */
  readonly usageOption: boolean;
  /** Whether it accepts a schema for the answer (`response_format` of type `json_schema`); otherwise sending one makes the request fail. */
  readonly schemas: boolean;
  /** The name of the output limit: OpenAI's newer models reject the older name, many other providers the newer. */
  readonly outputCap: 'max_tokens' | 'max_completion_tokens';
  /** Whether it expects the reasoning of earlier turns as `reasoning_content`; other providers may reject that member. */
  readonly takesThoughts: boolean;
  /**
   * Request members that this provider names differently, by the name in the dialect; `null` drops
   * a member that makes the request fail and has no effect on the answer.
   */
  readonly renames: Readonly<Record<string, string | null>>;
  /** Notes on groups of its models; all that match a model's name apply. */
  readonly models: readonly ModelNote[];
  /** Members added to every request unless the client sends one of the same name; `null` removes a member. */
  readonly members: Readonly<Record<string, string | boolean | null>>;
  /** The further adaptation that its requests need; `null`: none. */
  readonly fit: 'mistral' | 'deepseek' | null;
  /** Whether it rejects the object `reasoning` and accepts only `reasoning_effort`. */
  readonly effortByName: boolean;
  /** Whether it routes to further providers, by the request's `provider` member. */
  readonly takesRouteTerms: boolean;
  /** Peculiarities of the provider, for people; may be empty. */
  readonly notes: string;
  /** The documentation of the address. */
  readonly source: string;
  /** How the address was checked: against recorded exchanges, or against the page `source`. */
  readonly evidence: 'recorded' | 'documented' | 'unchecked';
}

/** A note on models that reject members of requests. @param members - see `UnsupportedParams.members` */
export function refusalNote(
  names: RegExp,
  members: UnsupportedParams['members'],
  why: string,
  source: string,
): ModelNote {
  const refuses = [{ members, unlessEffort: null, beside: null }];
  return { names, responsesOnly: false, renames: {}, refuses, why, source };
}

/** A note on models that support only these efforts; empty: none. */
export function effortsNote(names: RegExp, efforts: readonly string[], source: string): ModelNote {
  const words = efforts.map((effort) => `\`${effort}\``).join(', ');
  const why =
    efforts.length === 0
      ? 'do not support `reasoning_effort`'
      : `accept only these values of \`reasoning_effort\`: ${words}`;
  return { names, responsesOnly: false, renames: {}, efforts, why, source };
}

type RowFields = Pick<ProviderRow, 'name' | 'displayName' | 'baseUrl' | 'keyVariable' | 'source'> &
  Partial<ProviderRow>;

/** Makes a row. Members that are left out are those of an OpenAI-compatible provider with a bearer key. */
export function row(fields: RowFields): ProviderRow {
  return {
    auth: fields.keyVariable === null ? 'none' : 'bearer',
    dialect: 'openai',
    responses: false,
    serves: ['chat'],
    vectorForm: null,
    places: {},
    paths: null,
    trustedAnswers: false,
    usageOption: true,
    schemas: true,
    outputCap: 'max_tokens',
    takesThoughts: false,
    effortByName: false,
    takesRouteTerms: false,
    renames: {},
    models: [],
    members: {},
    fit: null,
    notes: '',
    evidence: 'unchecked',
    ...fields,
  };
}
