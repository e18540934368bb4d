import { Lexicon } from '../../src/cache/verify/lexicon.js';
import { fnv1a } from '../../src/core/fnv.js';

/** What a dictionary for a test says of a word. */
interface Row {
  /** Numbers of senses it shares with other words. */
  readonly senses?: readonly number[];
  readonly senseCount?: number;
  readonly kinds?: readonly string[];
}

/** A dictionary of a few words; of none when left out. */
export function lexiconOf(entries: Readonly<Record<string, Row>> = {}): Lexicon {
  const rows = Object.entries(entries)
    .map(([word, row]) => ({ id: fnv1a(word), senses: [], kinds: [], ...row }))
    .sort((a, b) => a.id - b.id);
  const starts = (lengths: readonly number[]): Uint32Array => {
    const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, n) => sum + n, 0));
    return Uint32Array.from([0, ...ends]);
  };
  return new Lexicon({
    words: Uint32Array.from(rows, ({ id }) => id),
    senses: Uint32Array.from(rows.flatMap(({ senses }) => senses)),
    senseStarts: starts(rows.map(({ senses }) => senses.length)),
    senseCounts: Uint32Array.from(rows, ({ senses, senseCount }) => senseCount ?? senses.length),
    kinds: Uint32Array.from(
      rows.flatMap(({ kinds }) => kinds.map((kind) => fnv1a(kind)).sort((a, b) => a - b)),
    ),
    kindStarts: starts(rows.map(({ kinds }) => kinds.length)),
  });
}
