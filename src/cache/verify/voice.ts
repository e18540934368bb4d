import type { KnownWord } from './word-table.js';

type Words = readonly KnownWord[];

/** The parts of a question in the passive voice: `[how] are [loops] [optimized] by [a compiler in C]`. */
interface Passive {
  readonly asks: Words;
  readonly isPast: boolean;
  readonly object: Words;
  readonly verb: string;
  /** The agent (after `by`), with whatever follows it; `null` for none. */
  readonly doer: Words | null;
  readonly rest: Words;
}

/**
 * Whether one question is the other in the passive voice: `why do banks charge fees` and `why are fees charged
 * by banks`. Agent, object and tense must be the same. English only.
 */
export function differOnlyInVoice(a: Words, b: Words): boolean {
  // The question word stays first, and at most an auxiliary and `by` are added or removed.
  if (a[0]?.id !== b[0]?.id || Math.abs(a.length - b.length) > 2) return false;
  return isActiveOf(a, passiveOf(b)) || isActiveOf(b, passiveOf(a));
}

const ASKING = /^(?:how|why|when|where|what|which|who)$/u;
const PRESENT = /^(?:is|are)$/u;
const PAST = /^(?:was|were)$/u;
/** At most this many words may precede the verb of a passive question: `which of the planets are`. */
const MAX_ASKING = 4;

function passiveOf(words: Words): Passive | null {
  const text = (i: number): string => words[i]?.text ?? '';
  const at = words.findIndex((word) => PRESENT.test(word.text) || PAST.test(word.text));
  if (at < 1 || at > MAX_ASKING || !ASKING.test(text(0))) return null;
  // There must be an object before the participle.
  const done = words.findIndex((word, i) => i > at + 1 && verbOf(word.text) !== null);
  const verb = verbOf(text(done));
  if (verb === null) return null;
  const isBy = text(done + 1) === 'by';
  return {
    asks: words.slice(0, at),
    isPast: PAST.test(text(at)),
    object: words.slice(at + 1, done),
    verb,
    doer: isBy ? words.slice(done + 2) : null,
    rest: isBy ? [] : words.slice(done + 1),
  };
}

function isActiveOf(words: Words, passive: Passive | null): boolean {
  if (passive === null) return false;
  const { asks, object, verb, doer, rest, isPast } = passive;
  if (!startsWith(words, asks)) return false;
  const sentence = words.slice(asks.length);
  const aux = sentence[0]?.text ?? '';
  if (doer?.length === 0) return isSubjectAsked(sentence, passive);
  // The plain form has no `do` or `how do I`; `did` marks the past tense.
  if (isPast !== (aux === 'did')) return false;
  const clause = /^d(?:o|oes|id)$/u.test(aux) ? sentence.slice(1) : sentence;
  if (doer === null)
    return asks[0]?.text === 'how' && isClause(clause, [], verb, [...object, ...rest]);
  return doer.some((_, end) =>
    isClause(clause, doer.slice(0, end + 1), verb, [...object, ...doer.slice(end + 1)]),
  );
}

/** `what causes tides` for `what are tides caused by`: the form of the verb tells the tense. */
function isSubjectAsked(clause: Words, { verb, object, isPast }: Passive): boolean {
  const text = clause[0]?.text ?? '';
  const isSameVerb = isPast ? verbOf(text) === verb : bareStem(text.replace(/s$/u, '')) === verb;
  return isSameVerb && sameWords(clause.slice(1), object);
}

function isClause(clause: Words, doer: Words, verb: string, object: Words): boolean {
  return (
    clause.length === doer.length + 1 + object.length &&
    startsWith(clause, doer) &&
    bareStem(clause[doer.length]?.text ?? '') === verb &&
    sameWords(clause.slice(doer.length + 1), object)
  );
}

const startsWith = (words: Words, front: Words): boolean =>
  front.every(({ id }, i) => id === words[i]?.id);

const sameWords = (a: Words, b: Words): boolean => a.length === b.length && startsWith(a, b);

/** Irregular participles and their verbs. */
const IRREGULAR: ReadonlyMap<string, string> = new Map(
  (
    'made=make built=build written=write known=know done=do given=give taken=take seen=see found=find ' +
    'held=hold kept=keep sold=sell bought=buy paid=pay sent=send taught=teach told=tell spoken=speak ' +
    'chosen=choose broken=break driven=drive drawn=draw grown=grow thrown=throw shown=show worn=wear ' +
    'eaten=eat beaten=beat stolen=steal frozen=freeze hidden=hide fought=fight caught=catch brought=bring ' +
    'led=lead fed=feed lost=lose won=win spent=spend stored=store understood=understand formed=form'
  )
    .split(' ')
    .map((pair) => {
      const [done = '', verb = ''] = pair.split('=');
      return [done, bareStem(verb)] as const;
    }),
);

/** The verb of a participle, without its ending; `null` for other words. */
function verbOf(text: string): string | null {
  const irregular = IRREGULAR.get(text);
  if (irregular !== undefined) return irregular;
  return /\p{L}{3}ed$/u.test(text) ? bareStem(text.slice(0, -2)) : null;
}

/** The same stem for `charge` and `charg(ed)`, `plan` and `plann(ed)`, `carry` and `carri(ed)`. */
function bareStem(verb: string): string {
  return verb.replace(/(?<=\p{L}{2})(?:e|(\p{L})(?=\1$)\p{L})$/u, '$1').replace(/i$/u, 'y');
}
