/** What is known of an encoder once it is loaded. */
export interface EncoderFacts {
  /** Of the model's and the tokenizer's bytes. */
  readonly id: string;
  readonly dims: number;
}

/** What a process is told first. */
export interface ProcessSetup {
  /** A folder, or the name of a model to download. */
  readonly source: string;
  readonly cacheFolder: string;
}

/** What a process is asked: the vectors of these texts. */
export interface ToProcess {
  readonly texts: readonly string[];
}

/** What a process says: first `ready` or `failed`, then one answer to each question. */
export type FromProcess =
  | { readonly kind: 'ready'; readonly facts: EncoderFacts }
  | { readonly kind: 'vectors'; readonly vectors: Float32Array }
  | { readonly kind: 'failed'; readonly why: string };
