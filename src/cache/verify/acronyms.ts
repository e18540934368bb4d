/** Shorter ones would match too much, and longer ones hardly exist. */
const SHORTEST_ACRONYM = 2;
export const LONGEST_ACRONYM = 6;
/** Words that an acronym may skip: `Department of Energy`. */
const SMALL = new Set(['of', 'the', 'and', 'for', 'in', 'a', 'to', 'on']);

/** The range of words that an acronym stands for; the end is exclusive. */
export interface AcronymRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Looks for consecutive words whose initials are `acronym`: `vpc` in `a virtual private cloud`, `2fa` in `2 factor authentication`.
 *
 * @param words - lower case, numbers in figures
 * @param isFree - whether a word may be part of it; skipped words need not be
 * @returns the first such range, `null` for none
 */
export function findAcronym(
  acronym: string,
  words: readonly string[],
  isFree: (place: number) => boolean = () => true,
): AcronymRange | null {
  if (acronym.length < SHORTEST_ACRONYM || acronym.length > LONGEST_ACRONYM) return null;
  for (let from = 0; from < words.length; from++) {
    // An acronym does not begin or end with a word that it could skip.
    if (SMALL.has(words[from] ?? '')) continue;
    const to = endOfRun(acronym, words, { from, isFree });
    if (to !== null) return { from, to };
  }
  return null;
}

function endOfRun(
  acronym: string,
  words: readonly string[],
  { from, isFree }: { readonly from: number; readonly isFree: (place: number) => boolean },
): number | null {
  let spelled = 0;
  for (let i = from; i < words.length; i++) {
    const word = words[i] ?? '';
    const isLast = spelled + 1 === acronym.length;
    if (isFree(i) && standsFor(acronym.charAt(spelled), word, isLast)) spelled += 1;
    else if (spelled === 0 || !SMALL.has(word)) return null;
    if (spelled === acronym.length) return i + 1;
  }
  return null;
}

const standsFor = (letter: string, word: string, isLast: boolean): boolean =>
  word.length > 1
    ? word.startsWith(letter) && !(isLast && SMALL.has(word))
    : /^\d$/u.test(word) && word === letter;
