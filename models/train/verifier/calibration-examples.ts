import { haveSameWording } from '../../../src/cache/verify/analysed-question.js';
import type { Progress } from '../progress.js';
import type { Example, ExampleReader } from './examples.js';
import { readAll, readFoundExamples, readWrittenExamples } from './training-examples.js';
import type { FoundPairs } from './found/found-pairs.js';
import type { GeneratedPairs } from './generate-pairs.js';
import { readNearMisses } from './near-misses.js';
import type { PairParts } from './pair-parts.js';

/**
 * Sets whose labels are too often wrong where a verifier is sure: people labelled `the best gift` and `the best
 * gifts` as different questions, and a program took flights `on tuesday` and `next monday` for the same. They are good for
 * training, but not for calibration.
 */
const isDoubtful = (set: string): boolean =>
  set === 'qqp' || set === 'text2sql' || set.startsWith('meancache');

/**
 * Vetoed pairs are never hits, and for pairs with the same wording the trees are not used: neither belongs in
 * the calibration of the trees.
 */
const isWeighed = ({ veto, a, b }: Example): boolean => veto === null && !haveSameWording(a, b);

/** The pairs for calibration, none of which was trained on. */
export async function readCalibrationExamples(
  {
    parts,
    made,
    found,
  }: {
    readonly parts: PairParts;
    readonly made: GeneratedPairs;
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
  // In a set of positives only, no claim can be wrong.
  const hasBoth = (set: string): boolean =>
    new Set(all.filter((own) => own.set === set).map(({ pair }) => pair.label)).size === 2;
  const telling = new Set([...new Set(all.map(({ set }) => set))].filter(hasBoth));
  return all.filter(
    (example) => telling.has(example.set) && !isDoubtful(example.set) && isWeighed(example),
  );
}
