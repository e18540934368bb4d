import type { QuestionFacts } from './veto.js';

/**
 * Serialises the facts of a question to one string.
 *
 * One is held in memory for every cached question. As objects, facts would take five times the memory and make
 * garbage collection slower.
 */
export function encodeFacts(facts: QuestionFacts): string {
  const { words, numbers, units, codes, quotes, bounds, bagHash, caseMarkers } = facts;
  const { isTimeDependent, negations, opposable, expressions, answerTypes, script, surfaceForm } =
    facts;
  const { cased, punctuation, signs, lines, suppliedText, structuredData } = surfaceForm;
  return JSON.stringify([
    [
      words.plain,
      words.tokens,
      // The same for a text without numbers in a script with spaces.
      isSame(words.tokens, words.words) ? null : words.words,
      words.numbers,
      words.units,
      words.names,
      words.codes,
    ],
    [numbers, units, codes, quotes, bounds, bagHash, caseMarkers],
    [
      isTimeDependent,
      negations.count,
      negations.denied,
      opposable,
      expressions,
      answerTypes,
      script,
      facts.isLetterSensitive,
    ],
    [cased, punctuation, signs, lines, suppliedText, structuredData],
  ] satisfies Note);
}

/** The facts that `encodeFacts` serialised. */
export function decodeFacts(note: string): QuestionFacts {
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
    bagHash: bag,
    caseMarkers: marks,
    isTimeDependent: isTimely,
    negations: { count, denied },
    opposable,
    expressions: terms,
    answerTypes: asks,
    script,
    isLetterSensitive: tellsByLetters,
    surfaceForm: {
      cased,
      punctuation,
      signs,
      lines,
      suppliedText: handedIn,
      structuredData: structured,
    },
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
