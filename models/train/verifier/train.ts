import path from 'node:path';
import { TreeEnsemble } from '../../../src/cache/verify/boosted-trees.js';
import { Lexicon } from '../../../src/cache/verify/lexicon.js';
import { NETWORK_FEATURE, PAIR_FEATURES } from '../../../src/cache/verify/pair-features.js';
import { VERIFIER_KIND, VERIFIER_VERSION } from '../../../src/cache/verify/verifier.js';
import { WordNetwork } from '../../../src/cache/verify/word-network.js';
import { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { FEATURE_NAMES } from '../../../src/route/dense-features.js';
import { writeArtefact } from '../artefact-writer.js';
import type { EmbedderOptions } from '../embedder/index.js';
import { writeManifest } from '../manifest.js';
import { Random } from '../random.js';
import { boost } from './boost.js';
import { fitCalibration } from './calibration.js';
import { readCalibrationExamples } from './calibration-examples.js';
import { embedderWithout } from './embedders.js';
import { ExampleReader, tableOf } from './examples.js';
import type { Example } from './examples.js';
import {
  FOUND,
  readTrainingExamples,
  readFoundExamples,
  readWrittenExamples,
} from './training-examples.js';
import { partsOfFound, readVerdicts, type FoundPairs } from './found/found-pairs.js';
import { readQuestions } from './found/questions.js';
import { readLexicon } from './lexicon.js';
import { generatePairs } from './generate-pairs.js';
import { isTrainedOn, readPairParts } from './pair-parts.js';
import type { PairParts } from './pair-parts.js';
import { reportParts } from './report.js';
import { trainNetworks } from './network/networks.js';
import type { TrainedNetwork } from './network/tables.js';
import { sectionsOf } from './sections.js';
import { learnWords } from './word-weights.js';
import { readWritten } from './written.js';

const ARTEFACT = 'verifier.bin';
/** Chosen on the validation part. */
const RECIPE = {
  trees: 900,
  /** Number of trees that do not use the word network's output. */
  early: 300,
  depth: 7,
  rate: 0.035,
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
    network: 1,
  }),
} as const;

/** Monotone constraints by feature index: features that can only be evidence for or against equality. */
function directionsOf(names: Readonly<Record<string, -1 | 1>>): ReadonlyMap<number, -1 | 1> {
  return new Map(
    Object.entries(names).map(([name, sign]) => [PAIR_FEATURES.indexOf(name), sign] as const),
  );
}

/**
 * Trains the verifier and writes it for use with the embedder that ships.
 *
 * Similarities of pairs that an embedder was trained on are too good. So for each half of the pairs, an embedder is
 * trained without that half, for this purpose only. Reports quality on the validation part, but not on the test part:
 * the verifier may still be rejected.
 *
 * @throws {DataError} the data folder or a file in it is missing or broken
 */
export async function trainVerifier(options: EmbedderOptions): Promise<void> {
  const { dataFolder, outFolder, seed, progress } = options;
  const parts = await readPairParts(dataFolder);
  const lexicon = new Lexicon(await readLexicon(dataFolder));
  const first = new ExampleReader(
    StaticEmbedder.load(await embedderWithout('first', parts, options)),
    lexicon,
  );
  const unmet = StaticEmbedder.load(await embedderWithout('second', parts, options));
  const second = new ExampleReader(unmet, lexicon);
  const generated = await generatePairs(dataFolder, second.table, new Random(seed));
  const readers = { first, second };
  const found = await readFoundPairs(parts, options);
  const fit = [
    ...readTrainingExamples(parts.pairs, generated.fit, readers, progress),
    ...(await readWrittenExamples('fit', second)),
    ...readFoundExamples(found.fit, readers),
  ];
  const learnt = learn(fit, readers, { seed, progress });
  const calibration = fitCalibration(
    (await readCalibrationExamples({ parts, made: generated, found }, readers, progress)).map(
      (example) => ({
        score: learnt.scoreOf(example),
        label: example.pair.label,
        weight: example.weight,
      }),
    ),
  );
  const { depth, trees, early } = RECIPE;
  const bytes = writeArtefact(path.join(outFolder, ARTEFACT), {
    kind: VERIFIER_KIND,
    version: VERIFIER_VERSION,
    meta: {
      features: PAIR_FEATURES,
      depth,
      trees,
      early,
      network: learnt.network.shape,
      start: learnt.start,
      calibration,
      seed,
      pairs: fit.length,
      lexicon: {
        words: lexicon.tables.words.length,
        senses: lexicon.tables.senses.length,
        kinds: lexicon.tables.kinds.length,
      },
    },
    tables: {
      ...learnt.tables,
      ...sectionsOf('lexicon', lexicon.tables),
      ...sectionsOf('network', learnt.network.tables),
    },
  });
  progress.say(`${ARTEFACT}: ${bytes} bytes, of ${fit.length} pairs`);
  await record(outFolder, { parts, found, lexicon });
  await reportParts(parts, ['validation'], { ...options, made: generated, found, unmet });
}

async function readFoundPairs(
  parts: PairParts,
  { dataFolder, progress }: Pick<EmbedderOptions, 'dataFolder' | 'progress'>,
): Promise<FoundPairs> {
  const { known, missing } = await readVerdicts(await readQuestions(dataFolder, parts));
  progress.say(
    `found: ${known.length} judged pairs of similar questions; this data lacks a text of ${missing} more`,
  );
  return partsOfFound(known);
}

/**
 * Evaluates the verifier in the folder on the validation part, the test part and the held-out sets.
 *
 * @throws {DataError} the data folder or a file in it is missing or broken
 * @throws {ArtefactError} there is no verifier, or it cannot be used
 */
export async function reportVerifier(options: EmbedderOptions): Promise<void> {
  const { dataFolder, seed } = options;
  const parts = await readPairParts(dataFolder);
  const unmet = StaticEmbedder.load(await embedderWithout('second', parts, options));
  const lexicon = new Lexicon(await readLexicon(dataFolder));
  const generated = await generatePairs(
    dataFolder,
    new ExampleReader(unmet, lexicon).table,
    new Random(seed),
  );
  const found = await readFoundPairs(parts, options);
  await reportParts(parts, ['validation', 'test'], { ...options, made: generated, found, unmet });
}

/** The trained parts of the verifier, without the calibration. */
interface Learnt {
  readonly start: number;
  readonly tables: Readonly<
    Record<'features', Int32Array> &
      Record<'thresholds' | 'leaves' | 'differences' | 'wordings', Float32Array>
  >;
  readonly network: TrainedNetwork;
  /** Log odds that a pair is one question, before calibration. */
  readonly scoreOf: (example: Example) => number;
}

function learn(
  fit: readonly Example[],
  readers: Readonly<Record<'first' | 'second', ExampleReader>>,
  { seed, progress }: Pick<EmbedderOptions, 'seed' | 'progress'>,
): Learnt {
  const chance = { random: new Random(seed), progress };
  const { halves, all } = learnWords(fit, chance);
  const networks = trainNetworks(fit, readers, { seed, progress });
  const networkOf = ({ shape, tables }: TrainedNetwork): WordNetwork =>
    new WordNetwork(shape, tables);
  const unmet = {
    0: { ...halves[0], network: networkOf(networks.halves[0]) },
    1: { ...halves[1], network: networkOf(networks.halves[1]) },
  };
  const whole = { ...all, network: networkOf(networks.all) };
  const reader = readers.second;
  const { trees, start } = boost(
    {
      inputs: tableOf(fit.map((example) => reader.features(example, unmet[example.half]))),
      labels: Float32Array.from(fit, ({ pair }) => pair.label),
      weights: Float32Array.from(fit, ({ weight }) => weight),
    },
    PAIR_FEATURES.length,
    { ...RECIPE, late: new Map([[NETWORK_FEATURE, RECIPE.early]]) },
    chance,
  );
  const { features, thresholds, leaves } = trees;
  const sum = new TreeEnsemble(trees);
  return {
    start,
    tables: { features, thresholds, leaves, ...all.tables },
    network: networks.all,
    scoreOf: (example) => start + sum.score(reader.features(example, whole)),
  };
}

async function record(
  outFolder: string,
  {
    parts,
    found,
    lexicon,
  }: {
    readonly parts: PairParts;
    readonly found: FoundPairs;
    readonly lexicon: Lexicon;
  },
): Promise<void> {
  const labelled = [...parts.pairs.first]
    .filter(([set]) => isTrainedOn(set))
    .map(([set, pairs]) => ({
      set,
      rows: pairs.length + (parts.pairs.second.get(set)?.length ?? 0),
      licence: 'as stated by each source',
    }));
  const written = (await readWritten('fit')).map(({ set, pairs }) => ({
    set,
    rows: pairs.length,
    licence: 'Apache-2.0, in this repository',
  }));
  const near = {
    set: FOUND,
    rows: found.fit.length,
    licence: 'verdicts Apache-2.0, in this repository; questions as stated by each source',
  };
  const dictionary = {
    set: 'wordnet',
    rows: lexicon.tables.words.length,
    licence: 'WordNet (see NOTICE)',
  };
  writeManifest(outFolder, {
    artefacts: [ARTEFACT],
    features: FEATURE_NAMES,
    data: [...labelled, ...written, near, dictionary].map((row) => ({
      ...row,
      use: 'verifier',
    })),
  });
}
