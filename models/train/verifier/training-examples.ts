import type { LabelledPair } from '../embedder/corpus.js';
import type { Progress } from '../progress.js';
import type { Example, ExampleReader } from './examples.js';
import type { GeneratedPairs } from './generate-pairs.js';
import { isTrainedOn, type PairParts } from './pair-parts.js';
import type { FoundPair } from './found/found-pairs.js';
import { readWritten, type WrittenPart } from './written.js';

/**
 * Share of generated pairs in the total training weight. They teach what labels are too seldom right about: that another value
 * makes another question.
 */
const MADE_SHARE = 0.21;

/** Readers by the half of the pairs that their embedder was not trained on. */
type HalfReaders = Readonly<Record<'first' | 'second', Pick<ExampleReader, 'read'>>>;

/** Both halves of the labelled pairs, and generated pairs with their share of the weight. */
export function readTrainingExamples(
  pairs: PairParts['pairs'],
  generated: GeneratedPairs['fit'],
  readers: HalfReaders,
  progress: Progress,
): Example[] {
  const labelled = (['first', 'second'] as const).flatMap((part) => {
    const half = part === 'first' ? 0 : 1;
    return readAll(pairs[part], progress, (set, pair) => readers[part].read(set, pair, { half }));
  });
  const total = labelled.reduce((sum, { weight }) => sum + weight, 0);
  const weight = (total * MADE_SHARE) / (1 - MADE_SHARE) / generated.length;
  // Generated texts are new to both embedders, and their prompts are known to both, so either will do.
  return [...labelled, ...generated.map((pair) => readers.second.read('made', pair, { weight }))];
}

/** Written pairs, which are new to every embedder. */
export async function readWrittenExamples(
  part: WrittenPart,
  reader: Pick<ExampleReader, 'read'>,
): Promise<Example[]> {
  const sets = await readWritten(part);
  return sets.flatMap(({ set, weight, pairs }) =>
    pairs.map((pair) => reader.read(set, pair, { weight })),
  );
}

/** Name of the set of found pairs, and weight of a pair: more for those of written prompts, as for written pairs. */
export const FOUND = 'found';
const FOUND_WEIGHTS = { question: 1, written: 2 } as const;

/** Found pairs, each read with an embedder that was not trained on its questions. */
export function readFoundExamples(pairs: readonly FoundPair[], readers: HalfReaders): Example[] {
  return pairs.map(({ pair, half, isWritten }) => {
    const weight = isWritten ? FOUND_WEIGHTS.written : FOUND_WEIGHTS.question;
    const reader = half === 0 ? readers.first : readers.second;
    return reader.read(FOUND, pair, { weight, ...(half === null ? {} : { half }) });
  });
}

export function readAll(
  sets: PairParts['heldOut'],
  progress: Progress,
  read: (set: string, pair: LabelledPair) => Example,
): Example[] {
  return [...sets]
    .filter(([set]) => isTrainedOn(set))
    .flatMap(([set, pairs]) =>
      pairs.map((pair) => {
        progress.tick(() => `reading pairs: ${set}`);
        return read(set, pair);
      }),
    );
}
