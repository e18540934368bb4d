import {
  LATIN_LANGUAGES,
  MIN_VOTE,
  distinctiveLetters,
  MAX_VOTE,
  addVotes,
} from './latin-languages.js';
import { KIND } from './text-statistics.js';
import type { TextStatistics } from './text-statistics.js';

/** Characters of a text that is not all ASCII that are read. */
const MAX_CODES = 2000;
/** Below this share of a text's letters, another script counts as a quotation. */
const MIN_SCRIPT_SHARE = 0.3;

/** First and last UTF-16 code unit of a script's main blocks, and its most common language. */
const SCRIPTS: readonly (readonly [number, number, string])[] = [
  [0x0370, 0x03ff, 'el'],
  [0x0400, 0x052f, 'ru'],
  [0x0530, 0x058f, 'hy'],
  [0x0590, 0x05ff, 'he'],
  [0x0600, 0x06ff, 'ar'],
  [0x0900, 0x097f, 'hi'],
  [0x0980, 0x09ff, 'bn'],
  [0x0a00, 0x0a7f, 'pa'],
  [0x0a80, 0x0aff, 'gu'],
  [0x0b80, 0x0bff, 'ta'],
  [0x0c00, 0x0c7f, 'te'],
  [0x0c80, 0x0cff, 'kn'],
  [0x0d00, 0x0d7f, 'ml'],
  [0x0d80, 0x0dff, 'si'],
  [0x0e00, 0x0e7f, 'th'],
  [0x0e80, 0x0eff, 'lo'],
  [0x1000, 0x109f, 'my'],
  [0x10a0, 0x10ff, 'ka'],
  [0x1200, 0x137f, 'am'],
  [0x1780, 0x17ff, 'km'],
  [0x3040, 0x30ff, 'ja'],
  [0x3400, 0x9fff, 'zh'],
  [0xac00, 0xd7af, 'ko'],
];
const JAPANESE = SCRIPTS.findIndex(([, , code]) => code === 'ja');
const CHINESE = SCRIPTS.findIndex(([, , code]) => code === 'zh');

/** The script of each UTF-16 code unit: an index into `SCRIPTS` plus one, or 0. */
const SCRIPT_OF = buildScripts();

const LAST_ASCII = 0x7f;
/** The languages that use each UTF-16 code unit up to the end of Vietnamese, one bit per language. */
const LANGUAGES_BY_UNIT = buildLanguagesByUnit();

/** Letters that only one language of a shared script has. */
const DISTINCTIVE_LETTERS: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  ru: [
    [/[іїєґ]/i, 'uk'],
    [/[ђјљњћџ]/i, 'sr'],
  ],
  ar: [
    [/[ٹڈڑںے]/, 'ur'],
    [/[پچژگیک]/, 'fa'],
  ],
};

/** The language of a text. */
export interface Language {
  /** ISO 639-1 code, `und` if undetermined. */
  readonly code: string;
  /** Share of the text that is not in English, 0 to 1: 1 for another language of Latin script, else the share of letters in other scripts. */
  readonly foreign: number;
}

/** @param text - of bounded length; the text that `statistics` is about */
export function readLanguage(text: string, statistics: TextStatistics): Language {
  const { kinds } = statistics;
  const ascii = (kinds[KIND.lower] ?? 0) + (kinds[KIND.upper] ?? 0);
  if (kinds[KIND.other] === 0) return latinLanguage(statistics.votes, statistics.words);
  const votes = statistics.votes.slice();
  const scripts = new Uint16Array(SCRIPTS.length + 1);
  const end = Math.min(text.length, MAX_CODES);
  for (let i = 0; i < end; i++) {
    const unit = text.charCodeAt(i);
    const script = SCRIPT_OF[unit] ?? 0;
    scripts[script] = (scripts[script] ?? 0) + 1;
    if (unit > LAST_ASCII && unit < LANGUAGES_BY_UNIT.length)
      addVotes(votes, LANGUAGES_BY_UNIT[unit] ?? 0);
  }
  // ASCII letters were counted in the whole text, the others in its beginning only.
  const latin = ascii * (end / Math.max(1, text.length));
  const foreign = scripts.subarray(1).reduce((sum, count) => sum + count, 0);
  const share = foreign === 0 ? 0 : foreign / (foreign + latin);
  if (share < MIN_SCRIPT_SHARE) return latinLanguage(votes, statistics.words, share);
  return { code: scriptLanguage(text.slice(0, end), scripts.subarray(1)), foreign: share };
}

function scriptLanguage(text: string, counts: Uint16Array): string {
  let best = counts.indexOf(Math.max(...counts));
  // Japanese may have more Chinese characters than kana; Chinese has no kana.
  const [kana = 0, han = 0] = counts.subarray(JAPANESE, CHINESE + 1);
  if (best === CHINESE && kana * 10 > han) best = JAPANESE;
  const code = SCRIPTS[best]?.[2] ?? 'und';
  return DISTINCTIVE_LETTERS[code]?.find(([letters]) => letters.test(text))?.[1] ?? code;
}

/**
 * The language with most votes; a tie goes to the one listed first, which is English.
 *
 * @param inScripts - share of the letters in other scripts
 */
function latinLanguage(votes: Uint16Array, words: number, inScripts = 0): Language {
  let language = 0;
  for (let i = 1; i < votes.length; i++) {
    if ((votes[i] ?? 0) > (votes[language] ?? 0)) language = i;
  }
  const most = votes[language] ?? 0;
  // A fourth of the words of prose are in these lists, but almost none of a list of names.
  const needed = Math.min(4, Math.max(1, words / 25)) * (language === 0 ? MIN_VOTE : MAX_VOTE);
  const code = most >= needed ? LATIN_LANGUAGES[language] : undefined;
  const isForeign = code !== undefined && code !== 'en';
  return { code: code ?? 'und', foreign: isForeign ? 1 : inScripts };
}

function buildScripts(): Uint8Array {
  const scripts = new Uint8Array(65_536);
  SCRIPTS.forEach(([first, last], index) => scripts.fill(index + 1, first, last + 1));
  return scripts;
}

function buildLanguagesByUnit(): Int32Array {
  const marked = new Int32Array(0x1f00);
  LATIN_LANGUAGES.forEach((language, bit) => {
    for (const letter of distinctiveLetters(language)) {
      const unit = letter.charCodeAt(0);
      marked[unit] = (marked[unit] ?? 0) | (1 << bit);
    }
  });
  return marked;
}
