import { fnv1a } from '../../core/fnv.js';
import { expandContractions } from './contractions.js';

/** Tasks on a text that the request contains (translate, classify, reply to): every character of that text may count. */
const WORKS_ON =
  /\b(?:translat\p{L}+|rewrit\p{L}+|rephras\p{L}+|paraphras\p{L}+|reword\p{L}*|classif\p{L}+|sentiment|emotions?|sarcas\p{L}+|iron(?:y|ic)|polite\p{L}*|rude|correct(?= )|grammar|typos?|punctuat\p{L}*|repl(?:y|ies)(?= to)|respond(?= to)|übersetz\p{L}*|korrigier\p{L}*|tradui\p{L}*|traduc\p{L}*|tradu[zç]\p{L}*|corrig\p{L}*|vertaal|przetłumacz)(?![\p{L}\p{N}])|перевед|исправ|翻译|翻譯|訳|번역|ترجم/iu;
/** Tasks that depend on every single letter and its case. */
const TO_THE_LETTER =
  /\b(?:(?:en|de)cod\p{L}+|(?:en|de)crypt\p{L}*|cipher|rot13|hash\p{L}*|md5|sha-?\d*|base ?(?:16|32|64)|hex|morse|revers\p{L}+|contractions?|anagrams?|palindrom\p{L}+|(?:count|how many)(?: \p{L}+){0,4} (?:words|letters|characters|chars|vowels|consonants|spaces|bytes|tokens)|characters?:|(?:upper|lower|title|camel|snake) ?case|capitali[sz]\p{L}*)(?![\p{L}\p{N}])/iu;

/** A text in quotation marks; an apostrophe inside a word does not end it. */
const QUOTED =
  /["“„«]([^"“”„«»]+)["”“»]|「([^」]+)」|(?<![\p{L}\p{N}])['‘]((?:[^'‘’\n]|['’](?=\p{L}))+)['’](?![\p{L}\p{N}])/gu;
/** Every supplied text has one of these. */
const MARKED = /["“„«「'‘：]|:\s/u;
/** Precedes the text to be worked on; not the colon of `5:30`. */
const COLON = /:\s|：/u;

/**
 * Hashes the text that a request supplies to be translated, classified, answered, counted…, as it is written, including courtesies,
 * contractions and punctuation.
 *
 * A point at the end is ignored, and so are capitals and contractions if there are several words, unless letters are counted or encoded.
 *
 * @param text - the original text of the request
 * @returns a hash; 0 if no such text is found
 */
export function hashSuppliedText(text: string): number {
  if (!MARKED.test(text)) return 0;
  const isToTheLetter = TO_THE_LETTER.test(text);
  const at = text.search(isToTheLetter ? TO_THE_LETTER : WORKS_ON);
  // Text marked as code is compared elsewhere.
  if (at < 0 || text.includes('`')) return 0;
  const words = wordsHandedIn(text, at).replaceAll(/\s+/gu, ' ').trim();
  if (words === '') return 0;
  return fnv1a(isToTheLetter ? words : inShort(words)) || 1;
}

/** @param at - where the task is named: before the text, or after quotes that the request begins with */
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
  return straight.includes(' ') ? expandContractions(straight).toLowerCase() : straight;
};
