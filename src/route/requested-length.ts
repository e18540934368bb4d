/** The requested length of an answer, in tokens; `least` does not exceed `most`. */
export interface RequestedLength {
  /** 0 without a lower bound. */
  readonly minTokens: number;
  /** Infinity without an upper bound. */
  readonly maxTokens: number;
}

/** Characters that are searched at the beginning and at the end of a turn, where instructions usually are. */
const SCAN_CHARS = 600;
/** Upper bound of the lower bound, in tokens. */
const MAX_LEAST_TOKENS = 32_000;
/** Range of answers to "500 words", relative to the number. */
const TOLERANCE = { less: 0.8, more: 1.3 };

interface Unit {
  /** Tokens of one unit in plain prose. */
  readonly tokens: number;
  /** Every text with the unit contains one of these: a cheap test before the pattern is searched for. */
  readonly stems: readonly string[];
  /** The unit's names, in English and other common languages, as a regular expression. */
  readonly names: string;
  /** A larger number is what the prompt is about, not a length to write. */
  readonly maxCount: number;
}

const UNITS: readonly Unit[] = [
  {
    tokens: 1.35,
    stems: ['word', 'Wört', 'Wort', 'mots', 'palabras', 'parole', 'palavras'],
    names: 'words?|wörtern?|worten?|mots|palabras|parole|palavras',
    maxCount: 100_000,
  },
  {
    tokens: 650,
    stems: ['page', 'Seiten', 'páginas', 'pagine'],
    names: 'pages?|seiten|páginas|pagine',
    maxCount: 20,
  },
  {
    tokens: 27,
    stems: ['sentence', 'bullet', 'Sätze', 'Stichpunkte'],
    names: 'sentences?|sätzen?|bullets?|bullet points?|stichpunkten?',
    maxCount: 100,
  },
  {
    tokens: 110,
    stems: ['paragraph', 'Absätze', 'párrafos', 'paragrafi', 'parágrafos'],
    names: 'paragraphs?|absätzen?|paragraphes|párrafos|paragrafi|parágrafos',
    maxCount: 50,
  },
];
const NUMBER_WORDS = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
];

/** Patterns of a length: a number or a range, the unit, and what follows. */
const MEASURES = UNITS.map(({ tokens, stems, names, maxCount }) => ({
  tokens,
  stems,
  maxCount,
  pattern: new RegExp(
    `(?<![\\p{L}\\d.,])(\\d{1,3}(?:[,.]\\d{3})+|\\d{1,5}|${NUMBER_WORDS.join('|')})` +
      `(?:\\s?(?:-|–|to|bis)\\s?(\\d{1,5}))?([- ])(?:${names})(?![\\p{L}\\d])([ ,(]{0,2}[\\p{L}\\d ]{0,12})`,
    'giu',
  ),
})).concat({
  // Chinese and Japanese count characters, of about a token each.
  tokens: 1,
  stems: ['字'],
  maxCount: 100_000,
  pattern: /(?<!\d)(\d{2,5})()(\s?)(?:个|個)?(?:汉字|漢字|文字|字)(\p{L}{0,2})/gu,
});
/** Characters before a number that are tested for words such as "at most". */
const PREFIX_CHARS = 20;

/** Before and after a number that is an upper bound. */
const NOT_OVER =
  /(?:at most|up to|under|below|within|max(?:imum)?(?: of)?|fewer than|less than|no more than|not more than|not exceed|limited to|höchstens|maximal|unter|bis zu|máximo|massimo|maximum|不超过)$/iu;
const OR_LESS = /^[ ,(]*(?:or less|or fewer|max|at most|maximum|以内|以下)(?! ?\d)/iu;
const AT_LEAST =
  /(?:at least|minimum(?: of)?|more than|over|longer than|mindestens|au moins|al menos|almeno|至少)$/iu;
const OR_MORE = /^[ ,(]*(?:or more|minimum|以上)/iu;
/** Before a number that is the length of the answer, not of something else. */
const OF_ANSWER =
  /(?:^|\b)(?:in|with|about|around|roughly|approximately|exactly|write|generate|give me|of|etwa|environ|en|mit)$|[~≈]$/iu;
/** Before a number that is the length of an existing text. */
const OF_MATERIAL =
  /\b(?:this|the|that|these|those|my|our|your|his|her|their|following|attached|above|has|have|had|is|was|contains|dieser|diesen|dieses|mein|cette|este)$/iu;
/** After a length that is per item: it does not tell the length of the whole answer. */
const EACH = /^[ ,(]*(?:each|per|for each|for every|apiece|jeweils|pro|chacun|cada)\b/iu;
/** A smaller number may be what the question is about: "what do these two words mean?" */
const MIN_COUNT = 20;

/** The length requested by the first of some texts that requests one; see `readRequestedLength`. */
export function firstRequestedLength(texts: readonly string[]): RequestedLength | null {
  for (const text of texts) {
    const length = readRequestedLength(text);
    if (length !== null) return length;
  }
  return null;
}

/**
 * Reads the requested length of the answer: "a 500-word essay", "in two sentences", "höchstens 80 Wörter", "300字以内".
 *
 * @param turn - the newest user turn
 * @returns `null` if none is requested
 */
export function readRequestedLength(turn: string): RequestedLength | null {
  const text =
    turn.length <= 2 * SCAN_CHARS
      ? turn
      : `${turn.slice(0, SCAN_CHARS)}\n${turn.slice(-SCAN_CHARS)}`;
  let least = 0;
  let most = Infinity;
  for (const { pattern, tokens, stems, maxCount } of MEASURES) {
    if (!stems.some((stem) => text.includes(stem))) continue;
    for (const found of text.matchAll(pattern)) {
      const before = text.slice(Math.max(0, found.index - PREFIX_CHARS), found.index).trimEnd();
      const bounds = boundsOf(before, found);
      if (bounds.minTokens > maxCount) continue;
      least = Math.max(least, bounds.minTokens * tokens);
      most = Math.min(most, bounds.maxTokens * tokens);
    }
  }
  return least === 0 && most === Infinity ? null : boundedLength(least, most);
}

/** @returns the bounds, in tokens, with the lower one capped at 32,000 */
export function boundedLength(least: number, most: number): RequestedLength {
  return { minTokens: Math.min(least, most, MAX_LEAST_TOKENS), maxTokens: most };
}

const UNBOUNDED: RequestedLength = { minTokens: 0, maxTokens: Infinity };

/** The bounds that a match sets, in units. */
function boundsOf(before: string, found: RegExpExecArray): RequestedLength {
  const [, from = '', to, gap, suffix = ''] = found;
  const few = numberOf(from);
  const many = numberOf(to ?? '') || few;
  if (few === 0 || EACH.test(suffix)) return UNBOUNDED;
  if (NOT_OVER.test(before) || OR_LESS.test(suffix)) return { minTokens: 0, maxTokens: many };
  if (AT_LEAST.test(before) || OR_MORE.test(suffix)) return { minTokens: few, maxTokens: Infinity };
  if (!isAnswerLength(before, few, gap === '-')) return UNBOUNDED;
  return { minTokens: TOLERANCE.less * few, maxTokens: TOLERANCE.more * many };
}

function isAnswerLength(before: string, count: number, isAdjective: boolean): boolean {
  if (OF_MATERIAL.test(before)) return false;
  return isAdjective || count >= MIN_COUNT || OF_ANSWER.test(before);
}

function numberOf(text: string): number {
  const wordIndex = NUMBER_WORDS.indexOf(text.toLowerCase());
  return wordIndex >= 0 ? wordIndex + 1 : Number(text.replace(/[,.]/g, ''));
}
