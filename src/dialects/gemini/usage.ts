import type { Usage } from '../../core/usage.js';
import { isObject, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';

/** Reads token counts: tool-use prompts count as input, thoughts as output; Google counts both separately. */
export function readUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  const count = (name: string): number => Math.max(0, numberOr(value[name], 0));
  const input = count('promptTokenCount') + count('toolUsePromptTokenCount');
  const thoughts = count('thoughtsTokenCount');
  const output = count('candidatesTokenCount') + thoughts;
  if (input + output === 0) return null;
  return {
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: Math.min(input, count('cachedContentTokenCount')),
    cacheWriteTokens: 0,
    reasoningTokens: thoughts,
    estimated: false,
  };
}

/** Token counts in Google's format. */
export function encodeUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, reasoningTokens } = usage;
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens - reasoningTokens,
    totalTokenCount: inputTokens + outputTokens,
    ...(cacheReadTokens > 0 && { cachedContentTokenCount: cacheReadTokens }),
    ...(reasoningTokens > 0 && { thoughtsTokenCount: reasoningTokens }),
  };
}
