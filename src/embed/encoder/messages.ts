/** Properties of a loaded encoder. */
export interface EncoderFacts {
  /** From a hash of the model's and the tokenizer's bytes. */
  readonly id: string;
  readonly dims: number;
}

/** The first message to a process. */
export interface EncoderSetup {
  /** A folder, or the name of a model to download. */
  readonly source: string;
  readonly cacheFolder: string;
}

/** A request to a process: encode these texts. */
export interface EncodeRequest {
  readonly texts: readonly string[];
}

/** A message from a process: first `ready` or `failed`, then one reply to each request. */
export type EncoderReply =
  | { readonly kind: 'ready'; readonly facts: EncoderFacts }
  | { readonly kind: 'vectors'; readonly vectors: Float32Array }
  | { readonly kind: 'failed'; readonly why: string };
