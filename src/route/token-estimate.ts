import type { Conversation, Part, Tool } from '../core/conversation.js';
import { audioTokens, fileTokens } from './media-tokens.js';

/** Roles and separators around a message. */
const MESSAGE_TOKENS = 4;
const TOOL_TOKENS = 8;
/** Characters of JSON per token, approximately. */
const JSON_CHARS_PER_TOKEN = 3.2;
/** A typical image, between what providers charge (85 to 1,600). */
const IMAGE_TOKENS = 800;

/** Characters that are sampled of one part, and in all; the rest is extrapolated. */
const PART_SAMPLE_CHARS = 1536;
const SAMPLE_CHARS = 8192;

/**
 * Tokens per UTF-16 code unit by kind of character, for the byte-pair vocabularies of 2024 and later.
 *
 * With these, English prose has 4.4 characters per token, code about 3.3, Chinese 1.25.
 */
const WEIGHT = {
  letter: 0.208,
  space: 0.2,
  digit: 0.45,
  newline: 0.4,
  symbol: 0.75,
  accented: 0.45,
  cyrillic: 0.4,
  semitic: 0.45,
  brahmic: 0.5,
  hangul: 0.65,
  kana: 0.75,
  han: 0.8,
  other: 0.9,
} as const;

/** Upper bounds of Unicode ranges and the weight of a code unit below them, ascending. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x0250, WEIGHT.accented],
  [0x0370, WEIGHT.other],
  [0x0590, WEIGHT.cyrillic],
  [0x0900, WEIGHT.semitic],
  [0x1100, WEIGHT.brahmic],
  [0x1200, WEIGHT.hangul],
  [0x1e00, WEIGHT.brahmic],
  [0x2000, WEIGHT.accented],
  [0x3040, WEIGHT.other],
  [0x3100, WEIGHT.kana],
  [0xa000, WEIGHT.han],
  [0xac00, WEIGHT.other],
  [0xd800, WEIGHT.hangul],
];

const UNIT_WEIGHTS = Float32Array.from({ length: 65_536 }, (_, code) => weightOf(code));

/** Estimated tokens of the whole input: messages, tools and media. At least 1. */
export function estimateTokens(conversation: Conversation): number {
  const sampler = new Sampler();
  let tokens = 0;
  for (const message of conversation.messages) {
    tokens += MESSAGE_TOKENS;
    for (const part of message.parts) tokens += partTokens(part, sampler);
  }
  return Math.max(1, Math.ceil(tokens + toolTokens(conversation.tools)));
}

/**
 * Estimated tokens of a task and of the offered tools. At least 1.
 *
 * @param chars - of the whole task; `text` may be a part of it
 */
export function estimateAskedTokens(text: string, chars: number, tools: readonly Tool[]): number {
  const scale = Math.max(1, chars / Math.max(1, text.length));
  const tokens = MESSAGE_TOKENS + scale * new Sampler().tokens(text);
  return Math.ceil(tokens + toolTokens(tools));
}

function toolTokens(tools: readonly Tool[]): number {
  let tokens = 0;
  for (const { definitionLength } of tools) {
    tokens += TOOL_TOKENS + definitionLength / JSON_CHARS_PER_TOKEN;
  }
  return tokens;
}

/** Estimated tokens of plain texts. */
export function estimateTextTokens(texts: readonly string[]): number {
  const sampler = new Sampler();
  return Math.ceil(texts.reduce((sum, text) => sum + sampler.tokens(text), 0));
}

function partTokens(part: Part, sampler: Sampler): number {
  switch (part.kind) {
    case 'image':
      return IMAGE_TOKENS;
    case 'audio':
      return audioTokens(part.content);
    case 'file':
      return fileTokens(part.content);
    case 'tool_call':
      return TOOL_TOKENS + (part.name.length + part.arguments.length) / JSON_CHARS_PER_TOKEN;
    case 'text':
    case 'tool_result':
    case 'refusal':
      return sampler.tokens(part.text);
  }
}

/** Estimates tokens of texts by a bounded sample of their characters. */
class Sampler {
  #chars = 0;
  #weight = 0;

  tokens(text: string): number {
    if (text === '') return 0;
    if (this.#chars >= SAMPLE_CHARS) return text.length * (this.#weight / this.#chars);
    const third = PART_SAMPLE_CHARS / 3;
    if (text.length <= PART_SAMPLE_CHARS) return this.#weigh(text, 0, text.length);
    const middle = Math.floor((text.length - third) / 2);
    const sampled =
      this.#weigh(text, 0, third) +
      this.#weigh(text, middle, middle + third) +
      this.#weigh(text, text.length - third, text.length);
    return text.length * (sampled / PART_SAMPLE_CHARS);
  }

  #weigh(text: string, start: number, end: number): number {
    let weight = 0;
    for (let i = start; i < end; i++) weight += UNIT_WEIGHTS[text.charCodeAt(i)] ?? 0;
    this.#chars += end - start;
    this.#weight += weight;
    return weight;
  }
}

function weightOf(code: number): number {
  if (code < 0x80) return asciiWeight(String.fromCharCode(code));
  return RANGES.find(([below]) => code < below)?.[1] ?? WEIGHT.other;
}

function asciiWeight(character: string): number {
  if (/[A-Za-z]/.test(character)) return WEIGHT.letter;
  if (/[0-9]/.test(character)) return WEIGHT.digit;
  if (character === '\n') return WEIGHT.newline;
  return /\s/.test(character) ? WEIGHT.space : WEIGHT.symbol;
}
