import type { Conversation, OutputFormat } from '../core/conversation.js';
import type { Capability } from '../core/model.js';
import { readDemand } from './demand.js';
import type { Demand } from './demand.js';
import { readLanguage } from './language.js';
import type { Language } from './language.js';
import { HINTS } from './lexicon.js';
import type { Hint } from './lexicon.js';
import { readMaths, readNotation } from './notation.js';
import type { Notation } from './notation.js';
import { KIND, readStatistics } from './text-statistics.js';
import type { TextStatistics } from './text-statistics.js';
import { estimateTokens } from './token-estimate.js';

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
] as const;

type FeatureName = (typeof FEATURE_NAMES)[number];

/**
 * Reads a conversation for everything the router goes by.
 *
 * Pure, and quick whatever the client sends: all that is costly looks at a bounded sample. Every
 * number of `dense` is finite and lies between 0 and 2.
 */
export function readFeatures(conversation: Conversation): Features {
  const demand = readDemand(conversation);
  const statistics = readStatistics(demand.text);
  const notation = readNotation(demand.text);
  const language = readLanguage(demand.text, statistics);
  const maths = readMaths(demand.text, statistics, notation.code);
  const inputTokens = estimateTokens(conversation);
  const dense = new Float32Array(FEATURE_NAMES.length);
  fill(dense, describeSize(conversation, demand, inputTokens));
  fill(dense, describeText(statistics, language));
  fill(dense, describeNotation(notation, maths));
  return {
    text: demand.text,
    inputTokens,
    language: language.code,
    code: notation.code,
    maths,
    turns: demand.turns,
    tools: conversation.tools.length,
    images: demand.images,
    format: conversation.format,
    needs: readNeeds(conversation, demand),
    maxOutputTokens: conversation.maxOutputTokens,
    dense,
  };
}

/** Names with their numbers. A list, because putting thirty keys into an object for each request is slow. */
type Numbers = readonly (readonly [FeatureName, number])[];

const POSITION = Object.fromEntries(FEATURE_NAMES.map((name, index) => [name, index])) as Readonly<
  Record<FeatureName, number>
>;

function fill(dense: Float32Array, numbers: Numbers): void {
  for (const [name, value] of numbers) dense[POSITION[name]] = value;
}

function readNeeds(conversation: Conversation, demand: Demand): Capability[] {
  const offered = conversation.tools.length > 0;
  const conditions: readonly (readonly [Capability, boolean])[] = [
    // A history of tool calls must be understood even when no tool is offered any more.
    ['tools', offered || demand.toolCalls > 0 || demand.toolResults > 0],
    ['parallel_tools', offered && conversation.parallelTools === true],
    ['vision', demand.images > 0],
    ['audio', demand.audios > 0],
    ['pdf', demand.files > 0],
    ['json_mode', conversation.format === 'json_object'],
    ['json_schema', conversation.format === 'json_schema'],
  ];
  return conditions.filter(([, needed]) => needed).map(([capability]) => capability);
}

const SCHEMA_LEVEL = { text: 0, json_object: 0.5, json_schema: 1 } as const;

/** Everything that is large or small, whatever it says. */
function describeSize(conversation: Conversation, demand: Demand, inputTokens: number): Numbers {
  return [
    ['log_chars', logScale(demand.newestChars)],
    ['log_input_tokens', logScale(inputTokens)],
    // What came before: long sessions ask for more than their last message shows.
    ['log_context_chars', logScale(demand.contextChars + demand.toolResultChars)],
    ['log_system_chars', logScale(demand.systemChars)],
    ['log_turns', logScale(demand.turns)],
    ['log_tools', logScale(conversation.tools.length)],
    ['schema', SCHEMA_LEVEL[conversation.format]],
    ['images', saturate(demand.images)],
  ];
}

function describeText(statistics: TextStatistics, language: Language): Numbers {
  const { chars, kinds, words, hints } = statistics;
  const all = Math.max(1, chars);
  return [
    ['log_words', logScale(words)],
    ['digit_share', (kinds[KIND.digit] ?? 0) / all],
    ['upper_share', (kinds[KIND.upper] ?? 0) / all],
    ['symbol_share', (kinds[KIND.symbol] ?? 0) / all],
    ['log_newlines', logScale(kinds[KIND.newline] ?? 0)],
    ['questions', saturate(kinds[KIND.question] ?? 0)],
    ['log_numbers', logScale(statistics.numbers)],
    ['longest_number', Math.min(1, statistics.longestNumber / 16)],
    ['word_length', Math.min(2, statistics.wordChars / Math.max(1, words) / 10)],
    ['long_word_share', statistics.longWords / Math.max(1, words)],
    [
      'word_variety',
      Math.min(1, statistics.distinctWords / Math.max(1, words + statistics.numbers)),
    ],
    ['hint_explain', hintLevel(hints, 'explain')],
    ['hint_write', hintLevel(hints, 'write')],
    ['hint_code', hintLevel(hints, 'code')],
    ['hint_reason', hintLevel(hints, 'reason')],
    ['hint_short', hintLevel(hints, 'short')],
    ['english', language.code === 'en' ? 1 : 0],
    ['foreign_script', language.foreignScript],
  ];
}

function hintLevel(hints: Uint16Array, name: Hint): number {
  return saturate(hints[HINTS.indexOf(name)] ?? 0);
}

function describeNotation(notation: Notation, maths: number): Numbers {
  return [
    ['code', notation.code],
    ['maths', maths],
    ['fences', saturate(notation.fences)],
    ['options', Math.min(1, notation.options / 5)],
    ['list_items', saturate(notation.listItems / 3)],
    ['gaps', saturate(notation.gaps)],
  ];
}

/** 0 for 0, about 1 for 22,000, never above 2. */
function logScale(count: number): number {
  return Math.min(2, Math.log1p(count) / 10);
}

/** 0 for 0, 0.39 for 1, towards 1: the first of its kind says most. */
function saturate(count: number): number {
  return 1 - Math.exp(-count / 2);
}
