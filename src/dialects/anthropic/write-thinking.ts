import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import { isProvenThought, type Turn } from '../neutral/part.js';
import type { NeutralRequest, Thinking } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';
import type { ClaudeTraits } from './claude.js';
import type { WrittenTools } from './write-tools.js';

/** Anthropic refuses less. */
const MIN_BUDGET_TOKENS = 1_024;

/** What the words of other dialects come to; twice as much from step to step. */
const BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: MIN_BUDGET_TOKENS,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
};

/** Words that Anthropic knows for effort. */
const EFFORTS = new Set(['low', 'medium', 'high', 'xhigh', 'max']);

/** What stands in the way of thinking, or bounds it. */
interface Circumstances {
  readonly traits: ClaudeTraits;
  readonly target: Target;
  readonly maxTokens: number;
  readonly tools: WrittenTools;
}

/** How much the model is to think: `thinking`, and `output_config` where an effort says it. */
export function writeThinking(
  { thinking, turns }: NeutralRequest,
  circumstances: Circumstances,
  losses: Losses,
): JsonObject {
  const { traits, target, tools } = circumstances;
  if (thinking === null || thinking.mode === 'off') return {};
  const cannot =
    !target.canThink || traits.thinking === 'none' || tools.isForced || isThoughtLost(turns);
  const written = cannot ? null : inWords(thinking, circumstances);
  if (written !== null) return written;
  losses.note(thinking.at, 'thinking');
  return {};
}

function inWords(thinking: Thinking, { traits, maxTokens }: Circumstances): JsonObject | null {
  const effort = effortOf(thinking);
  if (traits.thinking === 'effort') {
    const known = effort === 'minimal' ? 'low' : effort;
    return {
      thinking: { type: 'adaptive' },
      ...(EFFORTS.has(known) && { output_config: { effort: known } }),
    };
  }
  const wanted = thinking.budgetTokens ?? BUDGET_TOKENS[effort] ?? MIN_BUDGET_TOKENS;
  // Half of what may be written is left for the answer.
  const budget = Math.min(wanted, Math.floor(maxTokens / 2));
  if (budget < MIN_BUDGET_TOKENS && maxTokens <= MIN_BUDGET_TOKENS) return null;
  const budgetTokens = Math.max(budget, MIN_BUDGET_TOKENS);
  return { thinking: { type: 'enabled', budget_tokens: budgetTokens } };
}

/**
 * The model called a tool after a thought, and the thought is gone.
 *
 * Anthropic refuses to go on thinking then: the turn under way has to begin with its own thought.
 */
function isThoughtLost(turns: readonly Turn[]): boolean {
  for (let i = turns.length - 1; i >= 0; i--) {
    const turn = turns[i];
    if (turn?.role === 'user') return false;
    if (turn?.role === 'assistant' && turn.parts.some((part) => part.kind === 'tool_call')) {
      return !turn.parts.some((part) => isProvenThought(part, 'anthropic'));
    }
  }
  return false;
}
