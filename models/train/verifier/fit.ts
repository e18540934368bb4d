import type { LabelledPair } from '../embedder/corpus.js';
import type { Progress } from '../progress.js';
import type { Example, ExampleReader } from './examples.js';
import type { MadePairs } from './make-pairs.js';
import { isLearned, type PairParts } from './pair-parts.js';
import type { FoundPair } from './found/found-pairs.js';
import { readWritten, type WrittenPart } from './written.js';

/**
 * What made pairs weigh of all that is learned from. However many are labelled, these teach what labels are too seldom right about:
 * that an exchanged value makes another question.
 */
const MADE_SHARE = 0.21;

/** Readers by the half of the pairs that their embedder has not met. */
type HalfReaders = Readonly<Record<'first' | 'second', Pick<ExampleReader, 'read'>>>;

/** Both halves of the labelled pairs, and made ones with their share of the weight. */
export function readFit(
  pairs: PairParts['pairs'],
  made: MadePairs['fit'],
  readers: HalfReaders,
  progress: Progress,
): Example[] {
  const labelled = (['first', 'second'] as const).flatMap((part) => {
    const half = part === 'first' ? 0 : 1;
    return readAll(pairs[part], progress, (set, pair) => readers[part].read(set, pair, { half }));
  });
  const total = labelled.reduce((sum, { weight }) => sum + weight, 0);
  const weight = (total * MADE_SHARE) / (1 - MADE_SHARE) / made.length;
  // No embedder has met what was made of a prompt, and the prompt itself both have.
  return [...labelled, ...made.map((pair) => readers.second.read('made', pair, { weight }))];
}

/** Written pairs, as no embedder has met them. */
export async function readWrittenExamples(
  part: WrittenPart,
  reader: Pick<ExampleReader, 'read'>,
): Promise<Example[]> {
  const sets = await readWritten(part);
  return sets.flatMap(({ set, weight, pairs }) =>
    pairs.map((pair) => reader.read(set, pair, { weight })),
  );
}

/** What the set of found pairs is called, and what a pair counts: more where it is of prompts, as written ones count more. */
export const FOUND = 'found';
const FOUND_WEIGHTS = { question: 1, written: 2 } as const;

/** Found pairs, each read with the embedder that has not met its questions in labelled pairs. */
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
    .filter(([set]) => isLearned(set))
    .flatMap(([set, pairs]) =>
      pairs.map((pair) => {
        progress.tick(() => `reading pairs: ${set}`);
        return read(set, pair);
      }),
    );
}
