import type { GatewayError } from '../../core/errors.js';
import type { JsonObject } from '../json.js';
import type { LossPolicy, Losses } from '../neutral/losses.js';

/** A text, or the ids of its tokens. */
export type EmbeddingInput = string | readonly number[];

/** An embedding request, independent of any dialect. */
export interface EmbeddingRequest {
  /** The body as it came. */
  readonly body: Buffer;
  /** The parsed body, for members that only some providers support. */
  readonly parsed: JsonObject;
  /** What the client wrote as `model`. */
  readonly model: string;
  /** At least one. */
  readonly inputs: readonly EmbeddingInput[];
  /** Length of the vectors; `null` for the model's own. */
  readonly dimensions: number | null;
  /** The client wants vectors as little-endian 32-bit floats in base64. */
  readonly base64: boolean;
  /** A single vector is requested, not an array: in Gemini's dialect the answer's format differs. */
  readonly single: boolean;
  /**
   * Paths of members that only the client's dialect has. If a request is split, the first part has all of them and the
   * others none.
   */
  readonly foreign: readonly string[];
  /** The index of the first of `inputs` among the client's inputs, if the request is split; absent for 0. */
  readonly firstIndex?: number;
}

/** A vector as numbers, or as little-endian 32-bit floats in base64. */
export type Vector = readonly number[] | string;

/** Vectors, one per input, in order. */
export interface Embeddings {
  readonly vectors: readonly Vector[];
  /** `null` if the provider names none. */
  readonly model: string | null;
  /** `null` if the provider reports no usage. */
  readonly inputTokens: number | null;
}

/** The model that an embedding request goes to: the properties that the translation depends on. */
export interface EmbeddingTarget {
  /** What the provider calls the model. */
  readonly model: string;
  readonly provider: string;
  /** The provider's names for members of the request; `null` for those that it rejects. */
  readonly renames: Readonly<Record<string, string | null>>;
  readonly onLoss: LossPolicy;
  /** The provider follows OpenAI's rules: its bytes are forwarded. */
  readonly trusted: boolean;
}

/** Values for what a provider leaves out. */
export interface EmbeddingDefaults {
  /** The gateway's `vendor/name`. */
  readonly model: string;
  readonly inputTokens: number;
}

/** The client side of an embedding dialect. */
export interface EmbeddingClient {
  readonly name: 'openai' | 'gemini';
  /** @throws {GatewayError} `invalid_json` or `invalid_request`, naming the field */
  readRequest(body: Buffer): EmbeddingRequest;
  writeAnswer(answer: Embeddings, request: EmbeddingRequest, defaults: EmbeddingDefaults): Buffer;
  readonly writeError: (error: GatewayError) => string;
}

/** A request in the provider's dialect. */
export interface ProviderEmbeddingRequest {
  /** Relative to the provider's base URL. */
  readonly path: string;
  readonly body: Buffer;
}

/** A provider's response. */
export interface ProviderEmbeddingResponse {
  readonly body: Buffer;
  /** Looks a header up by its lower-case name. */
  readonly header: (name: string) => string | undefined;
}

/** The provider side of an embedding dialect. */
export interface EmbeddingProvider {
  /** The maximum number of inputs per request to a model, at least 1; more are split into several requests. */
  maxInputs(model: string): number;
  /** @throws {GatewayError} `invalid_request` for what cannot be expressed */
  writeRequest(
    request: EmbeddingRequest,
    target: EmbeddingTarget,
    losses: Losses,
  ): ProviderEmbeddingRequest;
  /** @throws {GatewayError} `upstream_failed` if the body has no vectors, or is an error inside a 200 */
  readAnswer(answer: ProviderEmbeddingResponse): Embeddings;
}

/** An embedding dialect that both clients and providers speak. */
export interface EmbeddingDialect extends EmbeddingClient, EmbeddingProvider {
  /** The client's bytes with only the necessary edits. */
  editRequest(request: EmbeddingRequest, target: EmbeddingTarget): ProviderEmbeddingRequest;
  /**
   * The provider's answer for a client of the same dialect.
   *
   * @throws {GatewayError} `upstream_failed` if there is not one vector per input, unless the provider is trusted
   */
  passAnswer(
    body: Buffer,
    request: EmbeddingRequest,
    target: EmbeddingTarget,
    defaults: EmbeddingDefaults,
  ): ClientEmbeddingAnswer;
}

/** An answer as the client gets it. */
export interface ClientEmbeddingAnswer {
  readonly body: Buffer;
  /** `null` where the provider tells no usage. */
  readonly inputTokens: number | null;
}
