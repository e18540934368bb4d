import type { JsonObject } from '../json.js';

const KNOWN = new Set<unknown>(['text', 'thinking', 'redacted_thinking', 'tool_use']);

/**
 * Whether a block of an answer is of a kind whose every part is known here.
 *
 * What Anthropic's own tools did is none: it was true on the day it was done, and belongs to a
 * container or a search that will be gone.
 */
export function isKnownBlock(block: JsonObject): boolean {
  return KNOWN.has(block['type']);
}
