import type { OutputFormat } from '../core/conversation.js';
import type { Capability } from '../core/model.js';

/** What a request says about itself, before any model is looked at. */
export interface Features {
  /** What is embedded: the turns that carry the demand, boilerplate and tool dumps stripped. */
  readonly text: string;
  /** Estimated tokens of the whole input: messages, tools and schema. */
  readonly inputTokens: number;
  /** ISO 639-1 code of the main language, `und` when undetermined. */
  readonly language: string;
  /** Share of the text that is code, 0 to 1. */
  readonly code: number;
  /** How mathematical the text is, 0 to 1. */
  readonly maths: number;
  /** User turns in the conversation. */
  readonly turns: number;
  /** Tools offered. */
  readonly tools: number;
  readonly images: number;
  readonly format: OutputFormat;
  /** Capabilities without which a model cannot serve the request. */
  readonly needs: readonly Capability[];
  /** The client's own cap on the answer, `null` for none. */
  readonly maxOutputTokens: number | null;
  /** The numbers the predictor reads beside the embedding, in `FEATURE_NAMES` order. */
  readonly dense: Float32Array;
}
