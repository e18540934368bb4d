import type { Usage } from '../../core/usage.js';
import type { JsonObject } from '../json.js';

/** Token counts as OpenAI reports them; details only if they are not 0. */
export function encodeUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cacheReadTokens + cacheWriteTokens > 0 && {
      prompt_tokens_details: {
        cached_tokens: cacheReadTokens,
        ...(cacheWriteTokens > 0 && { cache_write_tokens: cacheWriteTokens }),
      },
    }),
    ...(reasoningTokens > 0 && {
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    }),
  };
}
