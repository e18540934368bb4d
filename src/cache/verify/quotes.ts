/** A text in quotation marks; an apostrophe inside a word does not end it. */
const QUOTED =
  /"([^"\n]{1,400})"|(?<![\p{L}\p{N}])'((?:[^'\n]|'(?=\p{L})){1,400}?)'(?![\p{L}\p{N}])/gu;
/** Without quotation marks, the plain form drops these as courtesies, so they are dropped here, too. */
const POLITE_END = / (?:please|thanks|thank you)$/u;
const WORDS = /[\p{L}\p{M}\p{N}]+|[+*/^%<>=$€£-]/gu;

/** @returns the texts in quotation marks, each as its words in lower case */
export function quotesIn(text: string): readonly string[] {
  if (!/["']/u.test(text)) return [];
  return Array.from(text.matchAll(QUOTED), ([, double, single]) =>
    lexemes(double ?? single ?? '')
      .join(' ')
      .replace(POLITE_END, ''),
  ).filter((quote) => quote !== '');
}

/**
 * Whether each quote occurs in the other text, quoted or not: a request to translate `good morning` is not answered by the
 * translation of other words.
 *
 * @param plain - the other text
 */
export function hasQuotes(quotes: readonly string[], plain: string): boolean {
  if (quotes.length === 0) return true;
  const text = ` ${lexemes(plain).join(' ')} `;
  return quotes.every((quote) => text.includes(` ${quote} `));
}

const lexemes = (text: string): readonly string[] => text.toLowerCase().match(WORDS) ?? [];
