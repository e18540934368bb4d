import type { Random } from '../src/core/random.js';

const VERBS = words(
  'install remove repair clean paint sharpen connect measure translate summarise draw plan book cancel ' +
    'renew compare test deploy debug compile parse sort encrypt mount resize archive forecast bake roast brew ' +
    'prune water knit sew tune restring record mix publish review',
);
const THINGS = words(
  'sink bicycle guitar laptop printer database index playlist garden roof fence contract invoice recipe cake ' +
    'soup sweater novel poem spreadsheet dashboard container cluster socket queue tree graph lens camera tent ' +
    'kayak engine battery pump boiler carpet mirror lamp clock kettle oven piano drum violin passport visa',
);
const KINDS = words(
  'wooden leaky borrowed antique folding electric noisy rusty brand-new second-hand broken spare portable ' +
    'shared frozen heavy tiny narrow curved double outdated encrypted nested remote local public private ' +
    'temporary seasonal vegan dry silent bright foggy spicy sour quick slow careful lazy',
);
const PLACES = words(
  'kitchen office cellar attic workshop school hospital harbour desert forest studio library museum bakery ' +
    'laboratory warehouse classroom hotel airport stadium theatre farm vineyard chapel castle lighthouse',
);
const WITH = words(
  'hammer budget deadline neighbour toddler ladder permit generator compass spreadsheet colleague magnet ' +
    'microscope thermometer robot puppy telescope megaphone stapler wheelbarrow',
);
const ASKED: readonly ((q: Parts) => string)[] = [
  (q) => `How do I ${q.verb} a ${q.kind} ${q.thing} in the ${q.place} with a ${q.aid}?`,
  (q) =>
    `What is the best way to ${q.verb} a ${q.kind} ${q.thing} in the ${q.place} with a ${q.aid}?`,
  (q) =>
    `Please explain how one can ${q.verb} a ${q.kind} ${q.thing} with a ${q.aid} in the ${q.place}.`,
];

interface Parts {
  readonly verb: string;
  readonly thing: string;
  readonly kind: string;
  readonly place: string;
  readonly aid: string;
}

/** The number of different questions, each with three wordings: some 40 million. */
export const MAX_QUESTIONS =
  VERBS.length * THINGS.length * KINDS.length * PLACES.length * WITH.length;
export const WORDINGS = ASKED.length;

/** A random question, by its number. */
export function randomQuestion(random: Random): number {
  return random.below(MAX_QUESTIONS);
}

/** The text of a question in one of its wordings; questions that differ in a word have different answers. */
export function wordingOf(question: number, wording: number): string {
  let rest = question;
  const take = (list: readonly string[]): string => {
    const word = list[rest % list.length] ?? '';
    rest = Math.floor(rest / list.length);
    return word;
  };
  const parts = {
    verb: take(VERBS),
    thing: take(THINGS),
    kind: take(KINDS),
    place: take(PLACES),
    aid: take(WITH),
  };
  return ASKED[wording % ASKED.length]?.(parts) ?? '';
}

function words(list: string): readonly string[] {
  return list.split(' ');
}
