/** Shorter ones fit too much, and longer ones hardly exist. */
const LENGTHS = { least: 2, most: 6 } as const;
/** May stand between the words that an acronym is made of: `Department of Energy`. */
const SMALL = new Set(['of', 'the', 'and', 'for', 'in', 'a', 'to', 'on']);

/** Where the words begin and end (exclusive) that an acronym stands for. */
export interface Spelled {
  readonly from: number;
  readonly to: number;
}

/**
 * Looks for neighbouring words whose first letters are `acronym`: `vpc` in `a virtual private cloud`, `2fa` in `2 factor authentication`.
 *
 * @param words - lower case, numbers in figures
 * @param isFree - whether a word may be one of them; small words in between need not be
 * @returns the first such run, `null` for none
 */
export function spelledOut(
  acronym: string,
  words: readonly string[],
  isFree: (place: number) => boolean = () => true,
): Spelled | null {
  if (acronym.length < LENGTHS.least || acronym.length > LENGTHS.most) return null;
  for (let from = 0; from < words.length; from++) {
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
    if (word.length > 1 && word.startsWith(acronym.charAt(spelled)) && isFree(i)) spelled += 1;
    else if (/^\d$/u.test(word) && word === acronym.charAt(spelled) && isFree(i)) spelled += 1;
    else if (spelled === 0 || !SMALL.has(word)) return null;
    if (spelled === acronym.length) return i + 1;
  }
  return null;
}
