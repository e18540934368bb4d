import type { JsonObject } from '../json.js';

const KNOWN = new Set<unknown>(['text', 'thinking', 'redacted_thinking', 'tool_use']);

/**
 * Whether a block of an answer is of a type that can be cached.
 *
 * Blocks of Anthropic's own tools are not: their results go out of date, and refer to a container or search that expires.
 */
export function isCacheableBlock(block: JsonObject): boolean {
  return KNOWN.has(block['type']);
}
