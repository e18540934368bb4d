import path from 'node:path';
import * as z from 'zod';
import { ArtefactError } from '../../src/embed/artefact.js';
import { centreVector } from '../../src/route/centre-vector.js';
import { FEATURE_NAMES } from '../../src/route/dense-features.js';
import { readFeatures } from '../../src/route/features.js';
import { readPredictorArtefact } from '../../src/route/predictor-artefact.js';
import { packNumbers } from '../../src/route/sketch.js';
import {
  USUAL_PROMPTS_FILE,
  USUAL_PROMPTS_KIND,
  USUAL_PROMPTS_VERSION,
} from '../../src/route/usual-prompts.js';
import type { Conversation } from '../../src/core/conversation.js';
import { writeArtefact } from './artefact-writer.js';
import { readJsonl } from './jsonl.js';
import { writeManifest } from './manifest.js';
import { asConversation, readOutcomes } from './predictor/outcomes.js';
import type { Progress } from './progress.js';
import { Random } from './random.js';
import { partOf } from './split.js';
import { tableVectors } from './vectors.js';
import type { VectorSource } from './vectors.js';

/** Options of the training step: input data and output folder. */
export interface UsualPromptsOptions {
  readonly dataFolder: string;
  /** Holds `embedder.bin`, or `predictor.bin` where `vectors` are given; gets `usual-prompts.bin`. */
  readonly outFolder: string;
  readonly seed: number;
  readonly progress: Progress;
  /** Of an operator's encoder; absent: those of the table in `outFolder`. */
  readonly vectors?: VectorSource | undefined;
}

/** Number of graded prompts, and of ungraded ones: neither kind alone is typical of what people ask. */
const OF_EACH = 128;
/** A source of n prompts is sampled in proportion to n to this power. */
const SET_POWER = 0.5;

const promptSchema = z.object({ text: z.string(), source: z.string() });

/**
 * Writes the vectors and features, without the text, of a few hundred training prompts that represent
 * typical traffic; quality prices are derived from them before there is real traffic.
 */
export async function trainUsualPrompts(options: UsualPromptsOptions): Promise<void> {
  const { dataFolder, outFolder, progress, vectors = tableVectors(outFolder) } = options;
  const random = new Random(options.seed);
  const graded = (await readOutcomes(dataFolder))
    .filter(({ set, part }) => set.use === 'train' && part === 'train')
    .map(({ set, conversation }) => ({ source: set.name, conversation }));
  const prompts: Sourced[] = [];
  const file = path.join(dataFolder, 'text', 'prompts.jsonl.gz');
  for await (const { text, source } of readJsonl(file, promptSchema)) {
    if (partOf(text) !== 'train') continue;
    // `t0-…` is one collection in two hundred pieces, not two hundred sources.
    const collection = source.replace(/-.*$/u, '');
    prompts.push({ source: collection, conversation: asConversation({ prompt: text }) });
  }
  const chosen = random.shuffle([
    ...spreadOver(graded, OF_EACH, random),
    ...spreadOver(prompts, OF_EACH, random),
  ]);
  const width = vectors.dims + FEATURE_NAMES.length;
  const numbers = new Int8Array(chosen.length * width);
  const inputTokens = new Float32Array(chosen.length);
  const features = chosen.map(({ conversation }) => readFeatures(conversation));
  const encoded = await predictorsVectors(features, vectors, outFolder);
  features.forEach(({ dense, inputTokens: tokens }, i) => {
    numbers.set(packNumbers(encoded[i] ?? new Float32Array(vectors.dims), dense), i * width);
    inputTokens[i] = tokens;
  });
  const bytes = writeArtefact(path.join(outFolder, USUAL_PROMPTS_FILE), {
    kind: USUAL_PROMPTS_KIND,
    version: USUAL_PROMPTS_VERSION,
    meta: {
      embedder: vectors.id,
      prompts: chosen.length,
      embedding: vectors.dims,
      dense: FEATURE_NAMES.length,
    },
    tables: { numbers, input_tokens: inputTokens },
  });
  writeManifest(outFolder, { artefacts: [USUAL_PROMPTS_FILE], features: FEATURE_NAMES });
  progress.say(`${USUAL_PROMPTS_FILE}: ${bytes} bytes, ${chosen.length} prompts`);
}

/** Vectors as the predictor expects them: those of an encoder are centred by the centre it was trained with. */
async function predictorsVectors(
  features: readonly { readonly task: string }[],
  vectors: VectorSource,
  outFolder: string,
): Promise<readonly Float32Array[]> {
  const encoded = await vectors.encodeAll(features.map(({ task }) => task));
  if (vectors.encoder === null) return encoded;
  const file = path.join(outFolder, 'predictor.bin');
  const { meta, centre } = readPredictorArtefact(file);
  if (centre === null || meta.embedder !== vectors.id) {
    throw new ArtefactError(
      file,
      `it was not trained with ${vectors.id}; train the predictor first`,
    );
  }
  return encoded.map((vector) => centreVector(vector, centre, vector.slice()));
}

interface Sourced {
  readonly source: string;
  readonly conversation: Conversation;
}

/** A random sample of `count` prompts, with a share of each source that grows with its size (`SET_POWER`). */
function spreadOver(prompts: readonly Sourced[], count: number, random: Random): Sourced[] {
  const bySource = new Map<string, Sourced[]>();
  for (const prompt of random.shuffle([...prompts])) {
    const others = bySource.get(prompt.source);
    if (others === undefined) bySource.set(prompt.source, [prompt]);
    else others.push(prompt);
  }
  // Sorted by the position in its own source, scaled by the source's share: the first `count`
  // contain each source in proportion.
  const placed = [...bySource.values()].flatMap((members) =>
    members.map((prompt, i) => ({ prompt, place: (i + 0.5) / members.length ** SET_POWER })),
  );
  return placed
    .sort((a, b) => a.place - b.place)
    .slice(0, count)
    .map(({ prompt }) => prompt);
}
