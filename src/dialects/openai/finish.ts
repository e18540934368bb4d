/** The finish reasons that OpenAI documents; clients may switch on them. */
const KNOWN = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

/** Patterns for other servers' names of the same reasons. */
const SYNONYMS: readonly (readonly [RegExp, string])[] = [
  [/^tool_(use|calls?)$/, 'tool_calls'],
  [
    /filter|safety|sensitive|refusal|recitation|prohibited|blocklist|spii|guardrail|moderat/,
    'content_filter',
  ],
  [/length|^max_|_limit$|context_window|truncat/, 'length'],
];

/** Reasons that mean that the provider failed, not that the model finished. */
const BROKEN = new Set(['error', 'network_error', 'insufficient_system_resource', 'abort']);

/** Whether a finish reason says that the provider failed. */
export function isErrorFinish(reason: unknown): boolean {
  return typeof reason === 'string' && BROKEN.has(reason.toLowerCase());
}

/**
 * Maps a `finish_reason` to one of OpenAI's.
 *
 * @returns `null` while the choice goes on; `stop` for unknown reasons, since those are names for a
 * normal end (`eos`, `end_turn`)
 */
export function readFinish(reason: unknown): string | null {
  if (typeof reason !== 'string' || reason === '') return null;
  if (KNOWN.has(reason)) return reason;
  const lower = reason.toLowerCase();
  if (KNOWN.has(lower)) return lower;
  return SYNONYMS.find(([pattern]) => pattern.test(lower))?.[1] ?? 'stop';
}

/** The contents of a choice that its `finish_reason` depends on. */
export interface FinishEvidence {
  readonly toolCalls: boolean;
  readonly functionCall: boolean;
}

/** Corrects a reason that contradicts the content: `stop` with calls (Gemini), or `tool_calls` without any. */
export function reconcileFinish(reason: string, evidence: FinishEvidence): string {
  if (reason === 'stop' && evidence.toolCalls) return 'tool_calls';
  if (reason === 'stop' && evidence.functionCall) return 'function_call';
  const claimsCalls = reason === 'tool_calls' || reason === 'function_call';
  return claimsCalls && !evidence.toolCalls && !evidence.functionCall ? 'stop' : reason;
}
