import { baseOf } from './lemmas.js';
import { pluralOf } from './synonyms.js';

/** Verbs of requests to write or name something. */
const VERBS =
  'give|write|suggest|recommend|name|generate|create|tell me|propose|provide|make|share|invent|design|draw|pick|choose|summarize|delete|remove|think of|come up with';
/** A request for a single item. Requests to find something are not included: several results answer them, too. */
const ASKS_FOR = new RegExp(
  `^(?:${VERBS})(?: me| us)? (?:an?|one|1|another|each|every) (?!few |couple |lot |number |list |handful |dozen )`,
  'iu',
);
const ASKS = new RegExp(`^(?:${VERBS}|list) `, 'iu');
/** The requested noun is among this many words after the article: `a short unit test`. */
const REACH = 4;
/** Words that end the noun phrase. */
const ENDS = /^(?:for|of|about|on|in|to|that|which|who|from|with|at|by|and|or)$/u;

/** The part of a question that is compared. */
interface Request {
  readonly words: { readonly plain: string; readonly tokens: readonly string[] };
}

/** Whether one text asks for one item and the other for several: `suggest a name for a dog`, `suggest names for a dog`. */
export function isOneOfMany(a: Request, b: Request): boolean {
  return asksForOne(a, b) || asksForOne(b, a);
}

function asksForOne({ words: one }: Request, { words: many }: Request): boolean {
  const match = ASKS_FOR.exec(one.plain);
  if (match === null || !ASKS.test(many.plain) || ASKS_FOR.test(many.plain)) return false;
  const from = match[0].trim().split(' ').length;
  const behind = one.tokens.slice(from, from + REACH);
  const end = behind.findIndex((token) => ENDS.test(token));
  const nouns = end < 0 ? behind : behind.slice(0, end);
  return nouns.some(
    (noun) =>
      !many.tokens.includes(noun) &&
      many.tokens.some((token) => isPluralOf(token, noun) && !one.tokens.includes(token)),
  );
}

const isPluralOf = (token: string, noun: string): boolean =>
  token === pluralOf(noun) || baseOf(token) === noun;
