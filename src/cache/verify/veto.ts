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
  const [a, b] = [readWords(asked), readWords(kept)];
  const objections: readonly (readonly [Veto, boolean])[] = [
    ['time', dependsOnTime(a) || dependsOnTime(b)],
    ['number', !sameList(a.numbers.toSorted(), b.numbers.toSorted())],
    ['unit', !sameList(a.units.toSorted(), b.units.toSorted())],
    ['code', !sameSet(a.codes, b.codes)],
    ['name', lacksName(a, b) || lacksName(b, a)],
    ['negation', count(a, NEGATIONS) !== count(b, NEGATIONS)],
    ['opposite', isTurned(a, b)],
    ['question', questionOf(a) !== questionOf(b)],
    ['script', scriptOf(asked) !== scriptOf(kept)],
    ['order', isReordered(a, b)],
  ];
  return objections.find(([, holds]) => holds)?.[0] ?? null;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const NEGATIONS = words(
  'not no never without none nobody nothing neither nor hardly except excluding unless ' +
    'nicht kein keine keinen keinem keiner nie niemals ohne pas jamais sans nunca sin',
);

/** Words for which yesterday's answer may be wrong today. */
const TIMELY = words(
  'today tonight tomorrow yesterday now currently current latest newest recent recently nowadays upcoming ' +
    'ongoing live breaking weather forecast news heute morgen gestern jetzt aktuell neueste aujourd hui ' +
    'maintenant hoy ahora',
);
const TIMELY_PAIR =
  /\b(?:this|next|last|past) (?:week|month|year|quarter|weekend|season|hour|minute)\b/u;

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

const QUESTIONS = words('who whom whose when where why which what how');
/** What `how` asks for, by the word after it. */
const MEASURES = words('many much long old far often tall big fast');

function dependsOnTime({ words: all }: QuestionWords): boolean {
  return all.some((word) => TIMELY.has(word)) || TIMELY_PAIR.test(all.join(' '));
}

/** A name of one that the other does not have in any form of writing. */
function lacksName({ names }: QuestionWords, other: QuestionWords): boolean {
  const known = new Set(other.words);
  return names.some((name) => name.split("'").some((part) => part.length > 1 && !known.has(part)));
}

function count({ words: all }: QuestionWords, wanted: ReadonlySet<string>): number {
  return all.filter((word) => wanted.has(word)).length;
}

/** One has a word that the other lacks, and the other its opposite. */
function isTurned(a: QuestionWords, b: QuestionWords): boolean {
  const [inA, inB] = [new Set(a.words), new Set(b.words)];
  const only = (word: string, here: ReadonlySet<string>, there: ReadonlySet<string>): boolean =>
    here.has(word) && !there.has(word);
  return OPPOSITES.some(
    ([one, other]) =>
      (only(one, inA, inB) && only(other, inB, inA)) ||
      (only(other, inA, inB) && only(one, inB, inA)),
  );
}

/** The word that asks, `how` with its measure; empty for a request that asks with none. */
function questionOf({ words: all }: QuestionWords): string {
  const at = all.findIndex((word) => QUESTIONS.has(word));
  const [asks = '', after = ''] = at < 0 ? [] : all.slice(at, at + 2);
  return asks === 'how' && MEASURES.has(after) ? `how ${after}` : asks;
}

/** "A before B" and "B before A" have the same words. */
function isReordered(a: QuestionWords, b: QuestionWords): boolean {
  return !sameList(a.words, b.words) && sameList(a.words.toSorted(), b.words.toSorted());
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
  const counts = SCRIPT_LETTERS.map((letters) => text.match(letters)?.length ?? 0);
  const most = Math.max(...counts);
  return most === 0 ? -1 : counts.indexOf(most);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return sameList([...new Set(a)].sort(), [...new Set(b)].sort());
}
