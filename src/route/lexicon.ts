import { buildSlots, mix } from '../embed/word-hash.js';
import { commonWords, LATIN_LANGUAGES } from './latin-languages.js';

/** Kinds of task that a word hints at; their bits follow those of the languages. */
export const HINTS = ['explain', 'write', 'code', 'reason', 'short', 'maths'] as const;
export type Hint = (typeof HINTS)[number];

/** The lowest bit of the hints in a word's flags. */
export const FIRST_HINT_BIT = LATIN_LANGUAGES.length;
/** The bits of the languages, in `LATIN_LANGUAGES` order. */
export const LANGUAGE_MASK = (1 << FIRST_HINT_BIT) - 1;

const HINT_WORDS: Readonly<Record<Hint, string>> = {
  explain:
    'explain why how describe compare discuss analyze analyse evaluate summarize summarise difference differences meaning elaborate detail detailed thoroughly erkläre expliquer explique explica explicar',
  write:
    'write create generate compose draft essay story poem letter email article blog script plan outline brainstorm rewrite speech novel tweet headline slogan song schreibe écris escribe escreva scrivi',
  code: 'code function python javascript typescript java sql implement program class method algorithm bug debug regex html css api compile rust golang c++ bash shell query database json array string loop return stdin stdout output variable',
  reason:
    'prove solve calculate derive compute determine find probability maximum minimum puzzle logic deduce infer total remaining each every after before left many much exactly step steps sequence pattern grid rule rules permutation',
  short:
    'only yes no true false choose select classify option options answer correct following word label extract format sentence entailment sentiment category multiple choice',
  maths:
    'equation integral derivative triangle theorem polynomial matrix vector integer integers real prime modulo divisible angle radius circle square root logarithm sum product fraction percent percentage probability function limit converge eigenvalue group ring field isomorphic hypothesis variance mean algebra geometry remainder equals perpendicular sin cos tan log sqrt',
};

/** The hash of an empty word, to be extended with `wordHash`. */
export const EMPTY_HASH = 0x811c9dc5;

/** Extends a word's hash by one UTF-16 code unit (FNV-1a). */
export function wordHash(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

const FLAGS_BY_WORD = buildFlags();
const HASHES = Int32Array.from(FLAGS_BY_WORD.keys(), hashOf);
const FLAGS = Int32Array.from(FLAGS_BY_WORD.values());
const SLOTS = buildSlots(HASHES.length, (index) => mix(HASHES[index] ?? 0));

/**
 * The languages and hints of a lower-case word, one bit each, looked up by its hash alone.
 *
 * Creates no string. The chance that another word has a listed word's 32-bit hash is about
 * one in four million, and costs no more than a wrong hint.
 */
export function flagsOf(hash: number): number {
  let slot = mix(hash) & (SLOTS.length - 1);
  for (;;) {
    const index = SLOTS[slot] ?? -1;
    if (index < 0) return 0;
    if (HASHES[index] === hash) return FLAGS[index] ?? 0;
    slot = (slot + 1) & (SLOTS.length - 1);
  }
}

function hashOf(word: string): number {
  let hash = EMPTY_HASH;
  for (let i = 0; i < word.length; i++) hash = wordHash(hash, word.charCodeAt(i));
  return hash;
}

function buildFlags(): ReadonlyMap<string, number> {
  const flags = new Map<string, number>();
  const add = (words: readonly string[], bit: number): void => {
    for (const word of words) flags.set(word, (flags.get(word) ?? 0) | (1 << bit));
  };
  LATIN_LANGUAGES.forEach((language, bit) => {
    add(commonWords(language), bit);
  });
  HINTS.forEach((hint, index) => {
    add(HINT_WORDS[hint].split(' '), FIRST_HINT_BIT + index);
  });
  return flags;
}
