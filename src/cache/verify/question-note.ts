import type { QuestionFacts } from './veto.js';

/**
 * What rules look at in a question, as one text.
 *
 * It is held for every kept question. As objects the same takes five times the memory, and the collector of garbage
 * has to follow each of them while requests wait.
 */
export function noteOf(facts: QuestionFacts): string {
  const { words, numbers, units, codes, quotes, bounds, bag, marks } = facts;
  const { isTimely, denials, opposable, terms, asks, script, written } = facts;
  const { cased, punctuation, signs, lines, handedIn, structured } = written;
  return JSON.stringify([
    [
      words.plain,
      words.tokens,
      // Without numbers, and in scripts with spaces, they are the same.
      isSame(words.tokens, words.words) ? null : words.words,
      words.numbers,
      words.units,
      words.names,
      words.codes,
    ],
    [numbers, units, codes, quotes, bounds, bag, marks],
    [isTimely, denials.count, denials.denied, opposable, terms, asks, script, facts.tellsByLetters],
    [cased, punctuation, signs, lines, handedIn, structured],
  ] satisfies Note);
}

/** What a note says. */
export function factsIn(note: string): QuestionFacts {
  const [words, first, second, third] = JSON.parse(note) as Note;
  const [plain, tokens, ownWords, allNumbers, allUnits, names, allCodes] = words;
  const [numbers, units, codes, quotes, bounds, bag, marks] = first;
  const [isTimely, count, denied, opposable, terms, asks, script, tellsByLetters] = second;
  const [cased, punctuation, signs, lines, handedIn, structured] = third;
  return {
    words: {
      plain,
      tokens,
      words: ownWords ?? tokens,
      numbers: allNumbers,
      units: allUnits,
      names,
      codes: allCodes,
    },
    numbers,
    units,
    codes,
    quotes,
    bounds,
    bag,
    marks,
    isTimely,
    denials: { count, denied },
    opposable,
    terms,
    asks,
    script,
    tellsByLetters,
    written: { cased, punctuation, signs, lines, handedIn, structured },
  };
}

type Words = readonly string[];
type Note = readonly [
  readonly [string, Words, Words | null, Words, Words, Words, Words],
  readonly [Words, Words, Words, Words, Words, number, Words],
  readonly [boolean, number, Words, Words, Words, Words, number, boolean],
  readonly [Words, Words, Words, string, number, number],
];

function isSame(one: Words, other: Words): boolean {
  return one.length === other.length && one.every((word, i) => word === other[i]);
}
