/** A text in quotation marks; an apostrophe inside of a word ends none. */
const QUOTED =
  /"([^"\n]{1,400})"|(?<![\p{L}\p{N}])'((?:[^'\n]|'(?=\p{L})){1,400}?)'(?![\p{L}\p{N}])/gu;
/** Without quotation marks the same words are thought to be said to us. */
const POLITE_END = / (?:please|thanks|thank you)$/u;
const WORDS = /[\p{L}\p{M}\p{N}]+|[+*/^%<>=$€£-]/gu;

/** @returns what stands in quotation marks, each by its words in lower case */
export function quotesIn(text: string): readonly string[] {
  if (!/["']/u.test(text)) return [];
  return Array.from(text.matchAll(QUOTED), ([, double, single]) =>
    lexemes(double ?? single ?? '')
      .join(' ')
      .replace(POLITE_END, ''),
  ).filter((quote) => quote !== '');
}

/**
 * Whether each quote stands in the other text, quoted or not: who wants `good morning` translated wants no other words
 * translated.
 *
 * @param plain - the other text
 */
export function hasQuotes(quotes: readonly string[], plain: string): boolean {
  if (quotes.length === 0) return true;
  const said = ` ${lexemes(plain).join(' ')} `;
  return quotes.every((quote) => said.includes(` ${quote} `));
}

const lexemes = (text: string): readonly string[] => text.toLowerCase().match(WORDS) ?? [];
