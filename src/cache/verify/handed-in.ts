import { fnv1a } from '../../core/fnv.js';
import { withoutContractions } from './contractions.js';

/** Who wants something done to words that come with the request: of these every sign may count. */
const WORKS_ON =
  /\b(?:translat\p{L}+|rewrit\p{L}+|rephras\p{L}+|paraphras\p{L}+|reword\p{L}*|classif\p{L}+|sentiment|emotions?|sarcas\p{L}+|iron(?:y|ic)|polite\p{L}*|rude|correct(?= )|grammar|typos?|punctuat\p{L}*|repl(?:y|ies)(?= to)|respond(?= to)|übersetz\p{L}*|korrigier\p{L}*|tradui\p{L}*|traduc\p{L}*|tradu[zç]\p{L}*|corrig\p{L}*|vertaal|przetłumacz)(?![\p{L}\p{N}])|перевед|исправ|翻译|翻譯|訳|번역|ترجم/iu;
/** What is worked out of it letter by letter, large and small. */
const TO_THE_LETTER =
  /\b(?:(?:en|de)cod\p{L}+|(?:en|de)crypt\p{L}*|cipher|rot13|hash\p{L}*|md5|sha-?\d*|base ?(?:16|32|64)|hex|morse|revers\p{L}+|contractions?|anagrams?|palindrom\p{L}+|(?:count|how many)(?: \p{L}+){0,4} (?:words|letters|characters|chars|vowels|consonants|spaces|bytes|tokens)|characters?:|(?:upper|lower|title|camel|snake) ?case|capitali[sz]\p{L}*)(?![\p{L}\p{N}])/iu;

/** In quotation marks; an apostrophe inside of a word ends nothing. */
const QUOTED =
  /["“„«]([^"“”„«»]+)["”“»]|「([^」]+)」|(?<![\p{L}\p{N}])['‘]((?:[^'‘’\n]|['’](?=\p{L}))+)['’](?![\p{L}\p{N}])/gu;
/** Whatever is handed in has one of these. */
const MARKED = /["“„«「'‘：]|:\s/u;
/** Behind it stands what is handed in; not the colon of `5:30`. */
const COLON = /:\s|：/u;

/**
 * What stands for the words that are handed in to be translated, classified, answered, counted…, as they are written: courtesies, contractions
 * and marks that say nothing of a question are part of them.
 *
 * A point at the end says nothing, nor do capitals and contractions where there are several words, unless letters are counted or encoded.
 *
 * @param text - as it was asked
 * @returns a hash; 0 where nothing is handed in that can be told from the request
 */
export function handedIn(text: string): number {
  if (!MARKED.test(text)) return 0;
  const isToTheLetter = TO_THE_LETTER.test(text);
  const at = text.search(isToTheLetter ? TO_THE_LETTER : WORKS_ON);
  // What is marked as code is compared elsewhere.
  if (at < 0 || text.includes('`')) return 0;
  const words = wordsHandedIn(text, at).replaceAll(/\s+/gu, ' ').trim();
  if (words === '') return 0;
  return fnv1a(isToTheLetter ? words : inShort(words)) || 1;
}

/** @param at - where it is said what to do with them: before them, or behind quotes that the text begins with */
function wordsHandedIn(text: string, at: number): string {
  const quotes = [...text.matchAll(QUOTED)];
  const first = quotes[0]?.index ?? -1;
  if (first > at || first === 0) {
    return quotes.map(([, double, corner, single]) => double ?? corner ?? single).join(' | ');
  }
  const colon = first < 0 ? COLON.exec(text.slice(at)) : null;
  return colon === null ? '' : text.slice(at + colon.index + 1);
}

const inShort = (words: string): string => {
  const straight = words.replaceAll('’', "'").replace(/(?<!\.)\.$/u, '');
  return straight.includes(' ') ? withoutContractions(straight).toLowerCase() : straight;
};
