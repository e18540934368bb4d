import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import type { Thinking } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';

/** What the words of other dialects come to for models that take a budget. */
const BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: 512,
  low: 1_024,
  medium: 8_192,
};
const MOST_TOKENS = 24_576;
/** The model decides itself. */
const OWN_BUDGET = -1;

/** Models since the third generation take a level; the name of any other model tells no generation. */
export function takesLevel(model: string): boolean {
  const generation = /gemini-(\d+)/.exec(model.toLowerCase())?.[1];
  return generation === undefined || Number(generation) >= 3;
}

/** How much the model is to think, with its thoughts shown. */
export function thinkingConfig(
  wanted: Thinking | null,
  target: Target,
  losses: Losses,
): JsonObject {
  if (wanted === null) return {};
  // A model that cannot think keeps a promise not to.
  if (wanted.mode === 'off' && !target.canThink) return {};
  const cannot = wanted.mode === 'off' ? takesLevel(target.model) : !target.canThink;
  if (cannot) {
    losses.note(wanted.at, 'thinking');
    return {};
  }
  if (wanted.mode === 'off') return { thinkingConfig: { thinkingBudget: 0 } };
  return { thinkingConfig: { ...amount(wanted, target.model), includeThoughts: true } };
}

function amount(wanted: Thinking, model: string): JsonObject {
  const effort = effortOf(wanted);
  if (takesLevel(model)) {
    return { thinkingLevel: effort === 'low' || effort === 'minimal' ? 'low' : 'high' };
  }
  if (wanted.budgetTokens !== null)
    return { thinkingBudget: Math.min(wanted.budgetTokens, MOST_TOKENS) };
  if (wanted.mode === 'adaptive' && wanted.effort === null) return { thinkingBudget: OWN_BUDGET };
  return { thinkingBudget: BUDGET_TOKENS[effort] ?? MOST_TOKENS };
}
