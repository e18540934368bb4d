/**
 * What a request can need of a model, and a model can offer.
 *
 * `reasoning` means that the model can think before it answers; `prompt_caching` that
 * its provider charges less for a repeated prefix; `embeddings` that it makes vectors, and no answers.
 */
export const CAPABILITIES = [
  'tools',
  'parallel_tools',
  'vision',
  'audio',
  'pdf',
  'json_mode',
  'json_schema',
  'reasoning',
  'prompt_caching',
  'embeddings',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** US dollars per million tokens. `null` means unknown, which is never the same as free. */
export interface Rates {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  /** For what is kept for an hour; `null` or absent: as `cacheWrite`. */
  readonly cacheWriteHour?: number | null;
}

/** What a model costs at one place, and since when. */
export interface Price extends Rates {
  /** The day on which the figures were read at `source`, as YYYY-MM-DD; `null` when an operator gave none. */
  readonly asOf: string | null;
  /** The page or document that states the figures; `configuration` for an operator's own. */
  readonly source: string;
  /** Rates for the whole request once its input passes a length; ascending. */
  readonly tiers: readonly (Rates & { readonly aboveInputTokens: number })[];
}

/** A place where a model runs, by the provider's name in `upstream/providers`. */
export interface Host {
  readonly provider: string;
  /** What this provider calls the model: the value its `model` field wants. */
  readonly model: string;
  /** `null`: unknown, so the cost of a request to it is unknown too. */
  readonly price: Price | null;
  /** The day, as YYYY-MM-DD, from which the provider refuses requests to it; absent while none is known. */
  readonly retired?: string;
}

/** A model as the catalog knows it. Facts, each from a source; `null` where none was found. */
export interface Model {
  /** `vendor/name`, lower case: the name clients may write and the router ranks. */
  readonly id: string;
  readonly vendor: string;
  readonly displayName: string;
  /** Day of release, YYYY-MM-DD or YYYY-MM. */
  readonly released: string | null;
  /** Tokens of input and output together. */
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly capabilities: ReadonlySet<Capability>;
  /** Published benchmark figures by benchmark name (`mmlu_pro`, `gpqa_diamond`…), 0 to 100 or Elo. */
  readonly benchmarks: Readonly<Record<string, number>>;
  /** General strength as it was measured here; published figures are not asked then. */
  readonly strength?: OwnStrength | undefined;
  /** Typical speed, as published or measured. */
  readonly speed: Speed | null;
  readonly hosts: readonly Host[];
  /** Answers are made up by this program; no model is behind them. */
  readonly simulated: boolean;
}

/** How strong a model is, by answers of its own: log-odds, 0 for an average model. */
export interface OwnStrength {
  readonly mean: number;
  /** One standard deviation. Above 0. */
  readonly error: number;
}

/** How fast answers come. */
export interface Speed {
  /** Milliseconds from request to first token. */
  readonly firstTokenMs: number;
  readonly tokensPerS: number;
}

/** Characters of a model's name, at most: more than any vendor's, and little where it is kept, logged or quoted. */
export const MAX_MODEL_NAME = 512;

/** A model that this installation can reach, and where, best place first. */
export interface ServedModel {
  readonly model: Model;
  readonly upstreams: readonly [Upstream, ...Upstream[]];
}

/** One place a request can be sent to. */
export interface Upstream {
  /** `provider/name-there`, for logs and metrics. */
  readonly id: string;
  readonly provider: string;
  /** The gateway's name of the model, `vendor/name`. */
  readonly modelId: string;
  /** What the provider calls it. */
  readonly upstreamModel: string;
  /** What the provider speaks; absent where nobody has asked. */
  readonly dialect?: string;
  /** Clients of OpenAI's responses are understood besides. */
  readonly responses?: boolean;
  readonly price: Price | null;
}
