/** A tool call, as the model makes it and as the client gets it. */
export interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a fake provider is to answer, in no dialect. */
export interface Script {
  readonly thought?: { readonly text: string; readonly signature: string };
  readonly text?: string;
  readonly refusal?: string;
  readonly calls?: readonly Call[];
  readonly finish: 'stop' | 'length' | 'tools' | 'refusal';
  /** Fails before the first byte, in the middle of a stream, or falls silent there. */
  readonly failure?: 'before' | 'middle' | 'silence';
}

/** Tokens that every fake reports: of 21 input tokens 8 came from the cache. */
export const TOKENS = { input: 21, cached: 8, output: 13 } as const;

/** What a provider understood of a request, in no dialect. */
export interface Understood {
  readonly system: string;
  /** Everything that user and assistant said, in order. */
  readonly said: readonly string[];
  /** Pictures, as base64. */
  readonly images: readonly string[];
  readonly tools: readonly string[];
  readonly results: readonly string[];
  /** The schema that the answer must keep; `null` for none. */
  readonly schema: unknown;
  readonly maxTokens: number | null;
  readonly thinks: boolean;
  /** Signatures of thoughts that came back. */
  readonly signatures: readonly string[];
}

/** What a client saw of an answer, in no dialect. */
export interface Seen {
  readonly status: number;
  readonly text: string;
  readonly thought: string;
  readonly refused: boolean;
  readonly calls: readonly (Call & { readonly id: string })[];
  readonly finish: Script['finish'] | null;
  readonly tokens: typeof TOKENS | null;
  readonly error: { readonly type: string; readonly message: string } | null;
  /** What to send back as the assistant's turn. */
  readonly turn: Record<string, unknown>;
}

/** What a client asks, in no dialect. */
export interface Wish {
  readonly system?: string;
  readonly text: string;
  /** A PNG in base64. */
  readonly image?: string;
  readonly tools?: readonly string[];
  readonly schema?: Record<string, unknown>;
  readonly thinks?: boolean;
  readonly maxTokens?: number;
  /** The assistant's turn that called tools, and what the tools gave, by the call's id. */
  readonly earlier?: {
    readonly turn: Record<string, unknown>;
    readonly results: Readonly<Record<string, string>>;
  };
}
