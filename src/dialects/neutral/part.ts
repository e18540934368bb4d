/** Vendors that keep files of their clients, want their models' thoughts back, and know both by what they gave for them. */
export const VENDORS = ['anthropic', 'gemini', 'openai'] as const;

export type Vendor = (typeof VENDORS)[number];

/** Where the bytes of an image, a document or a recording are. */
export type Source =
  | { readonly kind: 'bytes'; readonly mediaType: string; readonly base64: string }
  | { readonly kind: 'url'; readonly url: string }
  /** A file that was uploaded to a vendor before, by the vendor's own id. */
  | { readonly kind: 'file'; readonly id: string; readonly owner: Vendor }
  | { readonly kind: 'text'; readonly text: string };

/** Asks the provider to keep the prompt up to here; `ttl` is a duration such as `1h`, `null` for the usual one. */
export interface CacheMarker {
  readonly ttl: string | null;
}

interface Placed {
  /** Where the client wrote it, as a path: `messages[2].content[0]`. */
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
  /** A file's name, a document's title. */
  readonly name?: string;
  /** `low`, `high`, `auto`: how closely to look at an image. */
  readonly detail?: string;
  /** What the model is told of a document besides its content. */
  readonly context?: string;
  /** The answer is to cite the document. */
  readonly cited?: boolean;
}

export interface ToolCallPart extends Placed {
  readonly kind: 'tool_call';
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: mostly a JSON object. */
  readonly arguments: string;
}

export interface ToolResultPart extends Placed {
  readonly kind: 'tool_result';
  readonly callId: string;
  /** Text and media. */
  readonly parts: readonly ContentPart[];
  readonly isError: boolean;
}

/** What a model thought before it answered. */
export interface ReasoningPart extends Placed {
  readonly kind: 'reasoning';
  readonly text: string;
  /** Proves to the vendor that the thought is its own model's; `null` where nothing proves it. */
  readonly signature: string | null;
  /** A thought that only its vendor can read; then `text` is empty. */
  readonly redacted: string | null;
  /** Whose model thought it, as far as anything proves it. */
  readonly vendor: Vendor;
}

export interface RefusalPart extends Placed {
  readonly kind: 'refusal';
  readonly text: string;
}

/** Something that only the client's own dialect has a word for. */
export interface ForeignPart extends Placed {
  readonly kind: 'foreign';
  /** Its `type` in that dialect. */
  readonly type: string;
  /** It only says how to look at something that another part shows. */
  readonly isKnob?: true;
}

/** A piece of a message, free of any dialect. */
export type ContentPart =
  TextPart | MediaPart | ToolCallPart | ToolResultPart | ReasoningPart | RefusalPart | ForeignPart;

/** One message. Turns of one role may follow each other. */
export interface Turn {
  /** Results of tools have a role of their own, whoever sends them in a dialect. */
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly ContentPart[];
  readonly at: string;
}

/** Tells a thought that a vendor takes back as its own model's; by default any vendor. */
export function isProvenThought(part: ContentPart, vendor?: Vendor): part is ReasoningPart {
  if (part.kind !== 'reasoning' || (vendor ?? part.vendor) !== part.vendor) return false;
  return part.signature !== null || part.redacted !== null;
}
