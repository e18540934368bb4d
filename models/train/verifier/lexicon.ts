import path from 'node:path';
import * as z from 'zod';
import type { LexiconTables } from '../../../src/cache/verify/lexicon.js';
import { fnv1a } from '../../../src/core/fnv.js';
import { readJsonl } from '../jsonl.js';

const line = z.object({ text: z.string(), positive: z.string().optional(), source: z.string() });
const SINGLE_WORD = /^[a-z]+$/u;

/** Glosses and hypernyms of a word. */
interface Word {
  readonly glosses: Set<string>;
  readonly kinds: Set<string>;
}

/**
 * Lays out WordNet's synonyms and hypernyms for a `Lexicon`: `text/dictionary` has a line for each word and gloss, and for
 * each word and what it is a kind of. Words of one gloss are synonyms.
 *
 * @throws {DataError} the file is missing or broken
 */
export async function readLexicon(dataFolder: string): Promise<LexiconTables> {
  const words = new Map<string, Word>();
  const wordsOf = new Map<string, Set<string>>();
  const file = path.join(dataFolder, 'text', 'dictionary.jsonl.gz');
  for await (const { text, positive, source } of readJsonl(file, line)) {
    const word = text.toLowerCase();
    if (!SINGLE_WORD.test(word) || positive === undefined) continue;
    const known = words.get(word) ?? { glosses: new Set(), kinds: new Set() };
    words.set(word, known);
    if (source === 'wordnet-hypernym') known.kinds.add(positive.toLowerCase());
    if (source !== 'wordnet-gloss') continue;
    known.glosses.add(positive);
    wordsOf.set(positive, (wordsOf.get(positive) ?? new Set()).add(word));
  }
  const shared = new Map(
    [...wordsOf]
      .filter(([, own]) => own.size > 1)
      .map(([gloss], number) => [gloss, number] as const),
  );
  return layOut(
    [...words].map(([word, { glosses, kinds }]) => ({
      id: fnv1a(word),
      senseCount: glosses.size,
      senses: [...glosses].flatMap((gloss) => shared.get(gloss) ?? []),
      kinds: [...kinds].map((kind) => fnv1a(kind)),
    })),
  );
}

interface Row {
  readonly id: number;
  readonly senseCount: number;
  readonly senses: readonly number[];
  readonly kinds: readonly number[];
}

/** Words without synonyms and hypernyms are left out. */
function layOut(all: readonly Row[]): LexiconTables {
  const rows = all
    .filter(({ senses, kinds }) => senses.length + kinds.length > 0)
    .sort((a, b) => a.id - b.id);
  const startsOf = (of: (row: Row) => number): Uint32Array => {
    const starts = new Uint32Array(rows.length + 1);
    for (const [i, row] of rows.entries()) starts[i + 1] = (starts[i] ?? 0) + of(row);
    return starts;
  };
  const rising = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);
  return {
    words: Uint32Array.from(rows, ({ id }) => id),
    senseStarts: startsOf(({ senses }) => senses.length),
    senses: Uint32Array.from(rows.flatMap(({ senses }) => rising(senses))),
    senseCounts: Uint32Array.from(rows, ({ senseCount }) => Math.max(1, senseCount)),
    kindStarts: startsOf(({ kinds }) => kinds.length),
    kinds: Uint32Array.from(rows.flatMap(({ kinds }) => rising(kinds))),
  };
}
