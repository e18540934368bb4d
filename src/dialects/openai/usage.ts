import type { Usage } from '../../core/usage.js';
import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty } from '../json.js';

/** A parsed usage object: for accounting, and as the client should see it. */
export interface UsageReading {
  readonly usage: Usage;
  /** The provider's object with consistent totals; unknown members are kept. Built on demand. */
  toJson(): JsonObject;
}

/**
 * Reads token counts as OpenAI and compatible APIs report them.
 *
 * @returns `null` if it is not an object or counts no tokens
 */
export function readUsage(value: unknown): UsageReading | null {
  if (!isObject(value)) return null;
  const prompt = count(value['prompt_tokens'] ?? value['input_tokens']);
  const reported = count(value['completion_tokens'] ?? value['output_tokens']);
  if (prompt + reported === 0) return null;

  const promptDetails = objectOrEmpty(value['prompt_tokens_details']);
  const completionDetails = objectOrEmpty(value['completion_tokens_details']);
  const reasoning = count(completionDetails['reasoning_tokens'] ?? value['reasoning_tokens']);
  const completion = outputWithReasoning(value, { prompt, completion: reported, reasoning });
  // Grok on Azure has been seen to report more cached than prompt tokens.
  const cacheRead = Math.min(prompt, cachedTokens(value, promptDetails));
  const cacheWrite = Math.min(
    prompt - cacheRead,
    count(promptDetails['cache_write_tokens'] ?? value['cache_creation_input_tokens']),
  );
  return {
    usage: {
      inputTokens: prompt,
      outputTokens: completion,
      cacheReadTokens: cacheRead,
      cacheWriteTokens: cacheWrite,
      reasoningTokens: Math.min(reasoning, completion),
      estimated: false,
    },
    toJson: () => shownUsage(value, { prompt, completion, reasoning, cacheRead }),
  };
}

/** DeepSeek, Moonshot, Mistral and others report cached tokens under other names, some with 0 under the usual one. */
function cachedTokens(value: JsonObject, promptDetails: JsonObject): number {
  // Written out: this runs for every answer, and a list of names would be allocated each time.
  return Math.max(
    count(promptDetails['cached_tokens']),
    count(value['prompt_cache_hit_tokens']),
    count(value['cached_tokens']),
    count(value['num_cached_tokens']),
    count(value['cache_read_input_tokens']),
    cachedIn(value['input_tokens_details']),
    cachedIn(value['prompt_token_details']),
  );
}

function cachedIn(details: unknown): number {
  return isObject(details) ? count(details['cached_tokens']) : 0;
}

/** Output tokens including reasoning: xAI counts reasoning outside of `completion_tokens`, which shows in the total. */
function outputWithReasoning(
  value: JsonObject,
  tokens: { prompt: number; completion: number; reasoning: number },
): number {
  const { prompt, completion, reasoning } = tokens;
  const isOutside =
    reasoning > completion ||
    (reasoning > 0 && count(value['total_tokens']) === prompt + completion + reasoning);
  return isOutside ? completion + reasoning : completion;
}

function shownUsage(
  value: JsonObject,
  tokens: { prompt: number; completion: number; reasoning: number; cacheRead: number },
): JsonObject {
  const promptDetails = details(value['prompt_tokens_details'], 'cached_tokens', tokens.cacheRead);
  const completionDetails = details(
    value['completion_tokens_details'],
    'reasoning_tokens',
    tokens.reasoning,
  );
  const shown: JsonObject = {
    ...value,
    prompt_tokens: tokens.prompt,
    completion_tokens: tokens.completion,
    total_tokens: tokens.prompt + tokens.completion,
  };
  delete shown['prompt_tokens_details'];
  delete shown['completion_tokens_details'];
  if (promptDetails !== null) shown['prompt_tokens_details'] = promptDetails;
  if (completionDetails !== null) shown['completion_tokens_details'] = completionDetails;
  return shown;
}

/** The details with our count and without `null` members; `null` if there is nothing to report. */
function details(value: unknown, name: string, tokens: number): JsonObject | null {
  if (!isObject(value)) return tokens > 0 ? { [name]: tokens } : null;
  const kept = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
  return tokens > 0 || name in kept ? { ...kept, [name]: tokens } : kept;
}

function count(value: unknown): number {
  const isCount = typeof value === 'number' && value > 0 && value <= MAX_TOKENS;
  return isCount ? Math.round(value) : 0;
}

/** Far more than any model reads, and small enough that sums of many stay exact. */
const MAX_TOKENS = 1e12;
