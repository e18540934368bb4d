import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { trainEmbedder } from './embedder/index.js';
import { DataError } from './jsonl.js';
import { trainPredictor } from './predictor/train.js';
import { startProgress } from './progress.js';

const HELP = `Trains the artefacts in models/ from open data.

Usage: npm run train -- --data FOLDER [--only embedder|predictor] [--out FOLDER] [--seed NUMBER]

  --data FOLDER  where text/, pairs/ and outcomes/ are
  --only STEP    embedder or predictor; both when absent
  --out FOLDER   where the artefacts go (models)
  --seed NUMBER  the same seed and data give the same artefacts (1)
`;

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
  if (values.only !== undefined && !['embedder', 'predictor'].includes(values.only)) {
    return refuse(`--only ${values.only}: neither embedder nor predictor`);
  }
  const options = {
    dataFolder: values.data,
    outFolder: values.out,
    seed,
    progress: startProgress(),
  };
  if (values.only !== 'predictor') await trainEmbedder(options);
  if (values.only !== 'embedder') await trainPredictor(options);
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
