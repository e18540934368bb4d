import { LATIN_LANGUAGES } from './lexicon.js';
import type { TextStatistics } from './text-statistics.js';

/** Characters beyond ASCII that are looked at. */
const MAX_CODES = 2000;
/** Below this share of a text's letters, another script is a quotation. */
const MIN_SCRIPT_SHARE = 0.3;

/** First and last UTF-16 unit of a script's main blocks, and the language most written in it. */
const SCRIPTS: readonly (readonly [number, number, string])[] = [
  [0x0370, 0x03ff, 'el'],
  [0x0400, 0x052f, 'ru'],
  [0x0530, 0x058f, 'hy'],
  [0x0590, 0x05ff, 'he'],
  [0x0600, 0x06ff, 'ar'],
  [0x0900, 0x097f, 'hi'],
  [0x0980, 0x09ff, 'bn'],
  [0x0b80, 0x0bff, 'ta'],
  [0x0c00, 0x0c7f, 'te'],
  [0x0e00, 0x0e7f, 'th'],
  [0x10a0, 0x10ff, 'ka'],
  [0x3040, 0x30ff, 'ja'],
  [0x3400, 0x9fff, 'zh'],
  [0xac00, 0xd7af, 'ko'],
];
const JAPANESE = 11;
const CHINESE = 12;

/** The script of each UTF-16 unit: an index into `SCRIPTS` plus one, or 0. */
const SCRIPT_OF = buildScripts();

/** Letters that one language of a shared script has and the others have not. */
const TELLING_LETTERS: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  ru: [[/[іїєґ]/i, 'uk']],
  ar: [
    [/[ٹڈڑںے]/, 'ur'],
    [/[پچژگ]/, 'fa'],
  ],
};

/** What a text is written in. */
export interface Language {
  /** ISO 639-1, `und` when undetermined. */
  readonly code: string;
  /** Share of the text's letters in scripts other than Latin, 0 to 1. */
  readonly foreignScript: number;
}

/** A Latin letter that English does not have. */
const MARKED = /[À-ÖØ-öø-ſ]/;
const ENGLISH = LATIN_LANGUAGES.indexOf('en');

/** @param text - already bounded; the one `statistics` was made of */
export function readLanguage(text: string, statistics: TextStatistics): Language {
  const ascii = (statistics.kinds[1] ?? 0) + (statistics.kinds[2] ?? 0);
  if (statistics.kinds[0] === 0) {
    return { code: latinLanguage(statistics, false), foreignScript: 0 };
  }
  const scripts = new Uint16Array(SCRIPTS.length + 1);
  const end = Math.min(text.length, MAX_CODES);
  for (let i = 0; i < end; i++) {
    const script = SCRIPT_OF[text.charCodeAt(i)] ?? 0;
    scripts[script] = (scripts[script] ?? 0) + 1;
  }
  // ASCII letters were counted in the whole text, these in its beginning: bring both to one scale.
  const latin = ascii * (end / Math.max(1, text.length));
  const foreign = scripts.subarray(1).reduce((sum, count) => sum + count, 0);
  const foreignScript = foreign === 0 ? 0 : foreign / (foreign + latin);
  if (foreignScript < MIN_SCRIPT_SHARE) {
    return { code: latinLanguage(statistics, MARKED.test(text)), foreignScript };
  }
  return { code: scriptLanguage(text.slice(0, end), scripts.subarray(1)), foreignScript };
}

function scriptLanguage(text: string, counts: Uint16Array): string {
  let best = counts.indexOf(Math.max(...counts));
  // Japanese is written with more Chinese characters than kana; Chinese has no kana at all.
  const [kana = 0, han = 0] = counts.subarray(JAPANESE, CHINESE + 1);
  if (best === CHINESE && kana * 10 > han) best = JAPANESE;
  const code = SCRIPTS[best]?.[2] ?? 'und';
  return TELLING_LETTERS[code]?.find(([letters]) => letters.test(text))?.[1] ?? code;
}

/**
 * The language with most common words; a tie goes to the one listed first, though not to English if `hasMarks`.
 *
 * @param hasMarks - letters stand in the text that English does not have
 */
function latinLanguage({ votes, words }: TextStatistics, hasMarks: boolean): string {
  let most = 0;
  let language = -1;
  for (let i = 0; i < votes.length; i++) {
    const count = votes[i] ?? 0;
    const settlesTie = hasMarks && language === ENGLISH && count === most;
    if (count <= most && !settlesTie) continue;
    most = count;
    language = i;
  }
  // Every fourth word of ordinary prose is in these lists; a list of names has almost none.
  const needed = Math.min(4, Math.max(1, words / 25));
  return (most >= needed ? LATIN_LANGUAGES[language] : undefined) ?? 'und';
}

function buildScripts(): Uint8Array {
  const scripts = new Uint8Array(65_536);
  SCRIPTS.forEach(([first, last], index) => scripts.fill(index + 1, first, last + 1));
  return scripts;
}
