/** Maximum number of characters of a text that are read; of a longer text, the first and the last half of this many. */
export const MAX_SCANNED_CHARS = 8192;

/** Classes of UTF-16 units for a tokenizer. */
export const CHARACTER = {
  separator: 0,
  letter: 1,
  /** A letter of a script without spaces between words, or that joins words: a token of its own. */
  unspaced: 2,
  /** Dropped inside a word, so that `don't` and `dont` are the same. */
  apostrophe: 3,
} as const;

/** Han, kana, hangul, Thai, Lao, Khmer and Myanmar. */
const UNSPACED_SCRIPTS =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]/u;
const WORD_CHARACTER = /[\p{L}\p{N}\p{M}_]/u;

/** The class (`CHARACTER`) of each UTF-16 unit; surrogates count as letters, so that an emoji is a word. */
export function characterClasses(): Uint8Array {
  const classes = new Uint8Array(65_536);
  for (let code = 0; code < 65_536; code++) {
    const character = String.fromCharCode(code);
    if (UNSPACED_SCRIPTS.test(character)) classes[code] = CHARACTER.unspaced;
    else if (WORD_CHARACTER.test(character)) classes[code] = CHARACTER.letter;
    else if (code >= 0xd800 && code <= 0xdfff) classes[code] = CHARACTER.letter;
    else if (code === 0x27 || code === 0x2019) classes[code] = CHARACTER.apostrophe;
  }
  return classes;
}

/** A text in NFC and lower case, at most `MAX_SCANNED_CHARS` long: head and tail of a longer one. */
export function normaliseText(text: string): string {
  const half = MAX_SCANNED_CHARS / 2;
  const bounded =
    text.length <= MAX_SCANNED_CHARS ? text : `${text.slice(0, half - 1)} ${text.slice(-half)}`;
  // Lower-casing and NFC may each lengthen a text (İ, and composition exclusions), so cut again.
  return bounded.normalize('NFC').toLowerCase().slice(0, MAX_SCANNED_CHARS);
}

/**
 * The words of a text in order, as `Tokenizer.scan` reads them; for counting before there is a vocabulary.
 *
 * @param classes - from `characterClasses()`
 */
export function splitWords(text: string, classes: Uint8Array): string[] {
  const clean = normaliseText(text);
  const words: string[] = [];
  let start = -1;
  for (let i = 0; i <= clean.length; i++) {
    const kind = i < clean.length ? classes[clean.charCodeAt(i)] : CHARACTER.separator;
    if (kind === CHARACTER.letter) {
      if (start < 0) start = i;
      continue;
    }
    if (kind === CHARACTER.apostrophe && start >= 0) continue;
    if (start >= 0) words.push(clean.slice(start, i).replace(/['’]/g, ''));
    start = -1;
    if (kind === CHARACTER.unspaced) words.push(clean.charAt(i));
  }
  return words;
}
