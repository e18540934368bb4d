import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { FEATURE_NAMES } from '../../../src/route/dense-features.js';
import { packArtefact, writeArtefact } from '../artefact-writer.js';
import { writeManifest } from '../manifest.js';
import type { Progress } from '../progress.js';
import { Random } from '../random.js';
import { contrast } from './contrastive-training.js';
import { readCorpus } from './corpus.js';
import type { Corpus } from './corpus.js';
import {
  cosineSimilarity,
  gradeCorrelation,
  pairQuality,
  rarityIn,
  tfidfSimilarity,
} from './evaluate.js';
import type { Similarity } from './evaluate.js';
import { initialTable } from './initial-table.js';
import { chooseVocabulary } from './vocabulary.js';
import type { WeightTable } from './weight-table.js';

/** Options of a training step. */
export interface EmbedderOptions {
  /** Folder with `text/` and `pairs/`. */
  readonly dataFolder: string;
  /** Where the artefact and the manifest go; made when absent. */
  readonly outFolder: string;
  readonly seed: number;
  readonly progress: Progress;
}

const SIZE = { words: 32_000, pairs: 20_000, buckets: 8192 };
const CONTRAST = { steps: 3000, batch: 256, ranked: 512, rate: 0.002 };
const ARTEFACT = 'embedder.bin';

/**
 * Trains the embedding table and writes it with its line in the manifest.
 *
 * @throws {DataError} the data folder or a file in it is missing or broken
 */
export async function trainEmbedder(options: EmbedderOptions): Promise<void> {
  const { dataFolder, outFolder, seed, progress } = options;
  const random = new Random(seed);
  const corpus = await readCorpus(dataFolder, progress);
  progress.say(`${corpus.texts.length} texts, ${corpus.dropped} dropped as held out`);
  const counted = chooseVocabulary(corpus.texts, SIZE, progress);
  report('TF-IDF', corpus, tfidfSimilarity(rarityIn(counted)), progress);
  const table = initialTable(corpus, counted, random, progress);
  mkdirSync(outFolder, { recursive: true });
  const summary = { seed, texts: corpus.texts.length, ...CONTRAST };
  const initial = report('initial', corpus, similarityOf(table), progress);
  // Fitting takes longest: should it be cut short, this table is usable.
  save(options, table, corpus, { ...summary, steps: 0, quality: initial });
  // A generator of its own, so that the result does not depend on how often earlier steps drew from it.
  contrast(table, corpus, CONTRAST, new Random(seed), progress);
  const fitted = report('fitted', corpus, similarityOf(table), progress);
  save(options, table, corpus, { ...summary, quality: fitted });
}

/**
 * Trains a table without certain texts, so that what depends on it can be trained and measured on them.
 *
 * @param withheld - keys (`TextKeys`) of the texts
 * @returns the bytes of an artefact, as `embedder.bin`
 * @throws {DataError} the data folder or a file in it is missing or broken
 */
export async function trainWithout(
  withheld: ReadonlySet<string>,
  { dataFolder, seed, progress }: Omit<EmbedderOptions, 'outFolder'>,
): Promise<Buffer> {
  const corpus = await readCorpus(dataFolder, progress, withheld);
  progress.say(`${corpus.texts.length} texts, ${corpus.dropped} dropped as held out`);
  const counted = chooseVocabulary(corpus.texts, SIZE, progress);
  const table = initialTable(corpus, counted, new Random(seed), progress);
  contrast(table, corpus, CONTRAST, new Random(seed), progress);
  report('fitted', corpus, similarityOf(table), progress);
  return packArtefact(table.quantise({ seed, withheld: withheld.size }));
}

function save(
  { outFolder, progress }: EmbedderOptions,
  table: WeightTable,
  corpus: Corpus,
  training: Readonly<Record<string, unknown>>,
): void {
  const bytes = writeArtefact(path.join(outFolder, ARTEFACT), table.quantise(training));
  progress.say(`${ARTEFACT}: ${bytes} bytes`);
  writeManifest(outFolder, {
    artefacts: [ARTEFACT],
    features: FEATURE_NAMES,
    embedder: { ...SIZE, ...training },
    data: [...corpus.positives].map(([set, pairs]) => ({
      set,
      rows: pairs.length,
      licence: 'as stated by each source',
      use: 'embedder',
    })),
  });
}

/** The similarity that the shipped artefact will give, rounding included. */
function similarityOf(table: WeightTable): Similarity {
  return cosineSimilarity(StaticEmbedder.load(packArtefact(table.quantise({}))));
}

/** Says and returns how good a similarity is on every held-out set. */
function report(
  name: string,
  corpus: Corpus,
  similarity: Similarity,
  progress: Progress,
): Record<string, number> {
  const quality: Record<string, number> = {};
  for (const [set, pairs] of corpus.heldOut) {
    if (pairs.some(({ score }) => score !== undefined)) {
      quality[`${set} Spearman`] = round(gradeCorrelation(pairs, similarity));
    } else if (pairs.some(({ label }) => label === 0)) {
      const { auc, recallAt1, recallAt3 } = pairQuality(pairs, similarity);
      quality[`${set} AUC`] = round(auc);
      quality[`${set} recall at 1 %`] = round(recallAt1);
      quality[`${set} recall at 3 %`] = round(recallAt3);
    }
  }
  progress.say(`${name}: ${JSON.stringify(quality)}`);
  return quality;
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
