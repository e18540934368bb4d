import type { Target } from '../dialect.js';
import { nearestEffort } from '../effort.js';
import type { JsonObject } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import type { Thinking } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';

/** The budgets for other dialects' efforts, for models that accept a budget. */
const BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: 512,
  low: 1_024,
  medium: 8_192,
};
const MAX_BUDGET_TOKENS = 24_576;
/** Lets the model decide. */
const DYNAMIC_BUDGET = -1;

/** Whether a model accepts a level: since the third generation, and also if the name has no generation. */
export function supportsLevels(model: string): boolean {
  const generation = /gemini-(\d+)/.exec(model.toLowerCase())?.[1];
  return generation === undefined || Number(generation) >= 3;
}

/** The levels of the first model of the third generation, and of unrecognised models. */
const LEVELS = ['low', 'high'];
/** Some smaller models also have `minimal`. */
const NEWER_LEVELS = ['low', 'medium', 'high'];
const LOWEST = 'low';
const HIGHEST = 'high';

function levelsOf(model: string): readonly string[] {
  return /gemini-3(?:\.\d|-flash)/.test(model.toLowerCase()) ? NEWER_LEVELS : LEVELS;
}

/**
 * Encodes the reasoning settings, with the reasoning included in the answer.
 *
 * A model that cannot stop thinking gets the lowest level, which is noted as a loss.
 */
export function thinkingConfig(
  thinking: Thinking | null,
  target: Target,
  losses: Losses,
): JsonObject {
  if (thinking === null) return {};
  const { canThink, model } = target;
  if (thinking.mode === 'off') {
    // A model without reasoning already does what is requested.
    if (!canThink) return {};
    if (!supportsLevels(model)) return { thinkingConfig: { thinkingBudget: 0 } };
    losses.note(thinking.at, 'thinking');
    return { thinkingConfig: { thinkingLevel: LOWEST } };
  }
  if (!canThink) {
    losses.note(thinking.at, 'thinking');
    return {};
  }
  return { thinkingConfig: { ...amount(thinking, model, losses), includeThoughts: true } };
}

function amount(thinking: Thinking, model: string, losses: Losses): JsonObject {
  const effort = effortOf(thinking);
  const isLeftToModel = thinking.mode === 'adaptive' && thinking.effort === null;
  if (supportsLevels(model)) {
    if (isLeftToModel) return {};
    const level = nearestEffort(effort, levelsOf(model)) ?? HIGHEST;
    if (level !== effort) losses.hint(thinking.at, 'thinking');
    return { thinkingLevel: level };
  }
  if (thinking.budgetTokens !== null)
    return { thinkingBudget: Math.min(thinking.budgetTokens, MAX_BUDGET_TOKENS) };
  if (isLeftToModel) return { thinkingBudget: DYNAMIC_BUDGET };
  return { thinkingBudget: BUDGET_TOKENS[effort] ?? MAX_BUDGET_TOKENS };
}
