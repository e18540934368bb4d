import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { trainEmbedder, type EmbedderOptions } from './embedder/index.js';
import { DataError } from './jsonl.js';
import { crossValidate } from './predictor/cross-validate.js';
import { trainPredictor } from './predictor/train.js';
import { startProgress } from './progress.js';
import { trainUsualPrompts } from './usual-prompts.js';
import { findDoubtful } from './verifier/found/doubtful.js';
import { reportVerifier, trainVerifier } from './verifier/train.js';

const HELP = `Trains the artefacts in models/ from open data.

Usage: npm run train -- --data FOLDER [--only STEP] [--out FOLDER] [--seed NUMBER]

  --data FOLDER  where text/, pairs/ and outcomes/ are
  --only STEP    embedder, predictor, prompts (those that stand for usual ones) or verifier (of the
                 cache); all of these when absent. Three only look: crossvalidate measures how well the
                 predictor's recipe ranks prompts that it has not met, report measures the verifier that is
                 there, and doubtful writes pairs of questions that it is unsure about to build/train, to be
                 judged by somebody
  --out FOLDER   where the artefacts go (models)
  --seed NUMBER  the same seed and data give the same artefacts (1)
`;

/** In the order in which they build on each other; the last three only look. */
const STEPS: ReadonlyMap<string, (options: EmbedderOptions) => Promise<void>> = new Map([
  ['embedder', trainEmbedder],
  ['predictor', trainPredictor],
  ['prompts', trainUsualPrompts],
  ['verifier', trainVerifier],
  ['crossvalidate', crossValidate],
  ['doubtful', findDoubtful],
  ['report', reportVerifier],
]);
/** Done where they are asked for. */
const ON_DEMAND: readonly string[] = ['crossvalidate', 'doubtful', 'report'];

const OPTIONS = {
  data: { type: 'string' },
  only: { type: 'string' },
  out: { type: 'string', default: 'models' },
  seed: { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const seed = Number(values.seed);
  if (values.data === undefined) return refuse('--data is needed');
  if (!existsSync(values.data)) return refuse(`--data ${values.data}: no such folder`);
  if (!Number.isInteger(seed)) return refuse(`--seed ${values.seed}: not a whole number`);
  if (values.only !== undefined && !STEPS.has(values.only)) {
    return refuse(`--only ${values.only}: none of ${[...STEPS.keys()].join(', ')}`);
  }
  const options = {
    dataFolder: values.data,
    outFolder: values.out,
    seed,
    progress: startProgress(),
  };
  for (const [step, run] of STEPS) {
    const isWanted = values.only === undefined ? !ON_DEMAND.includes(step) : values.only === step;
    if (isWanted) await run(options);
  }
  return 0;
}

function refuse(why: string): number {
  console.error(`${why}\n\n${HELP}`);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  // Broken data is the user's to mend; anything else is ours, so its stack is worth seeing.
  const known = error instanceof DataError || (error instanceof TypeError && 'code' in error);
  console.error(known ? error.message : error);
  process.exitCode = 1;
}
