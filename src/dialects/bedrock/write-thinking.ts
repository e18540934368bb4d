import { writeThinking as writeClaudeThinking } from '../anthropic/write-thinking.js';
import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import type { NeutralRequest, Thinking } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';
import type { ModelTraits } from './model-traits.js';

/** What stands in the way of thinking. */
interface Circumstances {
  readonly traits: ModelTraits;
  readonly target: Target;
  /** The model has no choice but to call a tool. */
  readonly isForced: boolean;
}

/** Where nobody says how long an answer may be: Claude bounds its thoughts by half of it. */
const USUAL_MAX_TOKENS = 8_192;

/** How much the model is to think, as `additionalModelRequestFields`. */
export function writeThinking(
  request: NeutralRequest,
  { traits, target, isForced }: Circumstances,
  losses: Losses,
): JsonObject {
  const { thinking } = request;
  if (thinking === null) return {};
  if (traits.thinking === 'claude') {
    const maxTokens = roomFor(request, target);
    const tools = { members: {}, isForced, answerTool: null };
    const circumstances = { traits: traits.claude, target, maxTokens, tools };
    return writeClaudeThinking(request, circumstances, losses);
  }
  if (thinking.mode === 'off') {
    // Models that are not asked to think do not, gpt-oss apart, which cannot be kept from it.
    if (traits.thinking === 'reasoning_effort') losses.note(thinking.at, 'thinking');
    return {};
  }
  const written = target.canThink ? inWords(thinking, traits) : null;
  if (written !== null) return written;
  losses.note(thinking.at, 'thinking');
  return {};
}

/** How long an answer may be, thoughts included: what the client says, or what is known of the model. */
export function roomFor({ maxOutputTokens }: NeutralRequest, target: Target): number {
  return maxOutputTokens ?? target.maxOutputTokens ?? USUAL_MAX_TOKENS;
}

function inWords(thinking: Thinking, traits: ModelTraits): JsonObject | null {
  const given = effortOf(thinking);
  const effort =
    given === 'minimal' ? 'low' : given === 'low' || given === 'medium' ? given : 'high';
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
