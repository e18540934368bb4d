import type { AnswerEvent, FinishReason } from '../neutral/event.js';
import { lookup } from '../json.js';

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

const REASONS = lookup<FinishReason>({
  end_turn: 'stop',
  stop_sequence: 'stop',
  // The model would go on if it were asked again; to other dialects it has said its piece.
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
});

/** A `stop_reason` without a dialect; unknown ones name ways of being done. */
export function readStopReason(reason: string): FinishReason {
  return REASONS[reason] ?? 'stop';
}

/** Why the answer ended, in Anthropic's words. */
export function writeStopReason(
  { reason, stopSequence }: Pick<Finish, 'reason' | 'stopSequence'>,
  said: { readonly calls: boolean; readonly refusal: boolean },
): string {
  if (reason === 'length') return 'max_tokens';
  if (reason === 'content_filter' || said.refusal) return 'refusal';
  // Clients run tools only where the reason says so, whatever the content.
  if (said.calls) return 'tool_use';
  return stopSequence === null ? 'end_turn' : 'stop_sequence';
}
