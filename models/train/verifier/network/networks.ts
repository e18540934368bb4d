import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  readNetworkTables,
  networkShapeSchema,
} from '../../../../src/cache/verify/network-tables.js';
import { openArtefact } from '../../../../src/embed/artefact.js';
import { packArtefact } from '../../artefact-writer.js';
import type { Progress } from '../../progress.js';
import { Random } from '../../random.js';
import type { Example, ExampleReader } from '../examples.js';
import { sectionsOf } from '../sections.js';
import type { TrainedNetwork } from './tables.js';
import { trainNetwork, type LabelledNetworkPair } from './training.js';
import {
  initialVectors,
  NETWORK_DIMS,
  NetworkReader,
  networkVocabulary,
  type NetworkVocabulary,
} from './words.js';

/** Chosen on the validation part. */
const HIDDEN = 48;
/** Kind and version of cached networks; a change of the recipe needs another version. */
const KIND = 'word-network';
const VERSION = 1;
const FOLDER = path.join('build', 'train');

/** Networks by what they were trained on. */
export interface Networks {
  /** For pairs of that half; trained on the other one. */
  readonly halves: Readonly<Record<Example['half'], TrainedNetwork>>;
  /** For pairs that are not trained on. */
  readonly all: TrainedNetwork;
}

/** Readers by the half of the pairs that their embedder was not trained on. */
export type HalfReaders = Readonly<Record<'first' | 'second', Pick<ExampleReader, 'table'>>>;

/**
 * Trains the networks that score whether two questions are the same: one for each half of the pairs, trained on the other half, so that
 * the trees get out-of-fold scores; and one on all pairs, which is shipped. They are cached for the next run.
 */
export function trainNetworks(
  fit: readonly Example[],
  readers: HalfReaders,
  options: { readonly seed: number; readonly progress: Progress; readonly folder?: string },
): Networks {
  const vocabulary = networkVocabulary(fit.flatMap(({ a, b }) => [a.known, b.known]));
  const reader = new NetworkReader(vocabulary);
  const learn = (
    name: string,
    own: readonly Example[],
    { table }: Pick<ExampleReader, 'table'>,
  ): TrainedNetwork => {
    const pairs = own.map(({ a, b, pair: { label }, weight }) => ({
      a: reader.read(a.known),
      b: reader.read(b.known),
      label,
      weight,
    }));
    const first = initialVectors(vocabulary, (text) => table.find(text), new Random(options.seed));
    return loadOrTrain(name, { pairs, vocabulary, vectors: first }, options);
  };
  const without = (half: Example['half']): readonly Example[] =>
    fit.filter((example) => example.half !== half);
  return {
    halves: {
      0: learn('without the first half', without(0), readers.first),
      1: learn('without the second half', without(1), readers.second),
    },
    all: learn('of all pairs', fit, readers.second),
  };
}

/** What a network is trained on. */
interface Material {
  readonly pairs: readonly LabelledNetworkPair[];
  readonly vocabulary: NetworkVocabulary;
  readonly vectors: Float32Array;
}

/** Loads a network from the cache, or trains it. */
function loadOrTrain(
  name: string,
  material: Material,
  {
    seed,
    progress,
    folder = FOLDER,
  }: { readonly seed: number; readonly progress: Progress; readonly folder?: string },
): TrainedNetwork {
  const file = path.join(folder, `network-${digestOf(material, seed)}.bin`);
  if (existsSync(file)) {
    progress.say(`network ${name}: taken from ${file}`);
    return read(file);
  }
  progress.say(`network ${name}: ${material.pairs.length} pairs`);
  const { pairs, vocabulary, vectors } = material;
  const size = { dims: NETWORK_DIMS, hidden: HIDDEN };
  const trained = trainNetwork(pairs, { ...vocabulary, vectors }, size, { seed, progress });
  mkdirSync(folder, { recursive: true });
  const tables = sectionsOf('network', trained.tables);
  const bytes = packArtefact({ kind: KIND, version: VERSION, meta: { ...trained.shape }, tables });
  // What a run that was cut short has written is never taken for a network.
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
  return trained;
}

function read(file: string): TrainedNetwork {
  const artefact = openArtefact(file, { kind: KIND, version: VERSION });
  const shape = networkShapeSchema.parse(artefact.meta);
  return { shape, tables: readNetworkTables(artefact, shape) };
}

function digestOf({ pairs, vocabulary, vectors }: Material, seed: number): string {
  const digest = createHash('sha256').update(`${VERSION} ${HIDDEN} ${seed}`);
  const add = (values: Uint32Array | Int32Array | Float32Array): void => {
    digest.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };
  add(vocabulary.hashes);
  add(vectors);
  for (const { a, b, label, weight } of pairs) {
    for (const { rows, ids, rarities } of [a, b]) for (const own of [rows, ids, rarities]) add(own);
    digest.update(`${label} ${weight}\n`);
  }
  return digest.digest('hex').slice(0, 12);
}
