import type { AnswerOptions } from '../../../src/dialects/dialect.js';
import { openai } from '../../../src/dialects/openai/openai.js';

/** For answers of providers that are not trusted. */
export const RULES: AnswerOptions = {
  trusted: false,
  includeUsage: false,
  model: 'vendor/model',
  createdS: 1_700_000_000,
  seed: 'seed',
};

export const HEAD = { id: 'a1', object: 'chat.completion', created: 5, model: 'm' };
export const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

interface Answer {
  id: string;
  choices: {
    index: number;
    message: Record<string, unknown> & { tool_calls?: { id: string; function: object }[] };
    finish_reason: string;
    logprobs: unknown;
  }[];
  usage?: object;
  [extra: string]: unknown;
}

/** A completion of one choice. */
export function answer(message: object, finish: unknown = 'stop', extra: object = {}) {
  return {
    ...HEAD,
    choices: [{ index: 0, message, finish_reason: finish }],
    usage: USAGE,
    ...extra,
  };
}

/** Reads an answer, given as text or as an object, for a client of OpenAI's dialect. */
export function read(value: unknown, rules = RULES) {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  const whole = openai.readAnswer(body, rules);
  const parsed = JSON.parse(whole.body.toString()) as Answer;
  return { ...whole, answer: parsed, first: parsed.choices[0] };
}
