import type { Usage } from '../../core/usage.js';

/** Far more than any model reads, and still exact when many are added up. */
const MAX_TOKENS = 1e12;

/** Whether usage is made of counts: whole numbers that no provider counts below 0 or beyond what there is. */
export function isCounted(usage: Usage): boolean {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  const parts = [
    cacheReadTokens,
    cacheWriteTokens,
    inputTokens - cacheReadTokens - cacheWriteTokens,
  ];
  const counts = [...parts, reasoningTokens, outputTokens - reasoningTokens];
  return counts.every((count) => Number.isInteger(count) && count >= 0 && count <= MAX_TOKENS);
}
