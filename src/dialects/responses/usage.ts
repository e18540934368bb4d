import type { Usage } from '../../core/usage.js';
import type { JsonObject } from '../json.js';

/** Token counts in the format of a response; `null` if the provider reported none. */
export function encodeUsage(usage: Usage | null): JsonObject | null {
  if (usage === null) return null;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
}
