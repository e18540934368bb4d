/** A tool call, as the model makes it and as the client gets it. */
export interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a fake provider answers, independent of any dialect. */
export interface Script {
  readonly thought?: { readonly text: string; readonly signature: string };
  readonly text?: string;
  readonly refusal?: string;
  readonly calls?: readonly Call[];
  readonly finish: 'stop' | 'length' | 'tools' | 'refusal';
  /** Fails before the first byte, fails in mid-stream, or stalls there. */
  readonly failure?: 'before' | 'middle' | 'silence';
}

/** The usage that every fake reports: 8 of 21 input tokens are cached. */
export const TOKENS = { input: 21, cached: 8, output: 13 } as const;

/** What a provider understood of a request, independent of any dialect. */
export interface Understood {
  readonly system: string;
  /** All texts of user and assistant, in order. */
  readonly said: readonly string[];
  /** Images, as base64. */
  readonly images: readonly string[];
  readonly tools: readonly string[];
  readonly results: readonly string[];
  /** The schema of the answer; `null` for none. */
  readonly schema: unknown;
  readonly maxTokens: number | null;
  readonly thinks: boolean;
  /** Signatures of reasoning that was sent back. */
  readonly signatures: readonly string[];
}

/** What a client got, independent of any dialect. */
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

/** What a client requests, independent of any dialect. */
export interface Wish {
  readonly system?: string;
  readonly text: string;
  /** A PNG in base64. */
  readonly image?: string;
  readonly tools?: readonly string[];
  readonly schema?: Record<string, unknown>;
  readonly thinks?: boolean;
  readonly maxTokens?: number;
  /** The assistant's turn with tool calls, and the results by call id. */
  readonly earlier?: {
    readonly turn: Record<string, unknown>;
    readonly results: Readonly<Record<string, string>>;
  };
}
