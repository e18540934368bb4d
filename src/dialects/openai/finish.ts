/** Reasons that OpenAI's document knows; clients may switch on them. */
const KNOWN = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

/** What other servers say instead, by what their words have in common: each has its own for the same. */
const MEANT: readonly (readonly [RegExp, string])[] = [
  [/^tool_(use|calls?)$/, 'tool_calls'],
  [
    /filter|safety|sensitive|refusal|recitation|prohibited|blocklist|spii|guardrail|moderat/,
    'content_filter',
  ],
  [/length|^max_|_limit$|context_window|truncat/, 'length'],
];

/** Reasons that mean that the provider broke off, not that the model was done. */
const BROKEN = new Set(['error', 'network_error', 'insufficient_system_resource', 'abort']);

/** Tells a reason that says that the provider itself failed. */
export function isBrokenFinish(reason: unknown): boolean {
  return typeof reason === 'string' && BROKEN.has(reason.toLowerCase());
}

/**
 * A `finish_reason` in OpenAI's own vocabulary.
 *
 * @returns `null` while the choice goes on; `stop` for words nobody knows, because they name ways
 * for a model to be done (`eos`, `end_turn`)
 */
export function readFinish(reason: unknown): string | null {
  if (typeof reason !== 'string' || reason === '') return null;
  if (KNOWN.has(reason)) return reason;
  const lower = reason.toLowerCase();
  if (KNOWN.has(lower)) return lower;
  return MEANT.find(([words]) => words.test(lower))?.[1] ?? 'stop';
}

/** What a choice contains, as far as its `finish_reason` depends on it. */
export interface FinishEvidence {
  readonly toolCalls: boolean;
  readonly functionCall: boolean;
}

/** Makes the reason agree with the content: Gemini's `stop` with calls, `tool_calls` without any. */
export function agreedFinish(reason: string, evidence: FinishEvidence): string {
  if (reason === 'stop' && evidence.toolCalls) return 'tool_calls';
  if (reason === 'stop' && evidence.functionCall) return 'function_call';
  const claimsCalls = reason === 'tool_calls' || reason === 'function_call';
  return claimsCalls && !evidence.toolCalls && !evidence.functionCall ? 'stop' : reason;
}
