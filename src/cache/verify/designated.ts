/** A noun followed by a capital letter that designates one of several: `vitamin K`, `option B`, `hepatitis A`. */
const DESIGNATED = /(?<![\p{L}\p{N}])(\p{L}{3,})[ -](\p{Lu})(?![\p{L}\p{M}\p{N}'’.&+#/(]|-\p{L})/gu;
/** Letters that are words of their own in some language. */
const WORDS = /^[aàeéèoòuyizwkvs]$/u;

/** The part of a question that is compared. */
interface Lettered {
  readonly words: { readonly plain: string; readonly tokens: readonly string[] };
}

/** Whether two texts designate their subject by different letters: `class A shares`, `class B shares`. */
export function haveOtherLetter({ words: a }: Lettered, { words: b }: Lettered): boolean {
  return isOtherLetter(a.tokens, b.tokens) || areDesignatedOtherwise(a.plain, b.plain);
}

/** Whether two texts differ only in a single-letter word: `print variable p`, `print variable q`; `A`, `B`. */
function isOtherLetter(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  let at = -1;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    if (at >= 0) return false;
    at = i;
  }
  const [one = '', other = ''] = [a[at], b[at]];
  if (!/^\p{L}$/u.test(one) || !/^\p{L}$/u.test(other)) return false;
  return a.length === 1 || !(WORDS.test(one) && WORDS.test(other));
}

function areDesignatedOtherwise(a: string, b: string): boolean {
  const own = designatedIn(a);
  const others = own.length === 0 ? own : designatedIn(b);
  // If both texts contain both letters, their order is compared elsewhere.
  return own.some(([noun, letter]) =>
    others.some(
      ([other, its]) =>
        other === noun && its !== letter && !hasLetter(b, letter) && !hasLetter(a, its),
    ),
  );
}

const hasLetter = (plain: string, letter: string): boolean =>
  new RegExp(`(?<![\\p{L}\\p{N}])${letter}(?![\\p{L}\\p{N}])`, 'u').test(plain);

const NONE: readonly (readonly [noun: string, letter: string])[] = [];

function designatedIn(plain: string): typeof NONE {
  if (!/ \p{Lu}(?!\p{L})/u.test(plain)) return NONE;
  return Array.from(
    plain.matchAll(DESIGNATED),
    ([, noun = '', letter = '']) => [noun.toLowerCase(), letter] as const,
  ).filter(([, letter]) => letter !== 'I');
}
