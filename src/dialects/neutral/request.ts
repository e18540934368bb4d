import type { JsonObject } from '../json.js';
import type { CacheMarker, Turn } from './part.js';

/** A function that the client offers to the model. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of its arguments; `null` for a function without any. */
  readonly parameters: JsonObject | null;
  /** Arguments must match the schema exactly; `null` if the client does not say. */
  readonly strict: boolean | null;
  /** Its path in the client's request. */
  readonly at: string;
  readonly cache?: CacheMarker;
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string };

/** The form that the answer's text must have. */
export type AnswerFormat =
  | { readonly kind: 'text' | 'json_object' }
  | {
      readonly kind: 'json_schema';
      readonly name: string;
      readonly description: string | null;
      readonly schema: JsonObject;
      readonly strict: boolean | null;
    };

/** How much the model is to think before it answers. */
export interface Thinking {
  /** `adaptive`: the model decides itself. */
  readonly mode: 'on' | 'off' | 'adaptive';
  /** `minimal`, `low`, `medium`, `high`, `xhigh`, `max`; `null` when the client does not say. */
  readonly effort: string | null;
  /** At most; `null` when the client does not say. */
  readonly budgetTokens: number | null;
  /** The client does not want to see what is thought; absent where it does, or does not say. */
  readonly isHidden?: boolean;
  readonly at: string;
}

/** Absent where the client does not say. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
}

/** A member of the request that no other dialect has a word for. */
export interface ForeignMember {
  readonly field: string;
  /** The dialect's document has it: its name may label a metric. */
  readonly isKnown: boolean;
  /** Changes nothing of what is answered: no request fails for it. */
  readonly isHint?: boolean;
  /** A tool that only a provider itself can run, or whose form only its models know. */
  readonly isTool?: boolean;
}

/** What a client asks for, free of any dialect and with nothing left out. */
export interface NeutralRequest {
  readonly stream: boolean;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice | null;
  /** Several calls in one answer; `null` when the client does not say. */
  readonly parallelTools: boolean | null;
  readonly format: AnswerFormat;
  readonly thinking: Thinking | null;
  readonly sampling: Sampling;
  readonly maxOutputTokens: number | null;
  readonly stop: readonly string[];
  /** Answers wanted. At least 1. */
  readonly choices: number;
  /** Likelihoods of tokens: how many alternatives beside each; `null` for none at all. */
  readonly logprobs: number | null;
  /** The client's own word for whoever asks it. */
  readonly user: string | null;
  readonly serviceTier: 'auto' | 'standard' | 'flex' | 'priority' | null;
  /** The whole prompt is to be cached. */
  readonly cache: CacheMarker | null;
  /** Members for one provider or dialect, by its name. */
  readonly providerOptions: Readonly<Record<string, JsonObject>>;
  readonly foreign: readonly ForeignMember[];
  /** As `foreign`, of members further down: looked for only where the request is translated. */
  readonly unread?: () => readonly ForeignMember[];
  /** What the client calls those fields whose names differ between dialects. */
  readonly names: FieldNames;
}

/** How fields are called in the client's dialect, so that a warning names what the client wrote. */
export interface FieldNames {
  readonly maxOutputTokens: string;
  readonly stop: string;
  readonly topP: string;
  readonly format: string;
  /** That the answer must keep the format's schema exactly. */
  readonly strict: string;
  readonly parallelTools: string;
  readonly user: string;
}
