import type { AskedLength } from './asked-length.js';
import type { Binding, Conversation, OutputFormat } from '../core/conversation.js';
import type { Capability } from '../core/model.js';
import { readDemand } from './demand.js';
import type { Demand } from './demand.js';
import { readLanguage } from './language.js';
import type { Language } from './language.js';
import { HINTS } from './lexicon.js';
import type { Hint } from './lexicon.js';
import { readMaths, readNotation } from './notation.js';
import type { Notation } from './notation.js';
import { readQuantities } from './quantities.js';
import type { Quantities } from './quantities.js';
import { KIND, readStatistics } from './text-statistics.js';
import type { TextStatistics } from './text-statistics.js';
import { estimateTokens } from './token-estimate.js';
import { readToolbox } from './toolbox.js';
import type { Toolbox } from './toolbox.js';

/** What a request says about itself, before any model is looked at. */
export interface Features {
  /** The turns that carry the demand, boilerplate and tool dumps stripped. */
  readonly text: string;
  /** What is embedded: `text`, but of a long text that something is to be done with no more than the first words. */
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
}

/** The order of `Features.dense`. Artefacts are trained on it, so a change here asks for new ones. */
export const FEATURE_NAMES = [
  'log_chars',
  'log_words',
  'log_input_tokens',
  'log_context_chars',
  'log_system_chars',
  'log_turns',
  'digit_share',
  'upper_share',
  'symbol_share',
  'log_newlines',
  'questions',
  'log_numbers',
  'longest_number',
  'word_length',
  'long_word_share',
  'word_variety',
  'code',
  'maths',
  'fences',
  'options',
  'list_items',
  'gaps',
  'hint_explain',
  'hint_write',
  'hint_code',
  'hint_reason',
  'hint_short',
  'english',
  'foreign_script',
  'log_tools',
  'schema',
  'images',
  'log_sentences',
  'log_longest_line',
  'log_commas',
  'log_parentheses',
  'log_operators',
  'log_commands',
  'log_decimals',
  'log_distinct_numbers',
  'largest_number',
  'log_item_chars',
  'numeric_items',
  'log_parameters',
  'log_required_parameters',
  'parameter_depth',
  'structured_parameters',
  'untyped_parameters',
  'enumerated_parameters',
  'log_parameter_chars',
  'tool_named',
  'tool_matched',
  'tool_rivalled',
  'tools_cover',
  'workbench',
] as const;

type FeatureName = (typeof FEATURE_NAMES)[number];

/** From here to the end features describe the tools that are offered; without any they are 0 and say nothing. */
export const FIRST_TOOL_FEATURE = FEATURE_NAMES.indexOf('log_parameters');

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
  const whole = text === task ? asked : readText(text);
  const inputTokens = estimateTokens(conversation);
  const dense = new Float32Array(FEATURE_NAMES.length);
  describeSize(dense, conversation, demand, inputTokens);
  describeText(dense, asked.statistics, asked.language);
  describeNotation(dense, asked.notation, asked.maths);
  describeQuantities(dense, readQuantities(task));
  describeTools(dense, readToolbox(conversation.tools, task));
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
    dense,
  };
}

interface ReadText {
  readonly statistics: TextStatistics;
  readonly notation: Notation;
  readonly language: Language;
  /** 0 to 1. */
  readonly maths: number;
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

/** Where each feature stands. */
const AT = Object.fromEntries(FEATURE_NAMES.map((name, index) => [name, index])) as Readonly<
  Record<FeatureName, number>
>;

/** How many of the dense features say something of their request; the rest are about tools, and none is offered. */
export function telling(dense: Float32Array): number {
  const offersTools = (dense[AT.log_tools] ?? 0) > 0;
  return offersTools ? dense.length : Math.min(dense.length, FIRST_TOOL_FEATURE);
}

/** Share of the letters of what is asked that are in scripts other than Latin, 0 to 1. */
export function foreignScript(dense: Float32Array): number {
  return dense[AT.foreign_script] ?? 0;
}

/** Whether a coding agent asks: it offers tools that run commands or patch files. */
export function isOfAgent(dense: Float32Array): boolean {
  return (dense[AT.workbench] ?? 0) > 0.5;
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

const SCHEMA_LEVEL = { text: 0, json_object: 0.5, json_schema: 1 } as const;

/** Everything that is large or small, whatever it says. */
function describeSize(
  dense: Float32Array,
  conversation: Conversation,
  demand: Demand,
  inputTokens: number,
): void {
  dense[AT.log_chars] = logScale(demand.taskChars);
  dense[AT.log_input_tokens] = logScale(inputTokens);
  // What came before: long sessions ask for more than their last message shows.
  dense[AT.log_context_chars] = logScale(demand.contextChars + demand.toolResultChars);
  dense[AT.log_system_chars] = logScale(demand.systemChars);
  dense[AT.log_turns] = logScale(demand.turns);
  dense[AT.log_tools] = logScale(conversation.tools.length);
  dense[AT.schema] = SCHEMA_LEVEL[conversation.format];
  dense[AT.images] = saturate(demand.images);
}

function describeText(dense: Float32Array, statistics: TextStatistics, language: Language): void {
  const { chars, kinds, words, hints } = statistics;
  const all = Math.max(1, chars);
  dense[AT.log_words] = logScale(words);
  dense[AT.digit_share] = (kinds[KIND.digit] ?? 0) / all;
  dense[AT.upper_share] = (kinds[KIND.upper] ?? 0) / all;
  dense[AT.symbol_share] = (kinds[KIND.symbol] ?? 0) / all;
  dense[AT.log_newlines] = logScale(kinds[KIND.newline] ?? 0);
  dense[AT.questions] = saturate(kinds[KIND.question] ?? 0);
  dense[AT.log_numbers] = logScale(statistics.numbers);
  dense[AT.longest_number] = Math.min(1, statistics.longestNumber / 16);
  dense[AT.word_length] = Math.min(2, statistics.wordChars / Math.max(1, words) / 10);
  dense[AT.long_word_share] = statistics.longWords / Math.max(1, words);
  dense[AT.word_variety] = Math.min(
    1,
    statistics.distinctWords / Math.max(1, words + statistics.numbers),
  );
  dense[AT.hint_explain] = hintLevel(hints, 'explain');
  dense[AT.hint_write] = hintLevel(hints, 'write');
  dense[AT.hint_code] = hintLevel(hints, 'code');
  dense[AT.hint_reason] = hintLevel(hints, 'reason');
  dense[AT.hint_short] = hintLevel(hints, 'short');
  dense[AT.english] = language.code === 'en' ? 1 : 0;
  dense[AT.foreign_script] = language.foreignScript;
}

function hintLevel(hints: Uint16Array, name: Hint): number {
  return saturate(hints[HINTS.indexOf(name)] ?? 0);
}

function describeNotation(dense: Float32Array, notation: Notation, maths: number): void {
  dense[AT.code] = notation.code;
  dense[AT.maths] = maths;
  dense[AT.fences] = saturate(notation.fences);
  dense[AT.options] = Math.min(1, notation.options / 5);
  dense[AT.list_items] = saturate(notation.listItems / 3);
  dense[AT.gaps] = saturate(notation.gaps);
}

function describeQuantities(dense: Float32Array, quantities: Quantities): void {
  dense[AT.log_sentences] = logScale(quantities.sentences);
  dense[AT.log_longest_line] = logScale(quantities.longestLine);
  dense[AT.log_commas] = logScale(quantities.commas);
  dense[AT.log_parentheses] = logScale(quantities.parentheses);
  dense[AT.log_operators] = logScale(quantities.operators);
  dense[AT.log_commands] = logScale(quantities.commands);
  dense[AT.log_decimals] = logScale(quantities.decimals);
  dense[AT.log_distinct_numbers] = logScale(quantities.distinctNumbers);
  // A number's size tells by its digits, and of them the first few.
  dense[AT.largest_number] = Math.log1p(Math.log1p(quantities.largestNumber)) / 2;
  dense[AT.log_item_chars] = logScale(quantities.itemChars);
  dense[AT.numeric_items] = quantities.numericItems;
}

function describeTools(dense: Float32Array, toolbox: Toolbox): void {
  dense[AT.log_parameters] = logScale(toolbox.parameters);
  dense[AT.log_required_parameters] = logScale(toolbox.required);
  dense[AT.parameter_depth] = Math.min(2, toolbox.depth / 4);
  dense[AT.structured_parameters] = toolbox.structured;
  dense[AT.untyped_parameters] = toolbox.untyped;
  dense[AT.enumerated_parameters] = toolbox.enumerated;
  dense[AT.log_parameter_chars] = logScale(toolbox.describedChars);
  dense[AT.tool_named] = toolbox.named;
  dense[AT.tool_matched] = toolbox.matched;
  dense[AT.tool_rivalled] = toolbox.rivalled;
  dense[AT.tools_cover] = toolbox.covered;
  dense[AT.workbench] = toolbox.workbench;
}

/** 0 for 0, about 1 for 22,000, never above 2. */
function logScale(count: number): number {
  return Math.min(2, Math.log1p(count) / 10);
}

/** 0 for 0, 0.39 for 1, towards 1: the first of its kind says most. */
function saturate(count: number): number {
  return 1 - Math.exp(-count / 2);
}
