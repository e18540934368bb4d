import { baseOf } from './lemmas.js';
import { pluralOf } from './synonyms.js';

/** Who asks for something to be written or named. */
const VERBS =
  'give|write|suggest|recommend|name|generate|create|tell me|propose|provide|make|share|invent|design|draw|pick|choose|summarize|delete|remove|think of|come up with';
/** Who looks for one, as for a flight, is glad of several. */
const ASKS_FOR = new RegExp(
  `^(?:${VERBS})(?: me| us)? (?:an?|one|1|another|each|every) (?!few |couple |lot |number |list |handful |dozen )`,
  'iu',
);
const ASKS = new RegExp(`^(?:${VERBS}|list) `, 'iu');
/** So many words behind the article is what is asked for: `a short unit test`. */
const REACH = 4;
/** Behind one of these something else begins. */
const ENDS = /^(?:for|of|about|on|in|to|that|which|who|from|with|at|by|and|or)$/u;

/** What is looked at of a question. */
interface Request {
  readonly words: { readonly plain: string; readonly tokens: readonly string[] };
}

/** Whether one asks for one thing and the other for several of them: `suggest a name for a dog`, `suggest names for a dog`. */
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
