import { isAboutWord } from './abbreviations.js';
import type { QuestionWords } from './words.js';

const setOf = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Common English words that are not words of neighbouring languages. */
const ENGLISH = setOf(
  'the what how which why where when who whose does did are were and with for from this that these those there you your my can could would should will ' +
    'have has had been not of to is it if about into between than then tell give write explain please best way mean means make get find use want need',
);
/** Common words of other languages in Latin letters that are not English words. */
const OTHERS = setOf(
  // German, Dutch
  'der das dem den des ein eine einen einem einer und oder nicht ich du er sie wir mich mir mein meine meinen ist sind wie wer wo wann warum weshalb welche welcher welches ' +
    'bei mit ohne für von zu zum zur auf aus nach vor über unter zwischen kann muss darf soll wird werden haben hat bedeutet heißt heisst schreibe schreib nenne gib übersetze erkläre ' +
    'het een van voor naar niet ik hoe wat waar wanneer waarom welke zijn mijn kan moet geef schrijf betekent vertaal bij uit over ' +
    // French
    'le les des une du au aux et ou est sont que qui quel quelle quels quelles quoi comment pourquoi quand combien où dans sur avec sans pour je tu il elle nous vous ' +
    'mon ma mes pas ne faire fait peut dois donne écris traduis traduire signifie veut ' +
    // Spanish, Portuguese, Italian
    'el los las una unos y o es son qué que quién cómo como cuál cual cuándo cuanto cuántos dónde donde por para con sin en del al mi tu su se puedo hacer hago dame escribe traduce traducir ' +
    'significa um uma os as dos da na nos em não nao é são quem quando qual quanto quantos onde meu minha fazer posso escreva traduza traduzir ' +
    'il lo gli di che chi come dove perché quale quali quanti cosa cos sono della dell del nel alla con senza posso fare dammi scrivi traduci tradurre vuol dire ' +
    // Swedish, Polish, Turkish, others
    'och att det som är hur vad varför vem var med utan jag betyder skriv ge på av ' +
    'jak co gdzie kiedy dlaczego kto jest są nie się na do znaczy napisz podaj jaka jaki jakie ' +
    'ne nedir nasıl neden kim nerede mi mı mu mü bir ve için ile hakkında yaz ver demek kaise kya hai ka ki ke mein aur nahi batao',
);

/** Names of languages, in English. */
const LANGUAGE =
  /\b(?:english|german|french|spanish|italian|portuguese|dutch|russian|ukrainian|chinese|mandarin|cantonese|japanese|korean|arabic|persian|turkish|polish|czech|swedish|norwegian|danish|finnish|hungarian|romanian|greek|hebrew|hindi|urdu|bengali|thai|vietnamese|indonesian|latin|foreign|language)\b/iu;
const OF_WORDS =
  /\b(?:translat\p{L}+|(?:a|the)(?: \p{L}+)? words?|words? (?:for|of|in)|say|conjugat\p{L}+|plural|gender|articles?|accents?|umlauts?|pronounc\p{L}+|spel\p{L}+|sentence)\b/iu;

/**
 * Whether a single letter makes a different word in this text, rather than a typo: a text in another language than English, for which
 * there is no dictionary here, or a question about a word of another language.
 *
 * @param plain - the plain form of a question
 * @param words - its words, in lower case
 */
export function isLetterSensitive(plain: string, words: readonly string[]): boolean {
  return isOtherLanguage(words) || (LANGUAGE.test(plain) && isAboutWords(plain));
}

const isAboutWords = (plain: string): boolean => isAboutWord(plain) || OF_WORDS.test(plain);

/** Whether more words belong to other languages, or have letters that English does not have, than are common English words. */
function isOtherLanguage(words: readonly string[]): boolean {
  let lead = 0;
  for (const word of words) {
    if (ENGLISH.has(word)) lead -= 1;
    else if (OTHERS.has(word) || /[^\x20-\x7e]/.test(word)) lead += 1;
  }
  return lead > 0;
}

/** Whether two such texts (`isLetterSensitive`) differ by a letter, or in the case of a word that is asked about. */
export function differInLetters(a: QuestionWords, b: QuestionWords): boolean {
  if (haveWordsOneLetterApart(a.words, b.words)) return true;
  return (isSmallIn(a.names, b) || isSmallIn(b.names, a)) && isAboutWords(a.plain);
}

/** `Weg` and `weg`: the other text has a word in lower case although it uses capitals elsewhere; names of languages aside. */
function isSmallIn(names: readonly string[], { plain, words, names: own }: QuestionWords): boolean {
  if (!/\p{Lu}/u.test(plain)) return false;
  return names.some((name) => !own.includes(name) && words.includes(name) && !LANGUAGE.test(name));
}

/** In texts that differ in more words than this, two similar words mean little. */
const MOST_CHANGED = 3;

/** Whether a word of one text differs from a word of the other by one letter or by diacritics only: `hambre`, `hombre`. */
function haveWordsOneLetterApart(a: readonly string[], b: readonly string[]): boolean {
  if (Math.abs(a.length - b.length) > MOST_CHANGED) return false;
  const own = wordsOnlyIn(a, b);
  if (own === null || own.length === 0) return false;
  const others = wordsOnlyIn(b, a);
  return own.some((word) => others?.some((other) => isLetterAway(word, other)));
}

/** Words that only the first text has; `null` for more than `MOST_CHANGED`. */
function wordsOnlyIn(
  words: readonly string[],
  others: readonly string[],
): readonly string[] | null {
  const only: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === others[i] || others.includes(word)) continue;
    if (only.length === MOST_CHANGED) return null;
    only.push(word);
  }
  return only;
}

function isLetterAway(one: string, other: string): boolean {
  const [a, b] = [inOneSpelling(one), inOneSpelling(other)];
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  if (bare(a) === bare(b)) return true;
  // Function words such as `wer` and `wem`, `des` and `les` depend on the grammar of the sentence.
  if (Math.min(a.length, b.length) < 3 || (OTHERS.has(one) && OTHERS.has(other))) return false;
  let front = 0;
  while (front < a.length && a[front] === b[front]) front += 1;
  let back = 0;
  const most = Math.min(a.length, b.length) - front;
  while (back < most && a.at(-1 - back) === b.at(-1 - back)) back += 1;
  return Math.max(a.length, b.length) - front - back <= 1;
}

/** `heißt` and `heisst` are the same word. */
const inOneSpelling = (word: string): string => word.replaceAll('ß', 'ss');

/** Without diacritics; the Turkish `ı` becomes `i`. */
const bare = (word: string): string =>
  word.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('ı', 'i');
