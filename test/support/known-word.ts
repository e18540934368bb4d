import type { KnownWord } from '../../src/cache/verify/word-table.js';
import { fnv1a } from '../../src/core/fnv.js';
import { lexiconOf } from './lexicon.js';

/** A word that no table knows anything of but its name and how rare it is. */
export function wordNamed(text: string, rarity = 0.5): KnownWord {
  return {
    text,
    id: fnv1a(text),
    synonyms: new Set(),
    entry: lexiconOf().find(text),
    stem: text,
    rarity,
    meaning: new Float32Array(0),
  };
}
