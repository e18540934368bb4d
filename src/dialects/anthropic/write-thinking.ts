import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import { isSignedReasoning, type Turn } from '../neutral/part.js';
import type { NeutralRequest, Thinking } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';
import type { ClaudeTraits } from './claude-traits.js';
import type { WrittenTools } from './write-tools.js';

/** Anthropic's minimum. */
const MIN_BUDGET_TOKENS = 1_024;

/** The budgets for other dialects' efforts. */
const BUDGET_TOKENS: Readonly<Record<string, number>> = {
  minimal: MIN_BUDGET_TOKENS,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
};

/** Anthropic's efforts, lowest first. */
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
type Effort = (typeof EFFORTS)[number];
const LEAST: Effort = 'low';

/** What thinking depends on. */
interface Context {
  readonly traits: ClaudeTraits;
  readonly target: Target;
  readonly maxTokens: number;
  readonly tools: WrittenTools;
}

/**
 * Encodes the reasoning settings as `thinking`, and `output_config` for an effort.
 *
 * A model that cannot stop thinking gets the lowest effort, which is noted as a loss.
 */
export function writeThinking(
  { thinking, turns }: NeutralRequest,
  context: Context,
  losses: Losses,
): JsonObject {
  const { traits, target, tools } = context;
  if (thinking === null) return {};
  if (thinking.mode === 'off') return turnedOff(thinking, traits, losses);
  // A forced tool rules thinking out only for models that think on request.
  const isRuledOut = tools.isForced && traits.off === 'silence';
  const cannot =
    !target.canThink || traits.thinking === 'none' || isRuledOut || lacksThought(turns, traits);
  const written = cannot ? null : encode(thinking, context, losses);
  if (written !== null) return written;
  losses.note(thinking.at, 'thinking');
  return {};
}

function turnedOff(thinking: Thinking, { off }: ClaudeTraits, losses: Losses): JsonObject {
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

function encode(
  thinking: Thinking,
  { traits, maxTokens }: Context,
  losses: Losses,
): JsonObject | null {
  const effort = effortOf(thinking);
  if (traits.thinking === 'effort') {
    const known = nearestEffort(effort, traits);
    if (known !== effort) losses.hint(thinking.at, 'thinking');
    const isShown = traits.hidesThinking && thinking.isHidden !== true;
    return {
      thinking: { type: 'adaptive', ...(isShown && { display: 'summarized' }) },
      ...(known !== null && { output_config: { effort: known } }),
    };
  }
  const requested = thinking.budgetTokens ?? BUDGET_TOKENS[effort] ?? MIN_BUDGET_TOKENS;
  // Half of the output limit is left for the answer.
  const budget = Math.min(requested, Math.floor(maxTokens / 2));
  if (budget < MIN_BUDGET_TOKENS && maxTokens <= MIN_BUDGET_TOKENS) return null;
  const budgetTokens = Math.max(budget, MIN_BUDGET_TOKENS);
  return { thinking: { type: 'enabled', budget_tokens: budgetTokens } };
}

/** The requested effort, or the nearest that the model supports; `null` if it is unknown. */
function nearestEffort(effort: string, { supportsXhigh }: ClaudeTraits): Effort | null {
  if (effort === 'minimal') return LEAST;
  if (effort === 'xhigh' && !supportsXhigh) return 'high';
  return EFFORTS.find((known) => known === effort) ?? null;
}

/**
 * Whether the reasoning before the current turn's tool calls is missing.
 *
 * With a budget, Anthropic then rejects thinking, since the turn must begin with signed thinking. With an effort it
 * does not.
 */
function lacksThought(turns: readonly Turn[], { thinking }: ClaudeTraits): boolean {
  if (thinking !== 'budget') return false;
  for (let i = turns.length - 1; i >= 0; i--) {
    const turn = turns[i];
    if (turn?.role === 'user') return false;
    if (turn?.role === 'assistant' && turn.parts.some((part) => part.kind === 'tool_call')) {
      return !turn.parts.some((part) => isSignedReasoning(part, 'anthropic'));
    }
  }
  return false;
}
