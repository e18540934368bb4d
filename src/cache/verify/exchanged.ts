import { stemOf } from './stem.js';

type Tokens = readonly string[];

const pairs = (text: string): readonly (readonly [string, string])[] =>
  text.split(' ').map((pair) => {
    const [one = '', other = ''] = pair.split('/');
    return [one, other] as const;
  });

/** Where something goes or comes from; what stands behind is the same. */
const WAYS = pairs('to/from into/from onto/from to/off into/out onto/off');
/** Behind a verb; what stands before is the same: `log in`, `log out`. */
const BEHIND_VERB = pairs('in/out on/off up/in up/out out/back in/off into/out on/out');
/** Where all other words are the same: `turn it on`, `turn off it`; who writes, how many are meant. */
const ALONE = pairs(
  'by/about any/all any/every any/each some/all some/every some/each most/all either/both one/every first/every ' +
    'ein/aus an/aus auf/zu vor/nach antes/después avant/après yes/no ja/nein oui/non sí/no si/no',
);
const EVERYWHERE = [...WAYS, ...BEHIND_VERB, ...ALONE];
const LOOKED_AT: ReadonlySet<string> = new Set(EVERYWHERE.flat());

/** Words that come and go with these. */
const BESIDE: ReadonlySet<string> = new Set(
  'of to the a an at for with my your our his her their is are do does s der die das le la el'.split(
    ' ',
  ),
);

/**
 * Whether one text has a small word where the other has one that turns it round: `sync to the cloud` and `sync from the cloud`,
 * `log in`, `log out`, `any of them`, `all of them`.
 *
 * @param a, b - words and numbers in order
 */
export function haveExchanged(a: Tokens, b: Tokens): boolean {
  // Most pairs have the same small words.
  if (!a.some((token) => LOOKED_AT.has(token) && !isAsOften(token, a, b))) return false;
  const isExchanged = ([one, other]: readonly [string, string]): boolean =>
    isMoreOften(one, a, b) && isMoreOften(other, b, a);
  const [left, right] = [onlyIn(a, b), onlyIn(b, a)];
  // `Different to` is `different from`.
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

const countOf = (token: string, tokens: Tokens): number => {
  let count = 0;
  for (const other of tokens) if (other === token) count += 1;
  return count;
};
const isMoreOften = (token: string, a: Tokens, b: Tokens): boolean =>
  countOf(token, a) > countOf(token, b);
const isAsOften = (token: string, a: Tokens, b: Tokens): boolean =>
  countOf(token, a) === countOf(token, b);

/** Words that one has more often than the other. */
const onlyIn = (a: Tokens, b: Tokens): Tokens => a.filter((token) => isMoreOften(token, a, b));

/** Nothing of weight is left over but this word; `any row` is beside `all rows` what `any` is beside `all`. */
const isAllOf = (left: Tokens, word: string, others: Tokens): boolean =>
  left.every((token) => token === word || BESIDE.has(token) || hasStemOf(others, token));

const hasStemOf = (tokens: Tokens, word: string): boolean => {
  const stem = stemOf(word);
  return tokens.some((token) => stemOf(token) === stem);
};

/** Of texts that differ in more, those who ask may stand elsewhere: `from the airport`, `to the airport`. */
const MOST_LEFT = 3;
const isLittle = (left: Tokens): boolean =>
  left.filter((token) => !BESIDE.has(token)).length <= MOST_LEFT;

/** The same stands behind both, articles aside: `to the cloud`, `from cloud`. */
function shareNext(a: Tokens, b: Tokens, one: string, other: string): boolean {
  const behind = wordsAt(a, one, 1);
  return wordsAt(b, other, 1).some((word) => behind.includes(word));
}

/** The same stands before both: `opt in`, `opt out`. */
function shareBefore(a: Tokens, b: Tokens, one: string, other: string): boolean {
  const before = wordsAt(a, one, -1);
  return wordsAt(b, other, -1).some((word) => before.includes(word));
}

const SHORTEST = 3;
const DIFFERING = /^(?:differ|differ(?:s|ed|ent|ently)|apart|aside|distinct)$/u;

/** Words of some length that stand behind each `word` (or before it), articles left out. */
function wordsAt(tokens: Tokens, word: string, step: 1 | -1): Tokens {
  return tokens.flatMap((token, i) => {
    if (token !== word) return [];
    let at = i + step;
    while (step > 0 && BESIDE.has(tokens[at] ?? '')) at += 1;
    const found = tokens[at] ?? '';
    return found.length >= SHORTEST ? [found] : [];
  });
}
