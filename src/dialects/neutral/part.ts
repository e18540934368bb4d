/** Vendors that issue file ids and signatures of reasoning which only they can read. */
export const VENDORS = ['anthropic', 'gemini', 'openai'] as const;

export type Vendor = (typeof VENDORS)[number];

/** Where the content of an image, a document or an audio recording is. */
export type Source =
  | { readonly kind: 'bytes'; readonly mediaType: string; readonly base64: string }
  | { readonly kind: 'url'; readonly url: string }
  /** A file uploaded to a vendor earlier, by the vendor's id. */
  | { readonly kind: 'file'; readonly id: string; readonly owner: Vendor }
  | { readonly kind: 'text'; readonly text: string };

/** Asks the provider to cache the prompt up to here; `ttl` is a duration such as `1h`, `null` for the default. */
export interface CacheMarker {
  readonly ttl: string | null;
}

interface Placed {
  /** Its path in the client's request: `messages[2].content[0]`. */
  readonly at: string;
  readonly cache?: CacheMarker;
}

export interface TextPart extends Placed {
  readonly kind: 'text';
  readonly text: string;
}

export interface MediaPart extends Placed {
  readonly kind: 'image' | 'audio' | 'document';
  readonly source: Source;
  /** The name of a file, or the title of a document. */
  readonly name?: string;
  /** The resolution at which an image is read: `low`, `high`, `auto`. */
  readonly detail?: string;
  /** Additional context for a document, besides its content. */
  readonly context?: string;
  /** The answer should cite the document. */
  readonly cited?: boolean;
}

export interface ToolCallPart extends Placed {
  readonly kind: 'tool_call';
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: usually a JSON object, but it may be malformed. */
  readonly arguments: string;
}

export interface ToolResultPart extends Placed {
  readonly kind: 'tool_result';
  readonly callId: string;
  /** Text and media. */
  readonly parts: readonly ContentPart[];
  readonly isError: boolean;
}

/** A model's reasoning before its answer. */
export interface ReasoningPart extends Placed {
  readonly kind: 'reasoning';
  readonly text: string;
  /** Proves to the vendor that the reasoning is its own model's; `null` if unsigned. */
  readonly signature: string | null;
  /** Reasoning that only its vendor can read, in which case `text` is empty; otherwise `null`. */
  readonly redacted: string | null;
  /** The vendor of the model; meaningful only if `signature` or `redacted` is set. */
  readonly vendor: Vendor;
}

export interface RefusalPart extends Placed {
  readonly kind: 'refusal';
  readonly text: string;
}

/** A part that only the client's dialect can express. */
export interface ForeignPart extends Placed {
  readonly kind: 'foreign';
  /** Its `type` in that dialect. */
  readonly type: string;
  /** It only says how to process another part. */
  readonly isKnob?: true;
}

/** A part of a message, independent of any dialect. */
export type ContentPart =
  TextPart | MediaPart | ToolCallPart | ToolResultPart | ReasoningPart | RefusalPart | ForeignPart;

/** A message. Consecutive turns may have the same role. */
export interface Turn {
  /** Tool results have a role of their own, even if the dialect sends them as the user. */
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly ContentPart[];
  readonly at: string;
}

/** Whether a part is reasoning that `vendor` accepts as its own model's; by default, any vendor. */
export function isSignedReasoning(part: ContentPart, vendor?: Vendor): part is ReasoningPart {
  if (part.kind !== 'reasoning' || (vendor ?? part.vendor) !== part.vendor) return false;
  return part.signature !== null || part.redacted !== null;
}
