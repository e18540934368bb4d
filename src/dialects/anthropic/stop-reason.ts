import type { AnswerEvent, FinishReason } from '../neutral/event.js';
import { lookup } from '../json.js';

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

const REASONS = lookup<FinishReason>({
  end_turn: 'stop',
  stop_sequence: 'stop',
  // The model would continue on request; other dialects have no equivalent.
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
});

/** Maps a `stop_reason` to a neutral one; unknown reasons are names for a normal end. */
export function readStopReason(reason: string): FinishReason {
  return REASONS[reason] ?? 'stop';
}

/** The `stop_reason` of an answer. */
export function writeStopReason(
  { reason, stopSequence }: Pick<Finish, 'reason' | 'stopSequence'>,
  content: { readonly calls: boolean; readonly refusal: boolean },
): string {
  if (reason === 'length') return 'max_tokens';
  if (reason === 'content_filter' || content.refusal) return 'refusal';
  // Clients run tools only if the reason is `tool_use`, whatever the content.
  if (content.calls) return 'tool_use';
  return stopSequence === null ? 'end_turn' : 'stop_sequence';
}
