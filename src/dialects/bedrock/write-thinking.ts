import { writeThinking as writeClaudeThinking } from '../anthropic/write-thinking.js';
import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import type { NeutralRequest, Thinking } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';
import type { ModelTraits } from './model-traits.js';

/** What thinking depends on. */
interface Context {
  readonly traits: ModelTraits;
  readonly target: Target;
  /** The model must call a tool. */
  readonly isForced: boolean;
}

/** The output limit if none is known; Claude's thinking budget is at most half of it. */
const DEFAULT_MAX_TOKENS = 8_192;

/** Encodes the reasoning settings as `additionalModelRequestFields`. */
export function writeThinking(
  request: NeutralRequest,
  { traits, target, isForced }: Context,
  losses: Losses,
): JsonObject {
  const { thinking } = request;
  if (thinking === null) return {};
  if (traits.thinking === 'claude') {
    const maxTokens = outputLimit(request, target);
    const tools = { members: {}, isForced, answerTool: null };
    const context = { traits: traits.claude, target, maxTokens, tools };
    return writeClaudeThinking(request, context, losses);
  }
  if (thinking.mode === 'off') {
    // Models reason only on request, except for gpt-oss, which cannot be stopped.
    if (traits.thinking === 'reasoning_effort') losses.note(thinking.at, 'thinking');
    return {};
  }
  const written = target.canThink ? encode(thinking, traits) : null;
  if (written !== null) return written;
  losses.note(thinking.at, 'thinking');
  return {};
}

/** The output limit including reasoning: the client's, or else the model's. */
export function outputLimit({ maxOutputTokens }: NeutralRequest, target: Target): number {
  return maxOutputTokens ?? target.maxOutputTokens ?? DEFAULT_MAX_TOKENS;
}

function encode(thinking: Thinking, traits: ModelTraits): JsonObject | null {
  const requested = effortOf(thinking);
  const effort =
    requested === 'minimal'
      ? 'low'
      : requested === 'low' || requested === 'medium'
        ? requested
        : 'high';
  switch (traits.thinking) {
    case 'nova':
      return { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } };
    case 'reasoning_effort':
      return { reasoning_effort: effort };
    case 'reasoning_config':
      return { reasoning_config: effort };
    default:
      return null;
  }
}
