/** The initial hash. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * FNV-1a of a text's UTF-16 units: fast, and good enough for hash tables; never use it where somebody may search
 * for a collision.
 *
 * @param state - the hash of what comes before the text
 * @param end - hashes the units before this index
 * @returns below 2^32
 */
export function fnv1a(text: string, state = OFFSET, end = text.length): number {
  const last = Math.min(end, text.length);
  let hash = state;
  for (let i = 0; i < last; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash >>> 0;
}
