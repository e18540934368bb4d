import { createHash } from 'node:crypto';

import type { AnswerOptions } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { textOrNull } from '../json.js';

/** The members that all chunks of an answer share. */
export interface Identity {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/**
 * The identity of an answer, completed if the provider left parts of it out.
 *
 * @param answer - the whole answer, or the first chunk that has choices
 */
export function identify(answer: JsonObject, rules: AnswerOptions): Identity {
  const created = answer['created'];
  return {
    id: textOrNull(answer['id']) ?? `chatcmpl-${digest(rules.seed)}`,
    created: isTime(created) ? Math.floor(created) : rules.createdS,
    model: textOrNull(answer['model']) ?? rules.model,
  };
}

/** Seconds since 1970, up to the year 5138: other values are not plausible times. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 1 && value < 1e11;
}

/**
 * An id for a tool call that came without one; unique across calls and answers.
 *
 * @param seed - the answer's: its id may be missing, or one of only a few hundred
 */
export function callId(seed: string, choice: number, index: number): string {
  return `call_${digest(`${seed} ${choice} ${index}`)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
