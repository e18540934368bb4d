import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ArtefactError } from '../../src/embed/artefact.js';
import { trainEmbedder } from './embedder/index.js';
import { DataError } from './jsonl.js';
import { crossValidate } from './predictor/cross-validate.js';
import type { TrainingOptions } from './predictor/training-data.js';
import { trainPredictor } from './predictor/train.js';
import { startProgress } from './progress.js';
import { withEncoder } from './with-encoder.js';
import { trainUsualPrompts } from './usual-prompts.js';
import { findUncertainPairs } from './verifier/found/uncertain-pairs.js';
import { reportVerifier, trainVerifier } from './verifier/train.js';

const HELP = `Trains the artefacts in models/ from open data.

Usage: npm run train -- --data FOLDER [--only STEP] [--out FOLDER] [--seed NUMBER]
       npm run train -- --data FOLDER --embedder NAME --out FOLDER [--multilingual]

  --data FOLDER  the folder that contains text/, pairs/ and outcomes/
  --only STEP    embedder, predictor, prompts (a sample of typical prompts) or verifier (of the cache).
                 Default: all of these. Three more steps train nothing: crossvalidate measures how well
                 the predictor's training ranks unseen prompts, report measures the existing verifier,
                 and doubtful writes pairs of questions that the verifier is uncertain about to
                 build/train, to be judged
  --out FOLDER   where the artefacts are written (default: models)
  --seed NUMBER  the same seed and data give the same artefacts (default: 1)
  --embedder NAME
                 train the predictor for the vectors of a transformer instead of the embedding table: a
                 folder with an ONNX model, or a model's name on the hub, downloaded once. Writes
                 everything that router.artefacts needs to FOLDER. Encoding the prompts takes minutes;
                 vectors are kept in build/train, so an interrupted run resumes where it stopped
  --without-ratings
                 leave out prompts whose difficulty was rated: learn from graded answers alone
  --multilingual the encoder places texts of the same meaning close together whatever their language, so
                 what was learnt from English prompts is applied to prompts in every language
`;

/** In order of dependency; the last three train nothing. */
const STEPS: ReadonlyMap<string, (options: TrainingOptions) => Promise<void>> = new Map([
  ['embedder', trainEmbedder],
  ['predictor', trainPredictor],
  ['prompts', trainUsualPrompts],
  ['verifier', trainVerifier],
  ['crossvalidate', crossValidate],
  ['doubtful', findUncertainPairs],
  ['report', reportVerifier],
]);
/** Only run if named by `--only`. */
const ON_DEMAND: readonly string[] = ['crossvalidate', 'doubtful', 'report'];
/** Steps that apply to an operator's encoder. */
const OF_ENCODERS: readonly string[] = ['predictor', 'prompts', 'crossvalidate'];

const OPTIONS = {
  data: { type: 'string' },
  only: { type: 'string' },
  out: { type: 'string' },
  seed: { type: 'string', default: '1' },
  embedder: { type: 'string' },
  multilingual: { type: 'boolean', default: false },
  'without-ratings': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const seed = Number(values.seed);
  if (values.data === undefined) return refuse('--data is missing');
  if (!existsSync(values.data)) return refuse(`--data ${values.data}: no such folder`);
  if (!Number.isInteger(seed)) return refuse(`--seed ${values.seed}: not a whole number`);
  if (values.only !== undefined && !STEPS.has(values.only)) {
    return refuse(`--only ${values.only}: must be one of ${[...STEPS.keys()].join(', ')}`);
  }
  const options = {
    dataFolder: values.data,
    outFolder: values.out ?? 'models',
    seed,
    progress: startProgress(),
    withoutRatings: values['without-ratings'],
  };
  const { embedder, multilingual, only } = values;
  if (embedder === undefined) {
    if (multilingual) return refuse('--multilingual requires --embedder NAME');
    await runSteps(only, options);
    return 0;
  }
  const misuse = encoderMisuse(values);
  if (misuse !== null) return refuse(misuse);
  mkdirSync(options.outFolder, { recursive: true });
  await withEncoder({ name: embedder, multilingual }, options, (vectors) =>
    runSteps(only, { ...options, vectors }, OF_ENCODERS),
  );
  return 0;
}

async function runSteps(
  only: string | undefined,
  options: TrainingOptions,
  steps: readonly string[] = [...STEPS.keys()],
): Promise<void> {
  for (const [step, run] of STEPS) {
    const isWanted = only === undefined ? !ON_DEMAND.includes(step) : only === step;
    if (isWanted && steps.includes(step)) await run(options);
  }
}

/** Why options with an encoder are invalid, without a full stop; `null` if they are valid. */
function encoderMisuse({ out, only }: { out?: string | undefined; only?: string | undefined }) {
  if (out === undefined)
    return '--embedder requires --out FOLDER, because models/ belongs to the embedding table';
  if (existsSync(path.join(out, 'embedder.bin'))) {
    return `--out ${out}: the folder contains an embedding table (embedder.bin); an encoder needs a folder of its own`;
  }
  if (only !== undefined && !OF_ENCODERS.includes(only)) {
    return `--only ${only}: with --embedder, must be one of ${OF_ENCODERS.join(', ')}`;
  }
  return null;
}

function refuse(why: string): number {
  console.error(`${why}\n\n${HELP}`);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  // For broken data or options the message is enough; anything else is a bug, so the stack is shown.
  const known =
    error instanceof DataError ||
    error instanceof ArtefactError ||
    (error instanceof TypeError && 'code' in error);
  console.error(known ? error.message : error);
  process.exitCode = 1;
}
