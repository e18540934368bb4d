import { distance } from 'fastest-levenshtein';

/**
 * The known word that a misspelt one most likely meant.
 *
 * @returns `null` when nothing is within a third of the word's length, rounded up, so that a hint is never a wild guess
 */
export function nearest(word: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  // A third, rounded up: two letters swapped in a word of five are two changes.
  let bestDistance = Math.ceil(word.length / 3) + 1;
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}
