import type { RequestedLength } from './requested-length.js';
import type { VendorBinding, Conversation, OutputFormat } from '../core/conversation.js';
import type { Capability } from '../core/model.js';
import { readDemand } from './demand.js';
import type { Demand } from './demand.js';
import { computeDenseFeatures } from './dense-features.js';
import type { TextAnalysis } from './dense-features.js';
import { readLanguage } from './language.js';
import { readMaths, readNotation } from './notation.js';
import { readStatistics } from './text-statistics.js';
import { estimateTokens } from './token-estimate.js';

/** The features of a request that do not depend on the model. */
export interface Features {
  /** The turns that carry the demand, without boilerplate and tool output. */
  readonly text: string;
  /** What is embedded: `text` without material (a long text or code to be worked on). */
  readonly task: string;
  /** Estimated tokens of the whole input: messages, tools and schema. */
  readonly inputTokens: number;
  /** ISO 639-1 code of the main language, `und` when undetermined. */
  readonly language: string;
  /** Share of the text that is code, 0 to 1. */
  readonly code: number;
  /** How mathematical the text is, 0 to 1. */
  readonly maths: number;
  /** Characters of a text or code in the newest turn that is to be worked on; 0 for none. */
  readonly materialChars: number;
  /** User turns in the conversation. */
  readonly turns: number;
  /** Tools offered. */
  readonly tools: number;
  readonly images: number;
  readonly format: OutputFormat;
  /** Capabilities without which a model cannot serve the request. */
  readonly needs: readonly Capability[];
  /** Parts that only some providers can read; absent if there are none. */
  readonly bound?: readonly VendorBinding[];
  /** Requested length of the answer; absent if none is stated or implied. */
  readonly askedLength?: RequestedLength;
  /** The client's limit on output tokens; `null` for none. */
  readonly maxOutputTokens: number | null;
  /** The predictor's numeric inputs other than the embedding, in `FEATURE_NAMES` order. */
  readonly dense: Float32Array;
  /** Vector of `task` by the operator's encoder, unchanged; see `PromptReader`. Absent without an encoder. */
  readonly encoded?: Float32Array;
}

/**
 * Extracts the features on which routing depends.
 *
 * Pure, and fast for any request: everything expensive reads a bounded sample. Every
 * number of `dense` is finite and lies between 0 and 2.
 */
export function readFeatures(conversation: Conversation): Features {
  const demand = readDemand(conversation);
  const { text, task } = demand;
  const taskAnalysis = readText(task);
  // Rules see the material as well.
  const whole = demand.materialChars === 0 ? taskAnalysis : readText(text);
  const inputTokens = estimateTokens(conversation);
  return {
    text,
    task,
    inputTokens,
    language: whole.language.code,
    code: whole.notation.code,
    maths: whole.maths,
    materialChars: demand.materialChars,
    turns: demand.turns,
    tools: conversation.tools.length,
    images: demand.images,
    format: conversation.format,
    needs: readNeeds(conversation, demand),
    ...(conversation.bound !== undefined && { bound: conversation.bound }),
    ...(demand.askedLength !== null && { askedLength: demand.askedLength }),
    maxOutputTokens: conversation.maxOutputTokens,
    dense: computeDenseFeatures({ conversation, demand, taskAnalysis }),
  };
}

function readText(text: string): TextAnalysis {
  const statistics = readStatistics(text);
  const notation = readNotation(text);
  return {
    statistics,
    notation,
    language: readLanguage(text, statistics),
    maths: readMaths(text, statistics, notation.code),
  };
}

function readNeeds(conversation: Conversation, demand: Demand): Capability[] {
  const offered = conversation.tools.length > 0;
  const needs: Capability[] = [];
  // A history with tool calls needs a model with tools even if the request offers none.
  if (offered || demand.toolCalls > 0 || demand.toolResults > 0) needs.push('tools');
  if (offered && conversation.parallelTools === true) needs.push('parallel_tools');
  if (demand.images > 0) needs.push('vision');
  if (demand.audios > 0) needs.push('audio');
  if (demand.files > 0) needs.push('pdf');
  if (conversation.format === 'json_object') needs.push('json_mode');
  if (conversation.format === 'json_schema') needs.push('json_schema');
  return needs;
}
