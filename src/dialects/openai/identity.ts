import { createHash } from 'node:crypto';

import type { AnswerRules } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { textOrNull } from '../json.js';

/** What every part of one answer has in common. */
export interface Identity {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/**
 * The identity an answer gives itself, completed where the provider left it out.
 *
 * @param answer - the whole answer, or the first chunk that has choices
 */
export function identify(answer: JsonObject, rules: AnswerRules): Identity {
  const created = answer['created'];
  return {
    id: textOrNull(answer['id']) ?? `chatcmpl-${digest(rules.seed)}`,
    created: isTime(created) ? Math.floor(created) : rules.createdS,
    model: textOrNull(answer['model']) ?? rules.model,
  };
}

/** Seconds since 1970, up to the year 5138: clients read nothing else as a time. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 1 && value < 1e11;
}

/**
 * An id for a tool call that came without one; differs between calls and between answers.
 *
 * @param seed - the answer's: its id may be missing, or drawn from a few hundred
 */
export function callId(seed: string, choice: number, index: number): string {
  return `call_${digest(`${seed} ${choice} ${index}`)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
