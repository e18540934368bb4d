import { isOrderSignificant } from './significant-order.js';
import type { QuestionWords } from './words.js';

/** The part of a question that is compared. */
interface Ordered {
  readonly words: QuestionWords;
  /** Order-independent hash of the words of `contentTokens`. */
  readonly bagHash: number;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Whether two texts have the same words in another order that matters: "A before B", "B before A", but not "A and B", "B and A". */
export function isReordered(one: Ordered, other: Ordered): boolean {
  if (one.bagHash !== other.bagHash) return false;
  const bare = [one, other].map((text) => contentTokens(text.words));
  const [own = [], others = []] = bare;
  if (areListsEqual(own, others) || !areListsEqual(own.toSorted(), others.toSorted())) return false;
  const isInTurn = isOrderSignificant(one.words.plain) || isOrderSignificant(other.words.plain);
  const [a = [], b = []] = bare
    .map((all) => all.filter((word) => !FREE.has(word)))
    .map((all) => (isInTurn ? all : listsSorted(all)));
  return (
    !areListsEqual(a, b) &&
    !isMovedClause(one.words.tokens, other.words.tokens) &&
    (isInTurn || !isListInOtherOrder(one.words.plain, other.words.plain))
  );
}

/** `name, role and start date`, `start date, name and role`: the texts differ only in the order of a list. */
function isListInOtherOrder(one: string, other: string): boolean {
  const [a, b] = [lexemesOf(one), lexemesOf(other)];
  const front = sharedFront(a, b);
  const back = sharedFront(a.slice(front).toReversed(), b.slice(front).toReversed());
  const [own, others] = [a, b].map((all) => membersOf(all.slice(front, all.length - back)));
  return own !== undefined && own.length > 1 && areListsEqual(own, others ?? []);
}

const lexemesOf = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’-]+|[,;]/gu) ?? [];

/** The members of a list, sorted. */
const membersOf = (lexemes: readonly string[]): readonly string[] =>
  lexemes
    .join(' ')
    .split(/ ?[,;] (?:and |or )?| (?:and|or|und|oder|et|ou|y|o) /u)
    .toSorted();

/** Words and numbers without articles, pronouns in their base case, in the order of the text. */
export function contentTokens({ tokens }: QuestionWords): readonly string[] {
  return tokens.flatMap((token) => (GRAMMAR.has(token) ? [] : [BASE_CASE.get(token) ?? token]));
}

/** Articles, also fused with a preposition: they change with grammatical role. */
const GRAMMAR = words(
  'the a an el la los las lo al del un una le les du au aux l der die das dem den des ein eine einen einem einer eines',
);
/** Pronouns in their base case: `he asks me` has the same words as `I ask him`. */
const BASE_CASE: ReadonlyMap<string, string> = new Map(
  'me=i my=i him=he his=he her=she them=they their=they us=we our=we'.split(' ').map((pair) => {
    const [form = '', base = ''] = pair.split('=');
    return [form, base] as const;
  }),
);

/** Words whose position depends on the form of a question, not on its subject. */
const FREE = words(
  'is are was were do does did can could should would will may not has have had ist sind hat haben kann est a',
);

/** The tokens, with two words joined by `and` or `or` in alphabetical order. */
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

/** First words of phrases that may move within a sentence; not those of temporal order (`before`, `after`). */
const PHRASE = words(
  'in on at for with without using by of from to about during under within per as via between among across ' +
    'if when mit ohne für bei aus von zu avec sans pour dans chez avant para con por desde en sur',
);

/**
 * "On a cloudy night, which telescope" and "which telescope on a cloudy night": two runs of words swap places, each
 * a phrase or at least three words long. Inside a sentence, both must be phrases: "about tea in rhymes".
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
    if (mayMove(first) && mayMove(second) && areListsEqual([...second, ...first], b)) return true;
  }
  return false;
}

function sharedFront(a: readonly string[], b: readonly string[]): number {
  const end = a.findIndex((item, i) => item !== b[i]);
  return end < 0 ? a.length : end;
}

/** Whether two lists have the same items in the same order. */
export function areListsEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
