/** A letter of another script than Latin: only in such texts are that script's digits and signs replaced. */
const OTHER_LETTER = /[^\P{L}\p{Script=Latin}]/u;
/** Digits of other scripts, full-width characters, and punctuation of other scripts. */
const FORMED = /[^\P{Nd}\d]|[\uff01-\uff5e]|[。、؟،؛।]/gu;

/** Punctuation that NFKC does not map to ASCII. */
const MARKS: ReadonlyMap<string, string> = new Map([
  ['。', '.'],
  ['、', ','],
  ['؟', '?'],
  ['،', ','],
  ['؛', ';'],
  ['।', '.'],
]);

/**
 * A text with digits and full-width signs in ASCII: `٥` is `5`, `？` is `?`.
 *
 * A text with Latin letters only is not changed: it may ask about the digit `٥` itself.
 */
export function normaliseCharacters(text: string): string {
  if (!/[^\u0000-\u024f]/u.test(text) || !OTHER_LETTER.test(text)) return text;
  return text.replaceAll(
    FORMED,
    (sign) => MARKS.get(sign) ?? figureOf(sign) ?? sign.normalize('NFKC'),
  );
}

/** The digit in ASCII; `undefined` for other characters. */
function figureOf(sign: string): string | undefined {
  const compatible = sign.normalize('NFKC');
  const code = compatible.codePointAt(0) ?? 0;
  // Beyond the basic plane, the rule below does not hold.
  if (!/^\p{Nd}$/u.test(compatible) || code > 0xffff) return undefined;
  // Digits come in runs of ten, for 0 to 9; the code of the zero ends with 0 or 6 in hexadecimal.
  const last = code & 15;
  const beginsAt0 = /\p{Nd}/u.test(String.fromCodePoint(code - last));
  return String(beginsAt0 ? last : last - 6);
}
