import { listAt } from '../../core/list-at.js';
import type { Negations } from './negations.js';
import { stemOf } from './stem.js';

/** Pairs of opposites: one text has the first word, the other the second, in any form (`encodes` and `decoding`). */
const OPPOSITES: readonly (readonly [string, string])[] = (
  'enable/disable increase/decrease add/remove open/close start/stop allow/forbid allow/deny before/after above/below over/under ' +
  'more/less most/least maximum/minimum max/min highest/lowest high/low best/worst first/last first/second first/third second/third ' +
  'ascending/descending encrypt/decrypt encryption/decryption encode/decode import/export buy/sell push/pull upload/download ' +
  'include/exclude true/false possible/impossible safe/dangerous positive/negative left/right up/down win/lose gain/lose hot/cold ' +
  'old/new oldest/newest long/short longest/shortest big/small large/small advantage/disadvantage advantage/drawback advantage/downside ' +
  'pro/con pro/downside pro/drawback con/upside benefit/risk benefit/drawback benefit/downside strength/weakness public/private internal/external input/output client/server ' +
  'lock/unlock upgrade/downgrade merge/split with/without earlier/later north/south east/west male/female read/write create/delete ' +
  'cheapest/priciest for/against payable/receivable uppercase/lowercase hide/show borrow/lend arrive/depart arrival/departure ' +
  'accept/decline accept/reject agree/disagree compress/extract freeze/thaw raise/lower rise/fall deposit/withdraw ' +
  'deposit/withdrawal hire/fire join/leave lost/found love/hate odd/even sunrise/sunset morning/evening strong/weak thick/thin sweet/savory ' +
  'domestic/international inbound/outbound incoming/outgoing credit/debit asset/liability landlord/tenant employer/employee buyer/seller ' +
  'lender/borrower teacher/student inner/outer upper/lower horizontal/vertical row/column singular/plural prefix/suffix mother/father ' +
  'son/daughter brother/sister husband/wife boy/girl woman/man king/queen uncle/aunt winter/summer spring/autumn wholesale/retail ' +
  'expand/collapse subscribe/cancel renew/cancel renewal/cancellation ask/answer serif/sans acid/base profit/loss supply/demand ' +
  'weekday/weekend inside/outside automatic/manual required/optional mandatory/optional fridge/freezer polite/rude numerator/denominator ' +
  'sender/recipient sender/receiver plaintiff/defendant latitude/longitude radius/diameter area/perimeter area/circumference area/volume ' +
  'mean/median median/mode breakfast/dinner breakfast/lunch starter/dessert upstairs/downstairs upstream/downstream offline/online ' +
  'cause/effect cause/treatment cause/symptom symptom/treatment past/future history/future indoor/outdoor gross/net revenue/expense ' +
  // Gendered nouns: what an actress won is not what an actor won.
  'actor/actress prince/princess waiter/waitress host/hostess duke/duchess emperor/empress heir/heiress god/goddess hero/heroine groom/bride ' +
  'gentleman/lady nephew/niece grandfather/grandmother grandson/granddaughter boyfriend/girlfriend widow/widower men/women maternal/paternal ' +
  'maternity/paternity matriarchy/patriarchy acute/chronic benign/malignant concave/convex anterior/posterior dorsal/ventral proximal/distal ' +
  'systolic/diastolic bull/bear endothermic/exothermic introvert/extrovert centripetal/centrifugal anode/cathode cation/anion append/overwrite ' +
  // German, French, Spanish.
  'erste/letzte erster/letzter ersten/letzten erhöhe/verringere erhöhen/verringern öffne/schließe öffnen/schließen einschalten/ausschalten ' +
  'vorteil/nachteil vorteile/nachteile zeile/spalte größte/kleinste höchste/niedrigste gesund/ungesund kaufen/verkaufen kaufe/verkaufe ' +
  'premier/dernier première/dernière ouvrir/fermer activer/désactiver augmenter/diminuer ajouter/supprimer avantages/inconvénients ligne/colonne ' +
  'acheter/vendre grand/petit grande/petite meilleur/pire avec/sans primer/último primera/última abrir/cerrar subir/bajar subo/bajo aumentar/disminuir ' +
  'ventajas/desventajas fila/columna comprar/vender mayor/menor mejor/peor con/sin'
)
  .split(' ')
  .map((pair) => {
    const [one = '', other = ''] = pair.split('/').map(stemOf);
    return [one, other] as const;
  });

/** Prefixes and suffixes of otherwise equal words: `hypothyroid` and `hyperthyroid`, `ferrous` and `ferric`, `lessor` and `lessee`. */
const FRONTS =
  /^(?:hypo|hyper|endo|exo|intro|extro|inter|intra|pre|post|micro|macro|milli|mega|giga|homo|hetero|mono|poly|bi|tri|uni|sub|super|under|over|up|down|in|out)(?=\p{L}{4})/u;
const BACKS = /(?<=\p{L}{4})(?:ous|ic|ite|ate|ide|ine|ane|ene|anol|ee|e?or|er)$/u;
/** Which of these form contrasting pairs. */
const FAMILIES = [
  'hypo hyper',
  'endo exo',
  'intro extro',
  'inter intra',
  'pre post',
  'micro macro milli mega giga',
  'homo hetero',
  'mono poly bi tri uni',
  'sub super',
  'under over',
  'up down',
  'in out',
  'ous ic',
  'ite ate ide ine',
  'ane ene anol',
  'ee or eor',
  'ee er',
].map((family) => family.split(' '));

const areContrasting = (one: string, other: string): boolean =>
  one !== other && FAMILIES.some((family) => family.includes(one) && family.includes(other));

/** The contrasting affixes of a word, each with the rest of the word. */
const affixesOf = (word: string): readonly (readonly [affix: string, rest: string])[] =>
  [FRONTS, BACKS].flatMap((part, which) => {
    const affix = part.exec(word)?.[0];
    return affix === undefined ? [] : [[affix, `${which} ${word.replace(part, '')}`] as const];
  });

/** Whether one question has a word in place of which the other has a contrasting one. Compares whole words: stems have lost their suffixes. */
export function isOfOtherKind(own: readonly string[], others: readonly string[]): boolean {
  const left = wordsOnlyIn(own, others);
  if (left.length === 0) return false;
  const affixes = new Map<string, string[]>();
  for (const word of wordsOnlyIn(others, own)) {
    for (const [affix, rest] of affixesOf(word)) listAt(affixes, rest).push(affix);
  }
  return left.some((word) =>
    affixesOf(word).some(([affix, rest]) =>
      affixes.get(rest)?.some((other) => areContrasting(affix, other)),
    ),
  );
}

function wordsOnlyIn(own: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return [...new Set(own)].filter((word) => isLongEnough(word) && !known.has(word));
}

const isLongEnough = (word: string): boolean => word.length >= 6;

/** Prefixes that turn a word into its opposite: `unhashable`, `illegal`, `non-stick`. */
const NEGATING_PREFIX =
  /^(?:(?:un|in|im|il|ir|dis|des?|non|anti)(?=\p{L}{4})|a(?=typic|symm|moral|social|sexual|politic|septic|synchron|cyclic))/u;

const OPPOSITE_OF: ReadonlyMap<string, readonly string[]> = new Map(
  OPPOSITES.flat().map((word) => [
    word,
    OPPOSITES.flatMap(([one, other]) => (one === word ? [other] : other === word ? [one] : [])),
  ]),
);

/** Cache of stems of words that have, or may be, an opposite; empty for other words. Cleared when it is full. */
const stemCache = new Map<string, string>();
const MAX_CACHED = 20_000;

function turnableStem(word: string): string {
  const known = stemCache.get(word);
  if (known !== undefined) return known;
  if (stemCache.size >= MAX_CACHED) stemCache.clear();
  const stem = stemOf(word);
  const found = OPPOSITE_OF.has(stem) || NEGATING_PREFIX.test(stem) ? stem : '';
  stemCache.set(word, found);
  return found;
}

/** @returns stems of the words that have an opposite or may be one, none twice */
export function opposableStems(words: readonly string[]): readonly string[] {
  const stems = new Set<string>();
  for (const word of words) {
    const stem = turnableStem(word);
    if (stem !== '') stems.add(stem);
  }
  return [...stems];
}

/** The part of a question that is compared. */
interface Turnable {
  readonly opposable: readonly string[];
  readonly negations: Pick<Negations, 'denied'>;
  readonly words: { readonly words: readonly string[] };
}

/** Whether one has a word that the other lacks, and the other its opposite; negation is considered: `not optional` is `required`. */
export function hasOppositeWord(own: Turnable, others: Turnable): boolean {
  const ownOpposable = own.opposable;
  if (ownOpposable.length === 0) return false;
  return ownOpposable.some((stem) => {
    if (others.opposable.includes(stem)) return false;
    // Opposites come in pairs, so the other word is among `opposable`, too.
    const known = OPPOSITE_OF.get(stem);
    const isOther = (other: string): boolean =>
      others.opposable.includes(other) &&
      !ownOpposable.includes(other) &&
      own.negations.denied.includes(stem) === others.negations.denied.includes(other);
    if (known?.some(isOther) === true) return true;
    const turned = stem.replace(NEGATING_PREFIX, '');
    return turned !== stem && hasStem(others, turned) && !hasStem(own, turned);
  });
}

const hasStem = ({ words: { words } }: Turnable, stem: string): boolean =>
  words.some((word) => stemOf(word) === stem);
