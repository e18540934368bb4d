import { isAboutWord } from './abbreviations.js';
import { findAcronym } from './acronyms.js';
import { isTypo } from './typos.js';
import type { QuestionWords } from './words.js';

const setOf = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Titles, which may be left out before a name. */
const TITLES = setOf('mr mrs ms dr prof professor president sir sr jr the');

/** Countries and cities with their inhabitants and adjectives, where the words have different beginnings; one line each. */
const KIN = `america american americans us usa states
britain british uk
netherlands dutch holland
china chinese
spain spanish
france french
wales welsh
ireland irish
switzerland swiss
thailand thai
greece greek greeks
turkey turkish
poland polish
denmark danish
sweden swedish
finland finnish
norway norwegian norwegians
philippines filipino filipinos philippine
iran iranian persian
brazil brasil brazilian
portugal portuguese
scotland scottish
peru peruvian
ukraine ukrainian
vienna viennese
naples neapolitan
moscow muscovite`
  .split('\n')
  .map((line) => line.split(' '));

const KIN_OF = new Map<string, readonly string[]>();
for (const kin of KIN) for (const word of kin) KIN_OF.set(word, kin);

/** Whether the first text has a name that the second does not have in any form. */
export function lacksName(
  { names, words: own, plain }: QuestionWords,
  { words: other, names: otherNames }: QuestionWords,
): boolean {
  if (names.length === 0) return false;
  const has = (part: string): boolean =>
    part.length < 2 || TITLES.has(part) || other.some(isFormOf(part, otherNames));
  const lacking = (name: string): boolean => !name.split("'").every(has);
  const short = names.filter((name) => lacking(name) && !belongsToKnown(name, { names, own, has }));
  return short.length > 0 && (isAboutWord(plain) || !areAcronyms(short, own, other));
}

/** Whether each name is an acronym of words of the other text, or one of the words that an acronym in the other text stands for. */
function areAcronyms(
  names: readonly string[],
  own: readonly string[],
  other: readonly string[],
): boolean {
  const written = other.flatMap((word) => {
    const run = own.includes(word) ? null : findAcronym(word, own);
    return run === null ? [] : own.slice(run.from, run.to);
  });
  return names.every((name) => written.includes(name) || findAcronym(name, other) !== null);
}

/**
 * `India` and `Indian`, `US` and `USA`: the same name with another ending; `Dutch` and `Netherlands`; `Comăneci` without
 * its diacritic. A typo only if the other word is in lower case, so typed in passing: `Janssen` is not `Jansen`.
 */
function isFormOf(name: string, otherNames: readonly string[]): (word: string) => boolean {
  const kin = KIN_OF.get(name);
  const bare = withoutMarks(name);
  return (word) => {
    if (word === name || kin?.includes(word) === true) return true;
    const other = withoutMarks(word);
    if (other === bare) return true;
    if (isOtherEnding(other, bare)) return !(otherNames.includes(word) && isSequel(other, bare));
    return name.length >= 6 && !otherNames.includes(word) && isTypo(name, word);
  };
}

const isOtherEnding = (word: string, name: string): boolean =>
  Math.min(word.length, name.length) >= 2 &&
  (word.startsWith(name) || name.startsWith(word)) &&
  Math.abs(word.length - name.length) <= (name.length < 5 ? 1 : 3);

/** `Alien` and `Aliens` are two films; `Roman` and `Romans` are not two peoples. */
const isSequel = (a: string, b: string): boolean =>
  (`${a}s` === b || `${b}s` === a) && !/(?:an|er|ish|c|day)s?$/u.test(a);

const withoutMarks = (word: string): string =>
  /^[\x20-\x7e]*$/u.test(word) ? word : word.normalize('NFD').replaceAll(/\p{M}/gu, '');

/** `Donald` followed by `Trump`: somebody named by first and last name may be named by the last name alone. */
function belongsToKnown(
  name: string,
  {
    names,
    own,
    has,
  }: {
    readonly names: readonly string[];
    readonly own: readonly string[];
    readonly has: (part: string) => boolean;
  },
): boolean {
  const family = own[own.indexOf(name) + 1] ?? '';
  return names.includes(family) && has(family);
}
