import { fnv1a } from '../../core/fnv.js';
import { haveOtherRoles, marksOf } from './roles.js';
import { dependsOnTime } from './timely.js';
import { readWords, type QuestionWords } from './words.js';

/**
 * Why the answer to one question is not given to another, however alike they are. A closed set.
 *
 * - `number`, `unit`: they ask of different amounts.
 * - `name`: one names somebody or something that the other does not.
 * - `code`: identifiers, paths, versions, addresses or quotes differ.
 * - `negation`: one denies what the other says.
 * - `opposite`: one has a word where the other has its opposite.
 * - `question`: they ask for different things of the same subject (who, when, how many).
 * - `order`: the same words in an order that turns the question around.
 * - `script`: they are written in different scripts.
 * - `time`: the right answer depends on when it is given.
 */
export type Veto =
  | 'number'
  | 'unit'
  | 'name'
  | 'code'
  | 'negation'
  | 'opposite'
  | 'question'
  | 'order'
  | 'script'
  | 'time';

/** What each rule says of a pair; those that hold object. */
export type Objections = Readonly<Record<Veto, boolean>>;

/** What the rules look at, taken from a question once; small, as it is kept for as long as the answer is. */
export interface QuestionFacts {
  readonly words: QuestionWords;
  readonly numbers: readonly string[];
  readonly units: readonly string[];
  readonly codes: readonly string[];
  /** The same for all texts that have the same words but for grammar, in whatever order. */
  readonly bag: number;
  /** Words of which the word before tells whether they act or are acted on (`roles.ts`). */
  readonly marks: readonly string[];
  readonly isTimely: boolean;
  readonly denials: number;
  /** Words that have an opposite. */
  readonly opposable: readonly string[];
  /** What is asked for, where a word says it. */
  readonly asks: string | null;
  readonly script: number;
}

/** Takes from a question what the rules look at. */
export function factsOf(text: string, words: QuestionWords): QuestionFacts {
  return {
    words,
    numbers: sorted(words.numbers),
    units: sorted(words.units),
    codes: sorted([...new Set(words.codes)]),
    bag: bareOf(words).reduce((sum, word) => (sum + fnv1a(word)) | 0, 0),
    marks: marksOf(words.tokens),
    isTimely: dependsOnTime(words.plain),
    denials: denials(words),
    opposable: sorted([...new Set(words.words)].filter((word) => OPPOSITE_OF.has(word))),
    asks: questionOf(words),
    script: scriptOf(text),
  };
}

const NONE: readonly string[] = [];

/** Most questions have nothing of most kinds: that is held once. */
const sorted = (items: readonly string[]): readonly string[] =>
  items.length === 0 ? NONE : items.toSorted();

/**
 * Looks for what makes two questions different whatever they have in common.
 *
 * Says nothing of whether they are the same: that no rule objects is no reason to give an answer.
 *
 * @param asked - the question that wants an answer
 * @param kept - the question whose answer is kept
 * @returns the first objection, `null` for none
 */
export function vetoOf(asked: string, kept: string): Veto | null {
  const [a, b] = [asked, kept].map((text) => factsOf(text, readWords(text)));
  return a === undefined || b === undefined ? null : firstObjection(objectionsTo(a, b));
}

/** The veto of a pair whose rules have been asked: the first that objects, `null` for none. */
export function firstObjection(objections: Objections): Veto | null {
  return ORDER.find((veto) => objections[veto]) ?? null;
}

/** What every rule says of a pair of questions. */
export function objectionsTo(a: QuestionFacts, b: QuestionFacts): Objections {
  return {
    time: a.isTimely || b.isTimely,
    number: !sameList(a.numbers, b.numbers),
    unit: !sameList(a.units, b.units),
    code: !sameList(a.codes, b.codes) && (lacksCode(a, b) || lacksCode(b, a)),
    name: lacksName(a, b) || lacksName(b, a),
    negation: a.denials !== b.denials,
    opposite: isTurned(a, b) || isTurned(b, a),
    question: a.asks !== null && b.asks !== null && a.asks !== b.asks,
    script: a.script !== b.script,
    order: isReordered(a, b) || haveOtherRoles(a, b),
  };
}

/** What is said first where several rules object: what is easiest to understand. */
const ORDER: readonly Veto[] = [
  'time',
  'number',
  'unit',
  'code',
  'name',
  'negation',
  'opposite',
  'question',
  'script',
  'order',
];

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const NEGATIONS = words(
  'not no never without none nobody nothing neither nor hardly except excluding unless ' +
    'dont doesnt didnt isnt arent wasnt werent cant wont shouldnt wouldnt couldnt hasnt havent hadnt ' +
    'nicht kein keine keinen keinem keiner nie niemals ohne pas jamais sans nunca sin',
);

/** Said before a name, or not. */
const TITLES = words('mr mrs ms dr prof professor president sir sr jr the');

const OPPOSITES: readonly (readonly [string, string])[] = (
  'enable/disable enabled/disabled increase/decrease increasing/decreasing add/remove open/close start/stop ' +
  'install/uninstall allow/forbid allow/deny allowed/forbidden before/after above/below over/under more/less ' +
  'most/least maximum/minimum max/min highest/lowest high/low best/worst first/last ascending/descending ' +
  'encrypt/decrypt encode/decode import/export buy/sell push/pull upload/download include/exclude true/false ' +
  'legal/illegal possible/impossible safe/unsafe safe/dangerous valid/invalid positive/negative left/right ' +
  'up/down win/lose gain/lose hot/cold old/new oldest/newest long/short longest/shortest big/small large/small ' +
  'advantages/disadvantages pros/cons benefits/risks public/private internal/external input/output client/server ' +
  'serialize/deserialize lock/unlock connect/disconnect mount/unmount upgrade/downgrade merge/split with/without ' +
  'earlier/later north/south east/west male/female sync/async synchronous/asynchronous read/write create/delete'
)
  .split(' ')
  .map((pair) => {
    const [one = '', other = ''] = pair.split('/');
    return [one, other] as const;
  });

const OPPOSITE_OF: ReadonlyMap<string, readonly string[]> = new Map(
  OPPOSITES.flat().map((word) => [
    word,
    OPPOSITES.flatMap(([one, other]) => (one === word ? [other] : other === word ? [one] : [])),
  ]),
);

const QUESTIONS = words('who whom whose when where why which what how');
const SPECIFIC: ReadonlyMap<string, string> = new Map([
  ['who', 'who'],
  ['whom', 'who'],
  ['whose', 'who'],
  ['when', 'when'],
  ['where', 'where'],
  ['why', 'why'],
]);
/** What `how` asks for, by the word after it. */
const MEASURES = words('many much long old far often tall big fast');

/** A name of one that the other does not have in any form of writing. */
function lacksName(
  { words: { names, words: own } }: QuestionFacts,
  { words: { words: other } }: QuestionFacts,
): boolean {
  if (names.length === 0) return false;
  const has = (part: string): boolean =>
    part.length < 2 || TITLES.has(part) || other.includes(part) || other.some(isFormOf(part));
  const lacking = (name: string): boolean => !name.split("'").every(has);
  return names.some((name) => lacking(name) && !belongsToKnown(name, { names, own, has }));
}

/** Code of one that the other does not have, marked as code or not. */
function lacksCode(a: QuestionFacts, b: QuestionFacts): boolean {
  const unmarked = a.codes.filter((code) => !b.codes.includes(code));
  if (unmarked.length === 0) return false;
  const said = lexemesOf(b.words.plain);
  return !unmarked.every((code) => hasRun(said, lexemesOf(code)));
}

/** Words, numbers and single signs, in order; backquotes only mark what is code. */
function lexemesOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{M}\p{N}_]+|[^\s`]/gu) ?? [];
}

function hasRun(all: readonly string[], run: readonly string[]): boolean {
  return all.some((_, start) => run.every((item, i) => all[start + i] === item));
}

/** `India` and `Indian`, `US` and `USA`: the same name with another ending. */
function isFormOf(name: string): (word: string) => boolean {
  return (word) =>
    Math.min(word.length, name.length) >= 2 &&
    (word.startsWith(name) || name.startsWith(word)) &&
    Math.abs(word.length - name.length) <= (name.length < 5 ? 1 : 3);
}

/** `Donald` beside `Trump`: who is called by both names may be called by one. */
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

/** How often something is denied; "why or why not" and "if not" deny nothing. */
function denials({ words: all }: QuestionWords): number {
  return all.filter(
    (word, i) =>
      NEGATIONS.has(word) && !(word === 'not' && /^(?:why|if|or)$/.test(all[i - 1] ?? '')),
  ).length;
}

/** One has a word that the other lacks, and the other its opposite. */
function isTurned(a: QuestionFacts, b: QuestionFacts): boolean {
  // What has an opposite is one, so both are among those that have one.
  const [own, others] = [a.opposable, b.opposable];
  if (own.length === 0 || others.length === 0) return false;
  return own.some(
    (word) =>
      !others.includes(word) &&
      OPPOSITE_OF.get(word)?.some((other) => others.includes(other) && !own.includes(other)) ===
        true,
  );
}

/**
 * What is asked for, where the word says it: a person, a place, a time, a reason, an amount.
 *
 * `what`, `which` and a bare `how` ask for anything: "what is the best way to" is "how do I".
 */
function questionOf({ words: all }: QuestionWords): string | null {
  const at = all.findIndex((word) => QUESTIONS.has(word));
  const [asks = '', after = ''] = at < 0 ? [] : all.slice(at, at + 2);
  if (asks === 'how') return MEASURES.has(after) ? `how ${after}` : null;
  return SPECIFIC.get(asks) ?? null;
}

/** "A before B" and "B before A" have the same words; "A and B" and "B and A" say the same. */
function isReordered(one: QuestionFacts, other: QuestionFacts): boolean {
  if (one.bag !== other.bag) return false;
  const bare = [one, other].map(({ words: read }) => bareOf(read));
  const [own = [], others = []] = bare;
  if (sameList(own, others) || !sameList(own.toSorted(), others.toSorted())) return false;
  const [a, b] = bare.map((all) => listsSorted(all.filter((word) => !FREE.has(word))));
  return !sameList(a ?? [], b ?? []) && !isMovedClause(one.words.tokens, other.words.tokens);
}

/** Words and numbers without those that only carry grammar, in the order of the text. */
function bareOf({ tokens }: QuestionWords): readonly string[] {
  return tokens.flatMap((token) => (GRAMMAR.has(token) ? [] : [BASE_CASE.get(token) ?? token]));
}

/** Articles, alone or grown together with what stands before them: they change with who does it to whom. */
const GRAMMAR = words(
  'the a an el la los las lo al del un una le les du au aux l der die das dem den des ein eine einen einem einer eines',
);
/** `he asks me` has the words of `I ask him`, but for their case and number. */
const BASE_CASE: ReadonlyMap<string, string> = new Map(
  'me=i my=i him=he his=he her=she them=they their=they us=we our=we'.split(' ').map((pair) => {
    const [form = '', base = ''] = pair.split('=');
    return [form, base] as const;
  }),
);

/** Words whose place depends on the form of a question, not on what it is about. */
const FREE = words(
  'is are was were do does did can could should would will may not has have had ist sind hat haben kann est a',
);

/** The members of what `and` or `or` joins, in alphabetical order. */
function listsSorted(tokens: readonly string[]): readonly string[] {
  const sorted = [...tokens];
  for (let i = 1; i + 1 < sorted.length; i++) {
    const [before = '', joint = '', after = ''] = sorted.slice(i - 1, i + 2);
    if (!/^(?:and|or|und|oder|et|ou|y)$/.test(joint) || before <= after) continue;
    sorted[i - 1] = after;
    sorted[i + 1] = before;
  }
  return sorted;
}

/** Words that a phrase begins with which may stand here or there; not what tells one time from another (`before`, `after`). */
const PHRASE = words(
  'in on at for with without using by of from to about during under within per as via between among across ' +
    'if when mit ohne für bei aus von zu avec sans pour dans chez avant para con por desde en sur',
);

/**
 * "On a cloudy night, which telescope" and "which telescope on a cloudy night": two runs change places, each
 * of three words or more, or a phrase. In the midst of a sentence both are phrases: "about tea in rhymes".
 */
function isMovedClause(one: readonly string[], other: readonly string[]): boolean {
  const front = sharedFront(one, other);
  const back = sharedFront(one.toReversed(), other.toReversed());
  const a = one.slice(front, one.length - back);
  const b = other.slice(front, other.length - back);
  const whole = front === 0 && back === 0;
  const mayMove = (run: readonly string[]): boolean =>
    PHRASE.has(run[0] ?? '') ? run.length >= 2 : whole && run.length >= 3;
  for (let cut = 2; cut + 2 <= a.length; cut++) {
    if (a[cut] !== b[0]) continue;
    const [first, second] = [a.slice(0, cut), a.slice(cut)];
    if (mayMove(first) && mayMove(second) && sameList([...second, ...first], b)) return true;
  }
  return false;
}

function sharedFront(a: readonly string[], b: readonly string[]): number {
  const end = a.findIndex((item, i) => item !== b[i]);
  return end < 0 ? a.length : end;
}

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Han',
  'Hiragana',
  'Hangul',
  'Arabic',
  'Hebrew',
  'Devanagari',
  'Thai',
];
const SCRIPT_LETTERS = SCRIPTS.map((script) => new RegExp(`\\p{Script=${script}}`, 'gu'));

/** The script most letters are in, by its place in the list; -1 for none of them. */
function scriptOf(text: string): number {
  // Nearly all texts have letters of one alphabet only, and that is seen at once.
  if (!/[^\u0000-\u024f\u2000-\u22ff]/u.test(text)) return /\p{L}/u.test(text) ? 0 : -1;
  const counts = SCRIPT_LETTERS.map((letters) => text.match(letters)?.length ?? 0);
  const most = Math.max(...counts);
  return most === 0 ? -1 : counts.indexOf(most);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
