import type { Usage } from '../../core/usage.js';
import { objectOrEmpty, type JsonObject } from '../json.js';

/**
 * Collects the token counts of one answer.
 *
 * Streams report them twice, at the start and at the end; for each member the last value counts.
 */
export class UsageTally {
  #reported: JsonObject = {};

  add(usage: unknown): void {
    for (const [name, value] of Object.entries(objectOrEmpty(usage))) {
      if (value !== null) this.#reported[name] = value;
    }
  }

  /** `null` until any tokens were reported. */
  get usage(): Usage | null {
    const reported = this.#reported;
    const cacheRead = count(reported['cache_read_input_tokens']);
    const cacheWrite = count(reported['cache_creation_input_tokens']);
    // Anthropic's input excludes cache reads and writes.
    const input = count(reported['input_tokens']) + cacheRead + cacheWrite;
    const output = count(reported['output_tokens']);
    if (input + output === 0) return null;
    const details = objectOrEmpty(reported['output_tokens_details']);
    const writes = objectOrEmpty(reported['cache_creation']);
    const cacheWriteHour = Math.min(cacheWrite, count(writes['ephemeral_1h_input_tokens']));
    return {
      inputTokens: input,
      outputTokens: output,
      cacheReadTokens: cacheRead,
      cacheWriteTokens: cacheWrite,
      ...(cacheWriteHour > 0 && { cacheWriteHourTokens: cacheWriteHour }),
      reasoningTokens: Math.min(output, count(details['thinking_tokens'])),
      estimated: false,
    };
  }
}

/** Token counts in Anthropic's format. */
export function encodeUsage(usage: Usage | null): JsonObject {
  if (usage === null) return { input_tokens: 0, output_tokens: 0 };
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  const { cacheWriteHourTokens = 0 } = usage;
  return {
    input_tokens: inputTokens - cacheReadTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    ...(cacheWriteHourTokens > 0 && {
      cache_creation: {
        ephemeral_5m_input_tokens: cacheWriteTokens - cacheWriteHourTokens,
        ephemeral_1h_input_tokens: cacheWriteHourTokens,
      },
    }),
    output_tokens: outputTokens,
    ...(reasoningTokens > 0 && { output_tokens_details: { thinking_tokens: reasoningTokens } }),
  };
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}
