import type { AskedLength } from './asked-length.js';
import type { Binding, Conversation, OutputFormat } from '../core/conversation.js';
import type { Capability } from '../core/model.js';
import { readDemand } from './demand.js';
import type { Demand } from './demand.js';
import { measureRequest } from './dense-features.js';
import type { ReadText } from './dense-features.js';
import { readLanguage } from './language.js';
import { readMaths, readNotation } from './notation.js';
import { readStatistics } from './text-statistics.js';
import { estimateTokens } from './token-estimate.js';

/** What a request says about itself, before any model is looked at. */
export interface Features {
  /** The turns that carry the demand, boilerplate and tool dumps stripped. */
  readonly text: string;
  /** What is embedded: `text` without code or a long text that something is to be done with. */
  readonly task: string;
  /** Estimated tokens of the whole input: messages, tools and schema. */
  readonly inputTokens: number;
  /** ISO 639-1 code of the main language, `und` when undetermined. */
  readonly language: string;
  /** Share of the text that is code, 0 to 1. */
  readonly code: number;
  /** How mathematical the text is, 0 to 1. */
  readonly maths: number;
  /** Characters of a text that the newest turn brings along to have something done with it; 0 for none. */
  readonly materialChars: number;
  /** User turns in the conversation. */
  readonly turns: number;
  /** Tools offered. */
  readonly tools: number;
  readonly images: number;
  readonly format: OutputFormat;
  /** Capabilities without which a model cannot serve the request. */
  readonly needs: readonly Capability[];
  /** What only some providers can read; absent for nothing. */
  readonly bound?: readonly Binding[];
  /** How long the answer is asked to be in words; absent where nothing is said. */
  readonly askedLength?: AskedLength;
  /** The client's own cap on the answer, `null` for none. */
  readonly maxOutputTokens: number | null;
  /** The numbers the predictor reads beside the embedding, in `FEATURE_NAMES` order. */
  readonly dense: Float32Array;
  /** What an encoder of the operator's makes of `task`, as it came; see `PromptReader`. Absent where none was asked. */
  readonly encoded?: Float32Array;
}

/**
 * Reads a conversation for everything the router goes by.
 *
 * Pure, and quick whatever the client sends: all that is costly looks at a bounded sample. Every
 * number of `dense` is finite and lies between 0 and 2.
 */
export function readFeatures(conversation: Conversation): Features {
  const demand = readDemand(conversation);
  const { text, task } = demand;
  const asked = readText(task);
  // Rules may ask about the material as well.
  const whole = demand.materialChars === 0 ? asked : readText(text);
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
    dense: measureRequest({ conversation, demand, asked }),
  };
}

function readText(text: string): ReadText {
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
  // A history of tool calls must be understood even when no tool is offered any more.
  if (offered || demand.toolCalls > 0 || demand.toolResults > 0) needs.push('tools');
  if (offered && conversation.parallelTools === true) needs.push('parallel_tools');
  if (demand.images > 0) needs.push('vision');
  if (demand.audios > 0) needs.push('audio');
  if (demand.files > 0) needs.push('pdf');
  if (conversation.format === 'json_object') needs.push('json_mode');
  if (conversation.format === 'json_schema') needs.push('json_schema');
  return needs;
}
