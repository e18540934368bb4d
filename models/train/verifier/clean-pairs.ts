import { areWordedAlike } from '../../../src/cache/verify/compared-question.js';
import type { Progress } from '../progress.js';
import type { Example, ExampleReader } from './examples.js';
import { readAll, readFoundExamples, readWrittenExamples } from './fit.js';
import type { FoundPairs } from './found/found-pairs.js';
import type { MadePairs } from './make-pairs.js';
import { readNearMisses } from './near-misses.js';
import type { PairParts } from './pair-parts.js';

/**
 * Sets whose labels are too often wrong where a verifier is sure: people marked `the best gift` and `the best
 * gifts` as different questions, and a program took flights `on tuesday` and `next monday` for one. They tell what is alike,
 * but not how sure one may be.
 */
const isDoubtful = (set: string): boolean =>
  set === 'qqp' || set === 'text2sql' || set.startsWith('meancache');

/**
 * What a rule objects to is never given, and of like wording nothing is asked of the trees: neither tells
 * how sure of them one may be.
 */
const isWeighed = ({ veto, a, b }: Example): boolean => veto === null && !areWordedAlike(a, b);

/** Pairs that tell how sure one may be, none of which was learned from. */
export async function readClean(
  {
    parts,
    made,
    found,
  }: {
    readonly parts: PairParts;
    readonly made: MadePairs;
    readonly found: FoundPairs;
  },
  readers: Readonly<Record<'first' | 'second', ExampleReader>>,
  progress: Progress,
): Promise<readonly Example[]> {
  const byHand = new Map([['by hand', await readNearMisses('calibration')]]);
  const read = [parts.pairs.validation, new Map([['made', made.validation]]), byHand].flatMap(
    (sets) => readAll(sets, progress, (set, pair) => readers.second.read(set, pair)),
  );
  const all = [
    ...read,
    ...(await readWrittenExamples('calibration', readers.second)),
    ...readFoundExamples(found.calibration, readers),
  ];
  // Where everything is the same nobody can be wrong, however sure he is.
  const hasBoth = (set: string): boolean =>
    new Set(all.filter((own) => own.set === set).map(({ pair }) => pair.label)).size === 2;
  const telling = new Set([...new Set(all.map(({ set }) => set))].filter(hasBoth));
  return all.filter(
    (example) => telling.has(example.set) && !isDoubtful(example.set) && isWeighed(example),
  );
}
