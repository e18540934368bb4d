import { HINTS } from './lexicon.js';
import { KIND } from './text-statistics.js';
import type { TextStatistics } from './text-statistics.js';

/** The layout of a text, line by line. */
export interface Notation {
  /** Share of characters in lines of code, 0 to 1. */
  readonly code: number;
  /** Fences (```) in the text. */
  readonly fences: number;
  /** Lines that begin like a list item. */
  readonly listItems: number;
  /** Consecutive options (A, B, C… or a, b, c…) as in a multiple-choice question; 0 or at least 2. */
  readonly options: number;
  /** Gaps to fill in: `____` or `[MASK]`. */
  readonly gaps: number;
}

const CODE_STARTS =
  /^(?:def |class |import |from \w+ import|return\b|const |let |var |function\b|public |private |static |void |int |#include|package |use |fn |func |for ?\(|while ?\(|if ?\(|else\b|try\b|select .*\bfrom\b|insert into |create table |<\/?[a-z!]|\$ |>>> |@\w+)/i;
const LIST_START = /^(?:[-*•]|\d{1,2}[.)])\s/;
const OPTION_MARK = /(?:^|[\s(])\(?([A-Ja-j])[.):]/g;
const CODE_SYMBOLS = /[{}[\]();=<>_\\|&$#@`*/+]/g;

const LATEX = /\\[a-zA-Z]{2,12}[ {_^(\\]|\$[^$]{1,60}\$/;

/** Longer lines are classified by their beginning. */
const MAX_LINE_CHARS = 200;
/** Share of symbols from which a line counts as code. */
const CODE_SYMBOL_SHARE = 0.16;

/** @param text - of bounded length; time is linear in it, and no pattern here backtracks over more than a line's beginning */
export function readNotation(text: string): Notation {
  let codeChars = 0;
  let fences = 0;
  let listItems = 0;
  let fenced = false;
  let start = 0;
  while (start <= text.length) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, Math.min(end, start + MAX_LINE_CHARS));
    const bare = line.trimStart();
    if (bare.startsWith('```')) {
      fences += 1;
      fenced = !fenced;
    } else if (bare !== '') {
      if (LIST_START.test(bare)) listItems += 1;
      if (fenced || isCode(bare, line.length - bare.length)) codeChars += end - start;
    }
    start = end + 1;
  }
  const code = text === '' ? 0 : Math.min(1, codeChars / text.length);
  return { code, fences, listItems, options: countOptions(text), gaps: countGaps(text) };
}

/** Whether a line is code by how it begins or ends; unlike `Notation.code`, this does not mistake formulas for code. */
export function isCodeLine(line: string): boolean {
  const start = line.slice(0, MAX_LINE_CHARS);
  const bare = start.trimStart();
  if (!/[{}[\]();=<>:]/.test(bare)) return false;
  return hasCodeEnds(bare) || (start.length > bare.length + 1 && /[;:,({)}\]]$/.test(bare));
}

function hasCodeEnds(bare: string): boolean {
  return bare.endsWith(';') || bare.endsWith('{') || bare === '}' || CODE_STARTS.test(bare);
}

function isCode(bare: string, indent: number): boolean {
  // A formula has as many symbols as code, but is recognised by its LaTeX.
  const symbols = LATEX.test(bare) ? 0 : (bare.match(CODE_SYMBOLS)?.length ?? 0);
  if (symbols === 0) return indent >= 4 && bare.endsWith(':');
  if (hasCodeEnds(bare)) return true;
  return bare.length >= 8 && symbols / bare.length >= CODE_SYMBOL_SHARE;
}

/** Length of the longest sequence A, B, C…; letters out of order are initials or chapter numbers. */
function countOptions(text: string): number {
  let next = 0;
  let best = 0;
  for (const [, mark = ''] of text.matchAll(OPTION_MARK)) {
    const index = mark.toLowerCase().charCodeAt(0) - 97;
    if (index === next) next += 1;
    else next = index === 0 ? 1 : next;
    best = Math.max(best, next);
  }
  return best < 2 ? 0 : best;
}

function countGaps(text: string): number {
  let gaps = text.includes('[MASK]') ? 1 : 0;
  for (let at = text.indexOf('___'); at >= 0; at = text.indexOf('___', at)) {
    gaps += 1;
    while (text.charCodeAt(at) === 0x5f) at += 1;
  }
  return gaps;
}

/**
 * How mathematical a text is, 0 to 1: formulas, numbers with operators, and the words of the subject.
 *
 * @param text - the text that `statistics` is about
 * @param code - share of the text that is code, whose operators are not formulas
 */
export function readMaths(text: string, statistics: TextStatistics, code: number): number {
  const { kinds, hints, words } = statistics;
  // Every formula has a symbol or a character beyond ASCII, so most prose needs no search.
  const possible = (kinds[KIND.symbol] ?? 0) + (kinds[KIND.other] ?? 0) > 0;
  const formulas = possible ? (text.match(FORMULA)?.length ?? 0) : 0;
  const subject = hints[HINTS.indexOf('maths')] ?? 0;
  const digits = kinds[KIND.digit] ?? 0;
  const evidence = (2 * formulas + 1.5 * subject + 0.15 * digits) / (4 + words / 12);
  return 1 - Math.exp(-evidence * (1 - 0.7 * code));
}

/** LaTeX, operators between operands, and mathematical symbols; each alternative matches a few characters. */
const FORMULA =
  /\\[a-zA-Z]{2,12}|[0-9a-z)] ?[=^+*×÷] ?[0-9a-z(\\-]|\$[^$\n]{1,40}\$|[∑∫√≤≥≠∞∈∀∃π±]/g;
