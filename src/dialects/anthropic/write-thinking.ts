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

/** Words that Anthropic knows for effort, the least first. */
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
type Effort = (typeof EFFORTS)[number];
const LEAST: Effort = 'low';

/** What stands in the way of thinking, or bounds it. */
interface Circumstances {
  readonly traits: ClaudeTraits;
  readonly target: Target;
  readonly maxTokens: number;
  readonly tools: WrittenTools;
}

/**
 * How much the model is to think: `thinking`, and `output_config` where an effort says it.
 *
 * Where it cannot be kept from thinking, it is asked for the least, and that is noted.
 */
export function writeThinking(
  { thinking, turns }: NeutralRequest,
  circumstances: Circumstances,
  losses: Losses,
): JsonObject {
  const { traits, target, tools } = circumstances;
  if (thinking === null) return {};
  if (thinking.mode === 'off') return switchedOff(thinking, traits, losses);
  // Those that think unasked think whatever tool they have to call.
  const isBarred = tools.isForced && traits.off === 'silence';
  const cannot =
    !target.canThink || traits.thinking === 'none' || isBarred || lacksThought(turns, traits);
  const written = cannot ? null : inWords(thinking, circumstances, losses);
  if (written !== null) return written;
  losses.note(thinking.at, 'thinking');
  return {};
}

function switchedOff(thinking: Thinking, { off }: ClaudeTraits, losses: Losses): JsonObject {
  switch (off) {
    case 'silence':
      return {};
    case 'disabled':
    case 'between_tools':
      return { thinking: { type: off } };
    case 'never':
      losses.note(thinking.at, 'thinking');
      return { output_config: { effort: LEAST } };
  }
}

function inWords(
  thinking: Thinking,
  { traits, maxTokens }: Circumstances,
  losses: Losses,
): JsonObject | null {
  const effort = effortOf(thinking);
  if (traits.thinking === 'effort') {
    const known = nextEffort(effort, traits);
    if (known !== effort) losses.hint(thinking.at, 'thinking');
    const isShown = traits.hidesThoughts && thinking.isHidden !== true;
    return {
      thinking: { type: 'adaptive', ...(isShown && { display: 'summarized' }) },
      ...(known !== null && { output_config: { effort: known } }),
    };
  }
  const wanted = thinking.budgetTokens ?? BUDGET_TOKENS[effort] ?? MIN_BUDGET_TOKENS;
  // Half of what may be written is left for the answer.
  const budget = Math.min(wanted, Math.floor(maxTokens / 2));
  if (budget < MIN_BUDGET_TOKENS && maxTokens <= MIN_BUDGET_TOKENS) return null;
  const budgetTokens = Math.max(budget, MIN_BUDGET_TOKENS);
  return { thinking: { type: 'enabled', budget_tokens: budgetTokens } };
}

/** The effort that is asked for, or the next one that the model knows; `null` for a word that nobody knows. */
function nextEffort(effort: string, { xhigh }: ClaudeTraits): Effort | null {
  if (effort === 'minimal') return LEAST;
  if (effort === 'xhigh' && !xhigh) return 'high';
  return EFFORTS.find((known) => known === effort) ?? null;
}

/**
 * The model called a tool after a thought, and the thought is gone.
 *
 * A model that is given a budget refuses to go on thinking then: the turn under way has to begin with its own
 * thought. One that is given an effort does without.
 */
function lacksThought(turns: readonly Turn[], { thinking }: ClaudeTraits): boolean {
  if (thinking !== 'budget') return false;
  for (let i = turns.length - 1; i >= 0; i--) {
    const turn = turns[i];
    if (turn?.role === 'user') return false;
    if (turn?.role === 'assistant' && turn.parts.some((part) => part.kind === 'tool_call')) {
      return !turn.parts.some((part) => isProvenThought(part, 'anthropic'));
    }
  }
  return false;
}
