import { stemOf } from './stem.js';

const setOf = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const NEGATIONS = setOf(
  'not no never without none nobody nothing neither nor hardly except excluding unless ' +
    'dont doesnt didnt isnt arent wasnt werent cant wont shouldnt wouldnt couldnt hasnt havent hadnt ' +
    'nicht kein keine keinen keinem keiner nie niemals ohne pas jamais sans nunca sin',
);

/** Function words, which say nothing about the subject of a question. */
const LITTLE = setOf(
  'a an the of to in on at for with by from as and or but so if that this these those it its i you we they he she me my your our their his her ' +
    'is are was were be been being am do does did done have has had can could will would shall should may might must what which who whom whose how why when where ' +
    'there here than then too also just any some all please get got really very quite yet ever even only more longer anymore ' +
    'want wants need needs like try trying help go going make know think use using',
);

/** The negations of a question. */
export interface Negations {
  /** Number of negations; "why or why not" and "if not" do not count. */
  readonly count: number;
  /** Stems of the negated words, the first content word after each negation; without duplicates. */
  readonly denied: readonly string[];
}

/** @param words - of a question, in order, lower case */
export function negationsIn(words: readonly string[]): Negations {
  const places = words.flatMap((word, i) => (isDenial(word, words[i - 1]) ? [i] : []));
  if (places.length === 0) return NO_DENIALS;
  const denied = places.flatMap((place) => {
    const next = words.slice(place + 1).find((word) => !LITTLE.has(word));
    return next === undefined ? [] : [stemOf(next)];
  });
  return { count: places.length, denied: [...new Set(denied)] };
}

const NO_DENIALS: Negations = { count: 0, denied: [] };

const isDenial = (word: string, before = ''): boolean =>
  NEGATIONS.has(word) && !(word === 'not' && /^(?:why|if|or)$/.test(before));

/** A question with its negations. */
interface Denying {
  readonly negations: Negations;
  readonly words: { readonly words: readonly string[] };
}

/**
 * Whether one question negates what the other says.
 *
 * "Why does it not work" may be the same as "why does it fail": if no negated word occurs in the other question, and the
 * other has words of its own, no rule can tell, so this is false.
 */
export function differInNegation(a: Denying, b: Denying): boolean {
  if (a.negations.count === b.negations.count) return false;
  const [more, fewer] = a.negations.count > b.negations.count ? [a, b] : [b, a];
  const stems = fewer.words.words.filter((word) => !LITTLE.has(word)).map(stemOf);
  const isSaid = (stem: string): boolean =>
    stems.includes(stem) && !fewer.negations.denied.includes(stem);
  if (more.negations.denied.some(isSaid)) return true;
  const own = more.words.words.map(stemOf);
  return stems.every((stem) => own.includes(stem));
}
