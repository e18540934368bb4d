import type { DialectName } from '../../dialects/dialect.js';
import type { EmbeddingFormat } from '../../dialects/embeddings/embeddings.js';
import type { UnsupportedParams } from '../../dialects/unsupported-params.js';

/** A part of a provider's address that is the operator's: a region, a project, a name. */
export interface AddressParameter {
  /** The environment variables that may hold it, the first that is set counts. */
  readonly variables: readonly string[];
  /** What it is where nobody says; `null` where somebody has to. */
  readonly usual: string | null;
}

/** How a provider knows who asks. */
export type Auth =
  /** `authorization: Bearer KEY`, or the header of the dialect (`x-api-key`, `x-goog-api-key`). */
  | 'bearer'
  /** `api-key: KEY`. */
  | 'api-key'
  /** A bearer key, or a signature of AWS (SigV4). */
  | 'aws'
  /** A key, or a token that is exchanged for the credentials of a service account. */
  | 'google'
  | 'none';

/** What some of a provider's models want otherwise than the rest. */
export interface ModelNote {
  /** Matches their names, as the provider has them. */
  readonly names: RegExp;
  /** They know OpenAI's responses and no chat; says nothing where the provider speaks no responses. */
  readonly responsesOnly: boolean;
  /** As those of the row, besides. */
  readonly renames: Readonly<Record<string, string | null>>;
  /** What makes requests to them fail; absent for nothing. */
  readonly refuses?: readonly UnsupportedParams[];
  /** The efforts that they know (`reasoning_effort`), and none for those that do not think; absent where nothing is known. */
  readonly efforts?: readonly string[];
  /** For people, as what is said of "those models". */
  readonly why: string;
  /** Where that is documented. */
  readonly source: string;
}

/** A place that serves models over HTTP, as data. Most providers differ in nothing else. */
export interface ProviderRow {
  /** The name used in the catalog, in configuration and in metrics. */
  readonly name: string;
  readonly displayName: string;
  /**
   * Everything before `/chat/completions`, `/messages` or `/models/…`; no slash at its end.
   *
   * Places stand in braces; `{location.aiplatform}` is the host of that service of Google's at one.
   */
  readonly baseUrl: string;
  /** The environment variable that holds the key; `null` when the provider asks for none. */
  readonly keyVariable: string | null;
  readonly auth: Auth;
  readonly dialect: DialectName;
  /** Speaks OpenAI's responses besides. */
  readonly responses: boolean;
  /** What it serves; without `chat` the router never asks it. */
  readonly serves: readonly ('chat' | 'embeddings')[];
  /** What it is asked for vectors in; `null` for what its dialect has for them. */
  readonly vectorForm: EmbeddingFormat | null;
  /** What stands in braces in `baseUrl` and `paths`, by name. */
  readonly places: Readonly<Record<string, AddressParameter>>;
  /** Paths behind the base URL where they are not the dialect's own; `{model}` is what the provider calls it. */
  readonly paths: { readonly whole: string; readonly stream: string } | null;
  /** Answers keep OpenAI's own rules, so that their bytes may be passed on as they are. */
  readonly trustedAnswers: boolean;
  /** Takes `stream_options`; where `false`, sending it makes the request fail. */
  readonly usageOption: boolean;
  /** Keeps an answer to a schema (`response_format` of type `json_schema`); where `false`, sending one makes the request fail. */
  readonly schemas: boolean;
  /** What bounds an answer's length; OpenAI's newer models refuse the older name, many others the newer. */
  readonly outputCap: 'max_tokens' | 'max_completion_tokens';
  /** Wants what its models thought in earlier turns back, as `reasoning_content`; others may refuse that member. */
  readonly takesThoughts: boolean;
  /**
   * Request members that this provider calls otherwise, by the name in the dialect; `null` leaves
   * a member out that would only make the request fail and says nothing about the answer.
   */
  readonly renames: Readonly<Record<string, string | null>>;
  /** By its models' names; all that match count. */
  readonly models: readonly ModelNote[];
  /** Members that every request has, where the client writes none of the name; `null` takes one out. */
  readonly members: Readonly<Record<string, string | boolean | null>>;
  /** What has to be done to a request beyond names of members; `null` for nothing. */
  readonly fit: 'mistral' | 'deepseek' | null;
  /** Refuses `reasoning`, the object, and takes `reasoning_effort`. */
  readonly effortByName: boolean;
  /** Chooses among providers itself, by the request's `provider`. */
  readonly takesRouteTerms: boolean;
  /** Why the row is as it is, for people; empty where there is nothing to say. */
  readonly notes: string;
  /** Where the address is documented. */
  readonly source: string;
  /** What the address was checked against, if anything: exchanges that were recorded there, or the page of `source`. */
  readonly evidence: 'recorded' | 'documented' | 'unchecked';
}

/** A note on models that refuse members of requests, whatever else these have; by name, with what says no more than silence. */
export function refusalNote(
  names: RegExp,
  members: UnsupportedParams['members'],
  why: string,
  source: string,
): ModelNote {
  const refuses = [{ members, unlessEffort: null, beside: null }];
  return { names, responsesOnly: false, renames: {}, refuses, why, source };
}

/** A note on models that know only these efforts, which may be none. */
export function effortsNote(names: RegExp, efforts: readonly string[], source: string): ModelNote {
  const words = efforts.map((effort) => `\`${effort}\``).join(', ');
  const why =
    efforts.length === 0
      ? 'do not support `reasoning_effort`'
      : `accept only these values of \`reasoning_effort\`: ${words}`;
  return { names, responsesOnly: false, renames: {}, efforts, why, source };
}

type Given = Pick<ProviderRow, 'name' | 'displayName' | 'baseUrl' | 'keyVariable' | 'source'> &
  Partial<ProviderRow>;

/** A row of a provider that imitates OpenAI and asks for a bearer key, but for what is given. */
export function row(given: Given): ProviderRow {
  return {
    auth: given.keyVariable === null ? 'none' : 'bearer',
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
    ...given,
  };
}
