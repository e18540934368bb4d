import { stemOf } from './stem.js';

type Tokens = readonly string[];
type Counts = ReadonlyMap<string, number>;

const pairs = (text: string): readonly (readonly [string, string])[] =>
  text.split(' ').map((pair) => {
    const [one = '', other = ''] = pair.split('/');
    return [one, other] as const;
  });

/** Opposite directions, if the words after them are the same. */
const WAYS = pairs('to/from into/from onto/from to/off into/out onto/off');
/** Opposite particles of a verb, if the words before them are the same: `log in`, `log out`. */
const BEHIND_VERB = pairs('in/out on/off up/in up/out out/back in/off into/out on/out');
/** Opposite words, if all other words are the same: `turn it on`, `turn off it`; also agents and quantities. */
const ALONE = pairs(
  'by/about any/all any/every any/each some/all some/every some/each most/all either/both one/every first/every ' +
    'ein/aus an/aus auf/zu vor/nach antes/después avant/après yes/no ja/nein oui/non sí/no si/no',
);
const EVERYWHERE = [...WAYS, ...BEHIND_VERB, ...ALONE];
const OPPOSITES: ReadonlySet<string> = new Set(EVERYWHERE.flat());

/** Function words that may be added or omitted along with these. */
const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  'of to the a an at for with my your our his her their is are do does s der die das le la el'.split(
    ' ',
  ),
);

/**
 * Whether one text has a function word where the other has an opposite one: `sync to the cloud` and `sync from the cloud`,
 * `log in`, `log out`, `any of them`, `all of them`.
 *
 * @param a, b - words and numbers in order
 */
export function haveExchanged(a: Tokens, b: Tokens): boolean {
  if (!a.some((token) => OPPOSITES.has(token))) return false;
  const [own, others] = [countsOf(a), countsOf(b)];
  const [left, right] = [moreOftenIn(own, others), moreOftenIn(others, own)];
  // Most pairs have the same function words.
  if (![...left, ...right].some((token) => OPPOSITES.has(token))) return false;
  const isExchanged = ([one, other]: readonly [string, string]): boolean =>
    isMoreOften(one, own, others) && isMoreOften(other, others, own);
  // `different to` means `different from`.
  if (a.some((token) => DIFFERING.test(token))) return false;
  const isBoth = (list: typeof WAYS, fits: (one: string, other: string) => boolean): boolean =>
    list.some(
      ([one, other]) =>
        (isExchanged([one, other]) && fits(one, other)) ||
        (isExchanged([other, one]) && fits(other, one)),
    );
  return (
    isBoth(EVERYWHERE, (one, other) => isAllOf(left, one, right) && isAllOf(right, other, left)) ||
    (isLittle(left) &&
      isLittle(right) &&
      isBoth(WAYS, (one, other) => shareNext(a, b, one, other))) ||
    isBoth(BEHIND_VERB, (one, other) => shareBefore(a, b, one, other))
  );
}

/** How often a text has each of its words. */
function countsOf(tokens: Tokens): Counts {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

const isMoreOften = (token: string, own: Counts, others: Counts): boolean =>
  (own.get(token) ?? 0) > (others.get(token) ?? 0);

/** Words that one text has more often than the other. */
const moreOftenIn = (own: Counts, others: Counts): Tokens =>
  [...own.keys()].filter((token) => isMoreOften(token, own, others));

/** Whether no content word but this one is left over; words of the same stem correspond: `any row`, `all rows`. */
function isAllOf(left: Tokens, word: string, others: Tokens): boolean {
  const stems = new Set(others.map(stemOf));
  return left.every(
    (token) => token === word || FUNCTION_WORDS.has(token) || stems.has(stemOf(token)),
  );
}

/** If more words differ, the texts may describe the same from different places: `from the airport`, `to the airport`. */
const MOST_LEFT = 3;
const isLittle = (left: Tokens): boolean =>
  left.filter((token) => !FUNCTION_WORDS.has(token)).length <= MOST_LEFT;

/** Whether the same word follows both, ignoring articles: `to the cloud`, `from cloud`. */
function shareNext(a: Tokens, b: Tokens, one: string, other: string): boolean {
  const behind = new Set(wordsAt(a, one, 1));
  return wordsAt(b, other, 1).some((word) => behind.has(word));
}

/** Whether the same word precedes both: `opt in`, `opt out`. */
function shareBefore(a: Tokens, b: Tokens, one: string, other: string): boolean {
  const before = new Set(wordsAt(a, one, -1));
  return wordsAt(b, other, -1).some((word) => before.has(word));
}

const SHORTEST = 3;
const DIFFERING = /^(?:differ|differ(?:s|ed|ent|ently)|apart|aside|distinct)$/u;

/** The words after (or before) each occurrence of `word`, ignoring articles and short words. */
function wordsAt(tokens: Tokens, word: string, step: 1 | -1): Tokens {
  const found: string[] = [];
  let neighbour = '';
  for (let i = step > 0 ? tokens.length - 1 : 0; i in tokens; i -= step) {
    const token = tokens[i] ?? '';
    if (token === word && neighbour.length >= SHORTEST) found.push(neighbour);
    if (step < 0 || !FUNCTION_WORDS.has(token)) neighbour = token;
  }
  return found;
}
