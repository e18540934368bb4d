/** A conversation in no particular dialect: what the router reads. */
export interface Conversation {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  /** The client demands a tool call (`required`, or one named tool). */
  readonly toolRequired: boolean;
  /** The client allows several tool calls in one answer; `null` when it does not say. */
  readonly parallelTools: boolean | null;
  readonly format: OutputFormat;
  /** The client's cap on output tokens; `null` for none. */
  readonly maxOutputTokens: number | null;
  /** Answers asked for (`n`). At least 1. */
  readonly choices: number;
  /** `minimal`, `low`, `medium`, `high`…, as the client wrote it; `null` when it does not say. */
  readonly reasoningEffort: string | null;
  /** Parts that only some providers can read; absent if there are none. */
  readonly bound?: readonly VendorBinding[];
}

/** A part of the request that only providers of some dialects can read: a file's id, the signature of a thought. */
export interface VendorBinding {
  /** Where the client wrote it, as a path. */
  readonly at: string;
  readonly dialects: readonly string[];
  /** The request makes no sense without it. Otherwise it counts only if some model's provider can read it. */
  readonly isFirm: boolean;
}

export type OutputFormat = 'text' | 'json_object' | 'json_schema';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly Part[];
}

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image' }
  | { readonly kind: 'audio'; readonly content?: MediaContent }
  | { readonly kind: 'file'; readonly content?: MediaContent }
  | { readonly kind: 'tool_call'; readonly name: string; readonly arguments: string }
  | { readonly kind: 'tool_result'; readonly text: string }
  | { readonly kind: 'refusal'; readonly text: string };

/** Bytes that came with the request. */
export interface MediaContent {
  readonly mediaType: string;
  readonly base64: string;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments, unchecked; `null` for none. */
  readonly parameters: Readonly<Record<string, unknown>> | null;
  /** Characters of the tool's whole definition; its share of the prompt. */
  readonly definitionLength: number;
}
