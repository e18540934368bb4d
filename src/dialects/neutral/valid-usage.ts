import type { Usage } from '../../core/usage.js';

/** Far more than any model reads, and small enough that sums of many stay exact. */
const MAX_TOKENS = 1e12;

/** Whether a usage is plausible: all counts are integers from 0 to `MAX_TOKENS`, and no part exceeds its total. */
export function isValidUsage(usage: Usage): boolean {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  const parts = [
    cacheReadTokens,
    cacheWriteTokens,
    inputTokens - cacheReadTokens - cacheWriteTokens,
  ];
  const counts = [...parts, reasoningTokens, outputTokens - reasoningTokens];
  return counts.every((count) => Number.isInteger(count) && count >= 0 && count <= MAX_TOKENS);
}
