/** Letters of other scripts than the Latin one: only beside these are their forms of figures and signs a matter of form. */
const OTHER_LETTER = /[^\P{L}\p{Script=Latin}]/u;
/** Figures of other scripts, whatever is as wide as a Chinese character, and marks that end or part sentences. */
const FORMED = /[^\P{Nd}\d]|[\uff01-\uff5e]|[。、؟،؛।]/gu;

/** Marks that no normal form has in ASCII. */
const MARKS: ReadonlyMap<string, string> = new Map([
  ['。', '.'],
  ['、', ','],
  ['؟', '?'],
  ['،', ','],
  ['؛', ';'],
  ['।', '.'],
]);

/**
 * A text with its figures, and signs that are as wide as a Chinese character, as they are in ASCII: `٥` is `5`, `？` is `?`.
 *
 * Where all letters are Latin nothing is changed: who writes `٥` there may ask about the figure itself.
 */
export function inOneForm(text: string): string {
  if (!/[^\u0000-\u024f]/u.test(text) || !OTHER_LETTER.test(text)) return text;
  return text.replaceAll(
    FORMED,
    (sign) => MARKS.get(sign) ?? figureOf(sign) ?? sign.normalize('NFKC'),
  );
}

/** The figure in ASCII; `undefined` for what is none. */
function figureOf(sign: string): string | undefined {
  const compatible = sign.normalize('NFKC');
  const code = compatible.codePointAt(0) ?? 0;
  // In the planes above, rows begin anywhere.
  if (!/^\p{Nd}$/u.test(compatible) || code > 0xffff) return undefined;
  // Ten in a row stand for 0 to 9; rows begin where the code ends with 0 or with 6 in hexadecimal.
  const last = code & 15;
  const beginsAt0 = /\p{Nd}/u.test(String.fromCodePoint(code - last));
  return String(beginsAt0 ? last : last - 6);
}
