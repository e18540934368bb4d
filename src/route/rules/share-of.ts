import { fnv1a } from '../../core/fnv.js';
import { mix } from '../../embed/word-hash.js';

/**
 * A number that stands for a text: always the same for the same text, and of many texts every number as often as
 * any other. So a tenth of all users are those whose names are below 0.1.
 *
 * @returns at least 0, less than 1; the same in every gateway and after every restart
 */
export function shareOf(text: string): number {
  // Unmixed, names that differ in their last letters only would lie side by side.
  return mix(fnv1a(text)) / 2 ** 32;
}
