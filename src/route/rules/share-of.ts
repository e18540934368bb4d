import { fnv1a } from '../../core/fnv.js';
import { mix } from '../../embed/word-hash.js';

/**
 * Hashes a text to a uniformly distributed number, for splitting traffic: a tenth of all users are those whose names
 * give less than 0.1.
 *
 * @returns 0 or more, less than 1; the same in every gateway and after every restart
 */
export function shareOf(text: string): number {
  // Mixed, because FNV-1a gives similar numbers for names that differ only in their last letters.
  return mix(fnv1a(text)) / 2 ** 32;
}
