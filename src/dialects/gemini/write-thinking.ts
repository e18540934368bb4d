import type { Target } from '../dialect.js';
import { nearestEffort } from '../effort.js';
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

/** Levels of the third generation's first model, and of those whose names tell nothing. */
const LEVELS = ['low', 'high'];
/** Smaller models have `minimal` as well, but not all of them. */
const NEWER_LEVELS = ['low', 'medium', 'high'];
const LEAST = 'low';
const MOST = 'high';

function levelsOf(model: string): readonly string[] {
  return /gemini-3(?:\.\d|-flash)/.test(model.toLowerCase()) ? NEWER_LEVELS : LEVELS;
}

/**
 * How much the model is to think, with its thoughts shown.
 *
 * One that cannot be kept from thinking is asked for the least, and that is noted.
 */
export function thinkingConfig(
  wanted: Thinking | null,
  target: Target,
  losses: Losses,
): JsonObject {
  if (wanted === null) return {};
  const { canThink, model } = target;
  if (wanted.mode === 'off') {
    // A model that cannot think keeps a promise not to.
    if (!canThink) return {};
    if (!takesLevel(model)) return { thinkingConfig: { thinkingBudget: 0 } };
    losses.note(wanted.at, 'thinking');
    return { thinkingConfig: { thinkingLevel: LEAST } };
  }
  if (!canThink) {
    losses.note(wanted.at, 'thinking');
    return {};
  }
  return { thinkingConfig: { ...amount(wanted, model, losses), includeThoughts: true } };
}

function amount(wanted: Thinking, model: string, losses: Losses): JsonObject {
  const effort = effortOf(wanted);
  const isLeftToModel = wanted.mode === 'adaptive' && wanted.effort === null;
  if (takesLevel(model)) {
    if (isLeftToModel) return {};
    const level = nearestEffort(effort, levelsOf(model)) ?? MOST;
    if (level !== effort) losses.hint(wanted.at, 'thinking');
    return { thinkingLevel: level };
  }
  if (wanted.budgetTokens !== null)
    return { thinkingBudget: Math.min(wanted.budgetTokens, MOST_TOKENS) };
  if (isLeftToModel) return { thinkingBudget: OWN_BUDGET };
  return { thinkingBudget: BUDGET_TOKENS[effort] ?? MOST_TOKENS };
}
