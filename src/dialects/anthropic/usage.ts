import type { Usage } from '../../core/usage.js';
import { objectOrEmpty, type JsonObject } from '../json.js';

/**
 * Gathers the token counts of one answer.
 *
 * Streams tell them twice, at the start and at the end; what is told last counts, member by member.
 */
export class UsageTally {
  #told: JsonObject = {};

  add(usage: unknown): void {
    for (const [name, value] of Object.entries(objectOrEmpty(usage))) {
      if (value !== null) this.#told[name] = value;
    }
  }

  /** `null` while nothing was told. */
  get usage(): Usage | null {
    const told = this.#told;
    const cacheRead = count(told['cache_read_input_tokens']);
    const cacheWrite = count(told['cache_creation_input_tokens']);
    // Anthropic leaves what the cache had a part in out of its input.
    const input = count(told['input_tokens']) + cacheRead + cacheWrite;
    const output = count(told['output_tokens']);
    if (input + output === 0) return null;
    const details = objectOrEmpty(told['output_tokens_details']);
    const writes = objectOrEmpty(told['cache_creation']);
    const forAnHour = Math.min(cacheWrite, count(writes['ephemeral_1h_input_tokens']));
    return {
      inputTokens: input,
      outputTokens: output,
      cacheReadTokens: cacheRead,
      cacheWriteTokens: cacheWrite,
      ...(forAnHour > 0 && { cacheWriteHourTokens: forAnHour }),
      reasoningTokens: Math.min(output, count(details['thinking_tokens'])),
      estimated: false,
    };
  }
}

/** Token counts in Anthropic's words. */
export function writtenUsage(usage: Usage | null): JsonObject {
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
