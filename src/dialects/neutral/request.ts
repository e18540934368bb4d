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

/** The required format of the answer. */
export type AnswerFormat =
  | { readonly kind: 'text' | 'json_object' }
  | {
      readonly kind: 'json_schema';
      readonly name: string;
      readonly description: string | null;
      readonly schema: JsonObject;
      readonly strict: boolean | null;
    };

/** The reasoning settings. */
export interface Thinking {
  /** `adaptive`: the model decides itself. */
  readonly mode: 'on' | 'off' | 'adaptive';
  /** `minimal`, `low`, `medium`, `high`, `xhigh`, `max`; `null` if the client does not say. */
  readonly effort: string | null;
  /** Maximum reasoning tokens; `null` if the client does not say. */
  readonly budgetTokens: number | null;
  /** The client does not want reasoning in the answer; absent if it does, or does not say. */
  readonly isHidden?: boolean;
  readonly at: string;
}

/** Absent if the client does not say. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
}

/** A member of the request that has no equivalent in other dialects. */
export interface ForeignMember {
  readonly field: string;
  /** The dialect documents it, so its name may be a metric's label. */
  readonly isKnown: boolean;
  /** It does not affect the answer, so no request fails because of it. */
  readonly isHint?: boolean;
  /** A tool that runs at the provider, or that only its models know. */
  readonly isTool?: boolean;
}

/** A complete request, independent of any dialect. */
export interface NeutralRequest {
  readonly stream: boolean;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice | null;
  /** Allows several calls in one answer; `null` if the client does not say. */
  readonly parallelTools: boolean | null;
  readonly format: AnswerFormat;
  readonly thinking: Thinking | null;
  readonly sampling: Sampling;
  readonly maxOutputTokens: number | null;
  readonly stop: readonly string[];
  /** The number of choices requested, at least 1. */
  readonly choices: number;
  /** Log probabilities: the number of alternatives per token; `null` for no log probabilities. */
  readonly logprobs: number | null;
  /** The client's id for the end user. */
  readonly user: string | null;
  readonly serviceTier: 'auto' | 'standard' | 'flex' | 'priority' | null;
  /** A cache marker for the whole prompt. */
  readonly cache: CacheMarker | null;
  /** Provider-specific members, by name of provider, kind or dialect. */
  readonly providerOptions: Readonly<Record<string, JsonObject>>;
  readonly foreign: readonly ForeignMember[];
  /** As `foreign`, for nested members: collected only if the request is translated. */
  readonly unread?: () => readonly ForeignMember[];
  /** The client's names for fields that are named differently between dialects. */
  readonly names: FieldNames;
}

/** The names of fields in the client's dialect, so that a warning names what the client wrote. */
export interface FieldNames {
  readonly maxOutputTokens: string;
  readonly stop: string;
  readonly topP: string;
  readonly format: string;
  /** The field that requires the answer to match the schema exactly. */
  readonly strict: string;
  readonly parallelTools: string;
  readonly user: string;
}
