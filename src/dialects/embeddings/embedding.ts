import type { GatewayError } from '../../core/errors.js';
import type { JsonObject } from '../json.js';
import type { LossPolicy, Losses } from '../neutral/losses.js';

/** A text, or the ids of its tokens. */
export type EmbeddingInput = string | readonly number[];

/** What a client wants vectors of, free of any dialect. */
export interface EmbeddingRequest {
  /** The body as it came. */
  readonly body: Buffer;
  /** The same, parsed: every request that is made of it may look here for what its provider knows. */
  readonly said: JsonObject;
  /** What the client wrote as `model`. */
  readonly model: string;
  /** At least one. */
  readonly inputs: readonly EmbeddingInput[];
  /** Length of the vectors; `null` for the model's own. */
  readonly dimensions: number | null;
  /** Vectors are wanted as little-endian 32-bit floats in base64. */
  readonly base64: boolean;
  /** One vector is asked for, not a list of them: the answer's form differs in Gemini's dialect. */
  readonly single: boolean;
  /**
   * Members that only the client's own dialect has a word for, as paths. Where `inputs` are only some of them, the
   * first of these requests has all, and the others none.
   */
  readonly foreign: readonly string[];
  /** Where `inputs` begin among those of the client, where they are only some of them; absent for 0. */
  readonly from?: number;
}

/** A vector as numbers, or as little-endian 32-bit floats in base64. */
export type Vector = readonly number[] | string;

/** Vectors, one for each input in its order. */
export interface Embeddings {
  readonly vectors: readonly Vector[];
  /** `null` where the provider names none. */
  readonly model: string | null;
  /** `null` where the provider tells no usage. */
  readonly inputTokens: number | null;
}

/** The place that vectors are asked of, as far as the words depend on it. */
export interface EmbeddingTarget {
  /** What the provider calls the model. */
  readonly model: string;
  readonly provider: string;
  /** What the provider calls members of the request; `null` for those it refuses. */
  readonly renames: Readonly<Record<string, string | null>>;
  readonly onLoss: LossPolicy;
  /** The provider keeps OpenAI's rules: its bytes are passed on. */
  readonly trusted: boolean;
}

/** What is filled in where a provider says nothing of it. */
export interface EmbeddingDefaults {
  /** The gateway's `vendor/name`. */
  readonly model: string;
  readonly inputTokens: number;
}

/** How clients of a dialect ask for vectors. */
export interface EmbeddingClient {
  readonly name: 'openai' | 'gemini';
  /** @throws {GatewayError} `invalid_json` or `invalid_request`, naming the field */
  readRequest(body: Buffer): EmbeddingRequest;
  writeAnswer(answer: Embeddings, request: EmbeddingRequest, defaults: EmbeddingDefaults): Buffer;
  readonly writeError: (error: GatewayError) => string;
}

/** A request as the provider is to get it. */
export interface AskedVectors {
  /** Behind the provider's base URL. */
  readonly path: string;
  readonly body: Buffer;
}

/** An answer that should hold vectors. */
export interface VectorsAnswer {
  readonly body: Buffer;
  /** Asked by a name in lower case. */
  readonly header: (name: string) => string | undefined;
}

/** How providers of a dialect are asked for vectors. */
export interface EmbeddingProvider {
  /** The most inputs that one request to a model may have, at least 1; further ones make further requests. */
  mostInputs(model: string): number;
  /** @throws {GatewayError} `invalid_request` for what cannot be said */
  writeRequest(request: EmbeddingRequest, target: EmbeddingTarget, losses: Losses): AskedVectors;
  /** @throws {GatewayError} `upstream_failed` if the body holds no vectors, or an error in a 200 */
  readAnswer(answer: VectorsAnswer): Embeddings;
}

/** How a dialect asks for vectors in both directions, and what of it needs no translation. */
export interface EmbeddingDialect extends EmbeddingClient, EmbeddingProvider {
  /** The client's bytes with only what must change replaced. */
  editRequest(request: EmbeddingRequest, target: EmbeddingTarget): AskedVectors;
  /**
   * The provider's answer for a client of the same dialect.
   *
   * @throws {GatewayError} `upstream_failed` if there is not one vector for each input, unless the provider is trusted
   */
  passAnswer(
    body: Buffer,
    request: EmbeddingRequest,
    target: EmbeddingTarget,
    defaults: EmbeddingDefaults,
  ): PassedVectors;
}

/** Vectors as the client gets them. */
export interface PassedVectors {
  readonly body: Buffer;
  /** `null` where the provider tells no usage. */
  readonly inputTokens: number | null;
}
