import { unitHashOf } from '../../../src/outcomes/split.js';
import { isHeldOut, listPairFiles, readPairFile, setName, TextKeys } from '../embedder/corpus.js';
import type { LabelledPair } from '../embedder/corpus.js';

/** What a pair is used for. Both halves are trained on, each with an embedder that was trained without it. */
export type PairPart = 'first' | 'second' | 'validation' | 'test';

/** Where each part ends, as a share of all. */
const PART_ENDS: readonly (readonly [PairPart, number])[] = [
  ['first', 0.45],
  ['second', 0.75],
  ['validation', 0.85],
  ['test', 1],
];

/**
 * Sets that tell whether one answer serves two questions. Not among them: graded similarity
 * (STS), and translations, since an answer in another language does not serve.
 */
const QUESTION_SETS: ReadonlySet<string> = new Set([
  'qqp',
  'meancache_minus_qqptest',
  'paws_qqp',
  'mrpc',
  'text2sql',
  'nl2bash',
  'clinc_para',
  'gptcache_mock',
  'intent_atis',
  'intent_banking77',
  'intent_clinc150',
  'intent_hwu64',
  'intent_snips',
]);

/** Intents and `gptcache_mock` are evaluated on, but not trained on: an intent is not a question, nor is an answer. */
export const isTrainedOn = (set: string): boolean =>
  !set.startsWith('intent_') && set !== 'gptcache_mock';

/** Labelled pairs by part and set, and the texts that an embedder must not be trained on for a part to be new to it. */
export interface PairParts {
  readonly pairs: Readonly<Record<PairPart, ReadonlyMap<string, readonly LabelledPair[]>>>;
  /** Pairs of `*.dev` files, which no embedder is trained on. */
  readonly heldOut: ReadonlyMap<string, readonly LabelledPair[]>;
  /** Keys (`TextKeys`) of all texts of a part, those of pairs across parts included. */
  readonly keys: Readonly<Record<PairPart, ReadonlySet<string>>>;
}

/**
 * Splits the pairs of questions so that no text is in two parts.
 *
 * Texts that are connected by pairs go to the same part. If pairs connect a whole set (intents are all
 * compared with each other), texts are assigned one by one, and pairs across parts are left out.
 *
 * @throws {DataError} the folder or a file is missing or broken
 */
export async function readPairParts(dataFolder: string): Promise<PairParts> {
  const files = listPairFiles(dataFolder).filter((file) => QUESTION_SETS.has(setName(file)));
  const sets = await readSets(files.filter((file) => !isHeldOut(file)));
  const heldOut = await readSets(files.filter(isHeldOut));
  const keys = new TextKeys();
  const groups = new UnionFind();
  for (const [name, pairs] of sets) {
    if (name.startsWith('intent_')) continue;
    for (const { a, b } of pairs) groups.join(keys.of(a), keys.of(b));
  }
  const never = keysIn(heldOut, keys);
  const parts = new Map<string, PairPart>();
  for (const key of keysIn(sets, keys)) parts.set(key, partAt(unitHashOf(groups.of(key))));
  const keysOf = (part: PairPart): ReadonlySet<string> =>
    new Set([...parts].flatMap(([key, own]) => (own === part ? [key] : [])));
  const inPart = (part: PairPart): Map<string, readonly LabelledPair[]> => {
    const isIn = (text: string): boolean => {
      const key = keys.of(text);
      return parts.get(key) === part && !never.has(key);
    };
    return new Map(
      [...sets].map(([name, pairs]) => [name, pairs.filter(({ a, b }) => isIn(a) && isIn(b))]),
    );
  };
  return { pairs: ofParts(inPart), heldOut, keys: ofParts(keysOf) };
}

function ofParts<T>(of: (part: PairPart) => T): Readonly<Record<PairPart, T>> {
  return {
    first: of('first'),
    second: of('second'),
    validation: of('validation'),
    test: of('test'),
  };
}

function keysIn(
  sets: ReadonlyMap<string, readonly LabelledPair[]>,
  keys: TextKeys,
): ReadonlySet<string> {
  return new Set([...sets.values()].flat().flatMap(({ a, b }) => [keys.of(a), keys.of(b)]));
}

async function readSets(files: readonly string[]): Promise<Map<string, readonly LabelledPair[]>> {
  const sets = new Map<string, readonly LabelledPair[]>();
  for (const file of files) sets.set(setName(file), await readPairFile(file));
  return sets;
}

function partAt(place: number): PairPart {
  return PART_ENDS.find(([, end]) => place < end)?.[0] ?? 'test';
}

/** Union–find over texts. */
class UnionFind {
  readonly #parents = new Map<string, string>();

  join(a: string, b: string): void {
    const [first, second] = [this.of(a), this.of(b)].sort();
    // The smaller text becomes the representative, so that the order of pairs does not matter.
    if (first !== undefined && second !== undefined && first !== second) {
      this.#parents.set(second, first);
    }
  }

  /** The representative of all texts that `text` is connected with. */
  of(text: string): string {
    let root = text;
    for (let next = this.#parents.get(root); next !== undefined; next = this.#parents.get(root)) {
      root = next;
    }
    if (root !== text) this.#parents.set(text, root);
    return root;
  }
}
