import type { Conversation } from '../core/conversation.js';
import type { Demand } from './demand.js';
import type { Language } from './language.js';
import { HINTS } from './lexicon.js';
import type { Hint } from './lexicon.js';
import type { Notation } from './notation.js';
import { readQuantities } from './quantities.js';
import type { Quantities } from './quantities.js';
import { KIND } from './text-statistics.js';
import type { TextStatistics } from './text-statistics.js';
import { estimateAskedTokens } from './token-estimate.js';
import { readToolFeatures } from './tool-features.js';
import type { ToolFeatures } from './tool-features.js';
import { isCodingAgentConversation } from './coding-agent.js';

/** The order of `Features.dense`. Artefacts are trained on it, so a change here requires new ones. */
export const FEATURE_NAMES = [
  'log_chars',
  'log_words',
  'log_asked_tokens',
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
  'prose',
  'foreign',
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

/** Features that no network reads, because graded prompts do not show their effect; some select how to predict. */
export const UNUSED_BY_NETWORK: readonly FeatureName[] = [
  'log_context_chars',
  'log_system_chars',
  'log_turns',
  'schema',
  'images',
  'foreign',
  'workbench',
];

/** From here to the end, features describe the offered tools; without tools they are 0 and carry no information. */
export const FIRST_TOOL_FEATURE = FEATURE_NAMES.indexOf('log_parameters');

/** Index of each feature. */
const AT = Object.fromEntries(FEATURE_NAMES.map((name, index) => [name, index])) as Readonly<
  Record<FeatureName, number>
>;

/** How many of the dense features carry information: all, or without tools those before the tool features. */
export function informativeCount(dense: Float32Array): number {
  const offersTools = (dense[AT.log_tools] ?? 0) > 0;
  return offersTools ? dense.length : Math.min(dense.length, FIRST_TOOL_FEATURE);
}

/**
 * Share in other languages from which a prompt counts as one in another language, whatever its vector. Nearly all graded prompts are in
 * English, and the others are riddles about Chinese characters and poems that hardly any model solved.
 */
const FOREIGN_SHARE = 0.1;

/** The degree to which a prompt counts as one in another language than English, 0 to 1; Greek letters in formulas or a quotation count in proportion. */
export function foreignDegree(dense: Float32Array): number {
  return Math.min(1, (dense[AT.foreign] ?? 0) / FOREIGN_SHARE);
}

/** Whether the request comes from a coding agent. */
export function isFromCodingAgent(dense: Float32Array): boolean {
  return (dense[AT.workbench] ?? 0) > 0.5;
}

/** The analysis of one text. */
export interface TextAnalysis {
  readonly statistics: TextStatistics;
  readonly notation: Notation;
  readonly language: Language;
  /** 0 to 1. */
  readonly maths: number;
}

/** A request with what was extracted from it. */
interface AnalysedRequest {
  readonly conversation: Conversation;
  readonly demand: Demand;
  /** The analysis of `demand.task`. */
  readonly taskAnalysis: TextAnalysis;
}

/** Computes the dense features of a request: finite numbers between 0 and 2, in `FEATURE_NAMES` order. */
export function computeDenseFeatures({
  conversation,
  demand,
  taskAnalysis,
}: AnalysedRequest): Float32Array {
  const dense = new Float32Array(FEATURE_NAMES.length);
  describeSize(dense, conversation, demand);
  describeText(dense, taskAnalysis.statistics, taskAnalysis.language);
  describeNotation(dense, taskAnalysis.notation, taskAnalysis.maths);
  describeQuantities(dense, readQuantities(demand.task));
  describeTools(dense, readToolFeatures(conversation.tools, demand.task));
  dense[AT.workbench] = isCodingAgentConversation(conversation) ? 1 : 0;
  return dense;
}

const SCHEMA_LEVEL = { text: 0, json_object: 0.5, json_schema: 1 } as const;

/** Sizes and counts that do not depend on the words. */
function describeSize(dense: Float32Array, conversation: Conversation, demand: Demand): void {
  const { tools, format } = conversation;
  const { task, taskChars } = demand;
  dense[AT.log_chars] = logScale(taskChars);
  dense[AT.log_asked_tokens] = logScale(estimateAskedTokens(task, taskChars, tools));
  dense[AT.log_context_chars] = logScale(demand.contextChars + demand.toolResultChars);
  dense[AT.log_system_chars] = logScale(demand.systemChars);
  dense[AT.log_turns] = logScale(demand.turns);
  dense[AT.log_tools] = logScale(tools.length);
  dense[AT.schema] = SCHEMA_LEVEL[format];
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
  dense[AT.prose] = language.code === 'und' ? 0 : 1;
  dense[AT.foreign] = language.foreign;
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
  // Twice logarithmic: the number of digits matters, and less so the more there are.
  dense[AT.largest_number] = Math.log1p(Math.log1p(quantities.largestNumber)) / 2;
  dense[AT.log_item_chars] = logScale(quantities.itemChars);
  dense[AT.numeric_items] = quantities.numericItems;
}

function describeTools(dense: Float32Array, toolbox: ToolFeatures): void {
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
}

/** 0 for 0, about 1 for 22,000, never above 2. */
function logScale(count: number): number {
  return Math.min(2, Math.log1p(count) / 10);
}

/** 0 for 0, 0.39 for 1, towards 1: the first of its kind counts most. */
function saturate(count: number): number {
  return 1 - Math.exp(-count / 2);
}
