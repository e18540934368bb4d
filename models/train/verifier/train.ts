import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TreeSum } from '../../../src/cache/verify/boosted-trees.js';
import { areWordedAlike } from '../../../src/cache/verify/compared-question.js';
import { PAIR_FEATURES } from '../../../src/cache/verify/pair-features.js';
import { Verifier, VERIFIER_KIND, VERIFIER_VERSION } from '../../../src/cache/verify/verifier.js';
import { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { FEATURE_NAMES } from '../../../src/route/features.js';
import { writeArtefact } from '../artefact-writer.js';
import type { LabelledPair } from '../embedder/corpus.js';
import { trainWithout } from '../embedder/index.js';
import type { EmbedderOptions } from '../embedder/index.js';
import { writeManifest } from '../manifest.js';
import { Random } from '../random.js';
import { boost } from './boost.js';
import { fitCalibration } from './calibration.js';
import { ExampleReader, tableOf, weightOf } from './examples.js';
import type { Example } from './examples.js';
import { makePairs } from './make-pairs.js';
import { readNearMisses } from './near-misses.js';
import { readPairParts } from './pair-parts.js';
import type { PairParts } from './pair-parts.js';
import { reportPairs } from './report.js';
import { learnWords } from './word-weights.js';

const ARTEFACT = 'verifier.bin';
/** Where what takes long is kept for the next run. */
const WORK_FOLDER = path.join('build', 'train');

/** Chosen on the validation part. */
const RECIPE = {
  trees: 500,
  depth: 6,
  rate: 0.03,
  rowShare: 0.6,
  featureShare: 0.5,
  leafWeight: 20,
  shrinkage: 5,
  directions: directionsOf({
    other_number: -1,
    other_unit: -1,
    other_name: -1,
    other_code: -1,
    other_negation: -1,
    other_opposite: -1,
    missing_most: -1,
    missing_first_most: -1,
    weighed: 1,
    wording: 1,
  }),
} as const;

/** By place among the features, for features that can only speak against two questions being one, or for it. */
function directionsOf(names: Readonly<Record<string, -1 | 1>>): ReadonlyMap<number, -1 | 1> {
  return new Map(
    Object.entries(names).map(([name, sign]) => [PAIR_FEATURES.indexOf(name), sign] as const),
  );
}

/**
 * Sets whose labels are too often wrong where a verifier is sure: people marked `the best gift` and `the best
 * gifts` as different questions. They tell what is alike, but not how sure one may be.
 */
const isDoubtful = (set: string): boolean => set === 'qqp' || set.startsWith('meancache');

/**
 * What a rule objects to is never given, and of like wording nothing is asked of the trees: neither tells
 * how sure of them one may be.
 */
const isWeighed = ({ veto, a, b }: Example): boolean => veto === null && !areWordedAlike(a, b);

/** Sets that are measured on, but not learned from: an intent is not a question, nor an answer a question. */
const isLearned = (set: string): boolean => !set.startsWith('intent_') && set !== 'gptcache_mock';

/**
 * Trains the verifier on pairs that its embedder has not met, and writes it for the embedder that ships.
 *
 * The likeness that an embedder gives to pairs it was trained on flatters: nearly all of them look
 * right. So a second embedder is trained without them, for this only, and the verifier with it.
 *
 * @throws {DataError} the data folder or a file in it is missing or broken
 */
export async function trainVerifier(options: EmbedderOptions): Promise<void> {
  const { dataFolder, outFolder, seed, progress } = options;
  const parts = await readPairParts(dataFolder);
  const unmet = StaticEmbedder.load(await embedderWithout(parts.withheld, options));
  const reader = new ExampleReader(unmet);
  const made = await makePairs(dataFolder, reader.table, new Random(seed));
  const read = (part: 'fit' | 'validation'): Example[] =>
    [...parts.pairs[part], ['made', made[part]] as const]
      .filter(([set]) => isLearned(set))
      .flatMap(([set, pairs]) =>
        pairs.map((pair) => {
          progress.tick(() => `reading pairs: ${part}, ${set}`);
          return reader.read(set, pair);
        }),
      );
  const fit = read('fit');
  const learnt = learn(fit, reader, { meaning: unmet.dims - unmet.identityDims, seed, progress });
  const byHand = (await readNearMisses('calibration')).map((pair) => reader.read('by hand', pair));
  const calibration = fitCalibration(
    [...read('validation').filter(({ set }) => !isDoubtful(set)), ...byHand]
      .filter(isWeighed)
      .map((example) => ({
        score: learnt.scoreOf(example),
        label: example.pair.label,
        weight: weightOf(example.set),
      })),
  );
  const { depth, trees } = RECIPE;
  const bytes = writeArtefact(path.join(outFolder, ARTEFACT), {
    kind: VERIFIER_KIND,
    version: VERIFIER_VERSION,
    meta: {
      features: PAIR_FEATURES,
      depth,
      trees,
      start: learnt.start,
      calibration,
      seed,
      pairs: fit.length,
    },
    tables: learnt.tables,
  });
  progress.say(`${ARTEFACT}: ${bytes} bytes`);
  record(outFolder, parts);
  report(parts, { made, unmet, outFolder, progress });
}

/**
 * Measures the verifier in the folder as it is, on the same parts that training reports.
 *
 * @throws {DataError} the data folder or a file in it is missing or broken
 * @throws {ArtefactError} there is no verifier, or it cannot be used
 */
export async function reportVerifier(options: EmbedderOptions): Promise<void> {
  const { dataFolder, seed } = options;
  const parts = await readPairParts(dataFolder);
  const unmet = StaticEmbedder.load(await embedderWithout(parts.withheld, options));
  const made = await makePairs(dataFolder, new ExampleReader(unmet).table, new Random(seed));
  report(parts, { ...options, made, unmet });
}

/** All that is learned of pairs but the calibration. */
interface Learnt {
  readonly start: number;
  readonly tables: Readonly<
    Record<'features', Int32Array> &
      Record<'thresholds' | 'leaves' | 'differences' | 'wordings', Float32Array>
  >;
  /** Log odds that a pair is one question, before calibration. */
  readonly scoreOf: (example: Example) => number;
}

function learn(
  fit: readonly Example[],
  reader: ExampleReader,
  {
    meaning,
    seed,
    progress,
  }: { readonly meaning: number } & Pick<EmbedderOptions, 'seed' | 'progress'>,
): Learnt {
  const chance = { random: new Random(seed), progress };
  const { halves, all } = learnWords(fit, meaning, chance);
  const { trees, start } = boost(
    {
      inputs: tableOf(fit.map((example) => reader.features(example, halves[example.half]))),
      labels: Float32Array.from(fit, ({ pair }) => pair.label),
      weights: Float32Array.from(fit, ({ set }) => weightOf(set)),
    },
    PAIR_FEATURES.length,
    RECIPE,
    chance,
  );
  const { features, thresholds, leaves } = trees;
  const sum = new TreeSum(trees);
  return {
    start,
    tables: { features, thresholds, leaves, ...all.tables },
    scoreOf: (example) => start + sum.of(reader.features(example, all)),
  };
}

function record(outFolder: string, parts: PairParts): void {
  writeManifest(outFolder, {
    artefacts: [ARTEFACT],
    features: FEATURE_NAMES,
    data: [...parts.pairs.fit]
      .filter(([set]) => isLearned(set))
      .map(([set, pairs]) => ({
        set,
        rows: pairs.length,
        licence: 'as stated by each source',
        use: 'verifier',
      })),
  });
}

/** Test parts are measured with the embedder that has not met them, and held-out sets with the one that ships. */
function report(
  parts: PairParts,
  {
    made,
    unmet,
    outFolder,
    progress,
  }: {
    readonly made: Readonly<Record<'validation' | 'test', readonly LabelledPair[]>>;
    readonly unmet: StaticEmbedder;
  } & Pick<EmbedderOptions, 'outFolder' | 'progress'>,
): void {
  const fitted = Verifier.load(outFolder, unmet);
  const shipped = Verifier.load(outFolder);
  for (const part of ['validation', 'test'] as const) {
    const sets = [...parts.pairs[part], ['made', made[part]] as const];
    for (const [set, pairs] of sets) progress.say(`${part} ${reportPairs(set, pairs, fitted)}`);
  }
  for (const [set, pairs] of parts.heldOut) progress.say(`dev ${reportPairs(set, pairs, shipped)}`);
}

async function embedderWithout(
  withheld: ReadonlySet<string>,
  options: EmbedderOptions,
): Promise<Buffer> {
  const what = createHash('sha256')
    .update(`${options.seed}\n${[...withheld].sort().join('\n')}`)
    .digest('hex')
    .slice(0, 12);
  const file = path.join(WORK_FOLDER, `embedder-without-${what}.bin`);
  if (existsSync(file)) {
    options.progress.say(`embedder without the pairs: taken from ${file}`);
    return readFileSync(file);
  }
  const bytes = await trainWithout(withheld, options);
  mkdirSync(WORK_FOLDER, { recursive: true });
  writeFileSync(file, bytes);
  return bytes;
}
