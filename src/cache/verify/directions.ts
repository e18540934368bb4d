import { listAt } from '../../core/list-at.js';
const setOf = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Prepositions before a destination or a place. */
const TOWARDS = setOf('to into in onto nach zu en à vers');
const ARTICLES = setOf(
  'a an the my your our his her their this that der die das den dem el la los las le les un una une',
);
/** Words of travel: then `between` two places goes from the first to the second. */
const TRAVEL = setOf(
  'flight flights fly flying airline airlines train trains bus buses coach coaches ferry ferries',
);
/** Words between two numbers of one kind. */
const JOINTS = setOf('and or by to x from at');
const FIGURE = /^\d[\d.]*$/;

type Tokens = readonly string[];

/** The part of a question that is compared. */
interface Placed {
  readonly words: { readonly tokens: Tokens };
  readonly numbers: Tokens;
}

/**
 * Whether two words swap places: `binary to decimal` and `decimal in binary`, `a 2.0 device in a 3.0 port` and
 * `a 3.0 device in a 2.0 port`. Both questions contain both words.
 */
export function haveSwappedPlaces(a: Placed, b: Placed): boolean {
  if (haveSwappedDestinations(a.words.tokens, b.words.tokens)) return true;
  const areCounted = a.numbers.length > 1 && b.numbers.length > 1;
  return areCounted && haveSwappedNumbers(a.words.tokens, b.words.tokens);
}

/** The word for what moves is among this many words before the preposition. */
const REACH = 3;

interface Way {
  /** Range of the words that may name what moves; the end is exclusive. */
  readonly from: number;
  readonly until: number;
  readonly to: string;
}

function haveSwappedDestinations(a: Tokens, b: Tokens): boolean {
  const own = waysIn(a);
  if (own.length === 0) return false;
  // Looked up by destination: comparing every pair would take quadratic time on a long list.
  const leading = new Map<string, Way[]>();
  for (const back of waysIn(b)) listAt(leading, back.to).push(back);
  return own.some((way) =>
    a
      .slice(way.from, way.until)
      .some((near) =>
        (leading.get(near) ?? []).some((back) => b.slice(back.from, back.until).includes(way.to)),
      ),
  );
}

const NO_WAYS: readonly Way[] = [];

function waysIn(tokens: Tokens): readonly Way[] {
  // Most questions name no direction: allocate nothing for them.
  if (!tokens.some(isTowards)) return NO_WAYS;
  const isTravel = tokens.some((token) => TRAVEL.has(token));
  return tokens.flatMap((token, i) => {
    if (isTravel && token === 'between') {
      const joint = tokens.indexOf('and', i);
      const to = tokens[joint + 1];
      return joint < 0 || to === undefined ? [] : [{ from: i + 1, until: joint, to }];
    }
    if (!TOWARDS.has(token)) return [];
    const to = ARTICLES.has(tokens[i + 1] ?? '') ? tokens[i + 2] : tokens[i + 1];
    if (to === undefined || to.length < 2) return [];
    return [{ from: Math.max(0, i - REACH), until: i, to }];
  });
}

const isTowards = (token: string): boolean => TOWARDS.has(token) || token === 'between';

type Counted = ReadonlyMap<string, ReadonlySet<string>>;

/** Whether two numbers have swapped the words that follow them. */
function haveSwappedNumbers(a: Tokens, b: Tokens): boolean {
  const [own, others] = [counted(a), counted(b)];
  return areExchanged(own, others) || areExchanged(others, own);
}

/**
 * Whether a number is followed by a word that followed another number, which is now followed by one of the first number's words.
 *
 * Only numbers with a new word are compared, with the numbers of that word: comparing every pair would take quadratic time on a
 * long table.
 */
function areExchanged(own: Counted, others: Counted): boolean {
  const before = new Map<string, string[]>();
  for (const [number, words] of own) for (const word of words) listAt(before, word).push(number);
  return [...own].some(([number, words]) => {
    const left = [...words];
    const found = [...(others.get(number) ?? [])].filter((word) => !words.has(word));
    return found.some((word) =>
      before.get(word)?.some((other) => {
        const partners = others.get(other);
        return left.some((one) => partners?.has(one));
      }),
    );
  });
}

/** The words that follow each number. */
function counted(tokens: Tokens): Counted {
  const found = new Map<string, Set<string>>();
  tokens.forEach((number, i) => {
    const word = tokens[i + 1];
    if (!FIGURE.test(number) || word === undefined || JOINTS.has(word)) return;
    found.set(number, (found.get(number) ?? new Set()).add(word));
  });
  return found;
}
