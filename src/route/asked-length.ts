/** How long an answer is asked to be, in tokens; `least` does not exceed `most`. */
export interface AskedLength {
  /** 0 where nothing is said. */
  readonly least: number;
  /** Infinity where nothing is said. */
  readonly most: number;
}

/** Characters at the beginning and at the end of a turn that are looked at: there instructions stand. */
const LOOKED_AT = 600;
/** Longest answer that is believed to be wanted, in tokens. */
const LONGEST = 32_000;
/** How far answers stray from a length that is given without a bound. */
const STRAY = { less: 0.8, more: 1.3 };

interface Unit {
  /** Of one in plain prose. */
  readonly tokens: number;
  /** One of them stands in every text that has the unit: told far sooner than the names are looked for. */
  readonly stems: readonly string[];
  /** In English and in languages that are often asked in. */
  readonly names: string;
  /** More of them are what the prompt is about, not what is to be written. */
  readonly credible: number;
}

const UNITS: readonly Unit[] = [
  {
    tokens: 1.35,
    stems: ['word', 'Wört', 'Wort', 'mots', 'palabras', 'parole', 'palavras'],
    names: 'words?|wörtern?|worten?|mots|palabras|parole|palavras',
    credible: 100_000,
  },
  {
    tokens: 650,
    stems: ['page', 'Seiten', 'páginas', 'pagine'],
    names: 'pages?|seiten|páginas|pagine',
    credible: 20,
  },
  {
    tokens: 27,
    stems: ['sentence', 'bullet', 'Sätze', 'Stichpunkte'],
    names: 'sentences?|sätzen?|bullets?|bullet points?|stichpunkten?',
    credible: 100,
  },
  {
    tokens: 110,
    stems: ['paragraph', 'Absätze', 'párrafos', 'paragrafi', 'parágrafos'],
    names: 'paragraphs?|absätzen?|paragraphes|párrafos|paragrafi|parágrafos',
    credible: 50,
  },
];
const SMALL = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** How a length is written: a number or a range of a unit, and what stands behind. */
const MEASURES = UNITS.map(({ tokens, stems, names, credible }) => ({
  tokens,
  stems,
  credible,
  pattern: new RegExp(
    `(?<![\\p{L}\\d.,])(\\d{1,3}(?:[,.]\\d{3})+|\\d{1,5}|${SMALL.join('|')})` +
      `(?:\\s?(?:-|–|to|bis)\\s?(\\d{1,5}))?([- ])(?:${names})(?![\\p{L}\\d])([ ,(]{0,2}[\\p{L}\\d ]{0,12})`,
    'giu',
  ),
})).concat({
  // Chinese and Japanese count characters, of about a token each.
  tokens: 1,
  stems: ['字'],
  credible: 100_000,
  pattern: /(?<!\d)(\d{2,5})()(\s?)(?:个|個)?(?:汉字|漢字|文字|字)(\p{L}{0,2})/gu,
});
/** Characters before a number that are looked at. */
const BEFORE = 20;

/** Before a number that is not to be exceeded, and behind one. */
const NOT_OVER =
  /(?:at most|up to|under|below|within|max(?:imum)?(?: of)?|fewer than|less than|no more than|not more than|not exceed|limited to|höchstens|maximal|unter|bis zu|máximo|massimo|maximum|不超过)$/iu;
const OR_LESS = /^[ ,(]*(?:or less|or fewer|max|at most|maximum|以内|以下)(?! ?\d)/iu;
const AT_LEAST =
  /(?:at least|minimum(?: of)?|more than|over|longer than|mindestens|au moins|al menos|almeno|至少)$/iu;
const OR_MORE = /^[ ,(]*(?:or more|minimum|以上)/iu;
/** Before a number that measures the answer, not something that is talked about. */
const OF_ANSWER =
  /(?:^|\b)(?:in|with|about|around|roughly|approximately|exactly|write|generate|give me|of|etwa|environ|en|mit)$|[~≈]$/iu;
/** Before a number that measures what is there already. */
const OF_MATERIAL =
  /\b(?:this|the|that|these|those|my|our|your|his|her|their|following|attached|above|has|have|had|is|was|contains|dieser|diesen|dieses|mein|cette|este)$/iu;
/** What is counted for each of several things says little of the whole. */
const EACH = /^[ ,(]*(?:each|per|for each|for every|apiece|jeweils|pro|chacun|cada)\b/iu;
/** Fewer words than these may be talked about as well: "what do these two words mean?" */
const FEW_WORDS = 20;

/** What the first of some texts says that says anything; see `askedLength`. */
export function firstAskedLength(texts: readonly string[]): AskedLength | null {
  for (const text of texts) {
    const asked = askedLength(text);
    if (asked !== null) return asked;
  }
  return null;
}

/**
 * Reads how long an answer is asked to be: "a 500-word essay", "in two sentences", "höchstens 80 Wörter", "300字以内".
 *
 * @param turn - what the user wrote last
 * @returns `null` where nothing is said of it
 */
export function askedLength(turn: string): AskedLength | null {
  const text =
    turn.length <= 2 * LOOKED_AT ? turn : `${turn.slice(0, LOOKED_AT)}\n${turn.slice(-LOOKED_AT)}`;
  let least = 0;
  let most = Infinity;
  for (const { pattern, tokens, stems, credible } of MEASURES) {
    if (!stems.some((stem) => text.includes(stem))) continue;
    for (const found of text.matchAll(pattern)) {
      const before = text.slice(Math.max(0, found.index - BEFORE), found.index).trimEnd();
      const bounds = boundsOf(before, found);
      if (bounds.least > credible) continue;
      least = Math.max(least, bounds.least * tokens);
      most = Math.min(most, bounds.most * tokens);
    }
  }
  return least === 0 && most === Infinity ? null : askedAround(least, most);
}

/** In tokens; nobody is believed to want an endless answer. */
export function askedAround(least: number, most: number): AskedLength {
  return { least: Math.min(least, most, LONGEST), most };
}

const UNBOUND: AskedLength = { least: 0, most: Infinity };

/** In units. */
function boundsOf(before: string, found: RegExpExecArray): AskedLength {
  const [, from = '', to, gap, behind = ''] = found;
  const few = numberOf(from);
  const many = numberOf(to ?? '') || few;
  if (few === 0 || EACH.test(behind)) return UNBOUND;
  if (NOT_OVER.test(before) || OR_LESS.test(behind)) return { least: 0, most: many };
  if (AT_LEAST.test(before) || OR_MORE.test(behind)) return { least: few, most: Infinity };
  if (!isOfAnswer(before, few, gap === '-')) return UNBOUND;
  return { least: STRAY.less * few, most: STRAY.more * many };
}

function isOfAnswer(before: string, count: number, isAdjective: boolean): boolean {
  if (OF_MATERIAL.test(before)) return false;
  return isAdjective || count >= FEW_WORDS || OF_ANSWER.test(before);
}

function numberOf(text: string): number {
  const small = SMALL.indexOf(text.toLowerCase());
  return small >= 0 ? small + 1 : Number(text.replace(/[,.]/g, ''));
}
