/**
 * Everything that a clone can measure without data, in about a minute: the time of a decision, and the quality
 * bench on a made-up example. Then it lists what is missing for meaningful figures.
 *
 *   npm run bench
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const EXAMPLE = path.join('bench', 'example', 'made-up-outcomes.jsonl');
const REPORT = path.join('build', 'bench-quality.html');
const FETCHED = path.join('bench-data', 'outcomes');

const MISSING = `What these two do not show, and how to see it:

- Whether the router chooses well on real questions. The example above is made up. Graded answers of
  real models are not part of this repository, as most of them are other people's:
    npx suffice bench fetch                 lists public sets, with licence and size
    npx suffice bench fetch all             downloads them into ${FETCHED}
    npx suffice bench quality ${FETCHED} --html report.html
  models/MODEL_CARD.md has the figures of the shipped predictor on such sets.
- Whether it chooses well for you. Grade your own models on your own prompts, within a budget:
    npx suffice bench live prompts.jsonl --models a/b,c/d --budget-usd 2
- What it costs in time and throughput, compared with other gateways:
    npm run bench:overhead
`;

function run(title: string, command: string, args: readonly string[]): boolean {
  console.log(`\n## ${title}\n\n$ ${[command, ...args].join(' ')}\n`);
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  return status === 0;
}

const decided = run('How long a decision takes (fewer rounds than npm run bench:decide)', 'npm', [
  'run',
  '--silent',
  'bench:decide',
  '--',
  '--decisions',
  '4000',
]);
// Runs from the sources, so that it measures the current code and not the last build.
const SUFFICE = ['--import', 'tsx', path.join('src', 'main.ts')];
const measured = run('How well it chooses, on an example that is made up', process.execPath, [
  ...SUFFICE,
  'bench',
  'quality',
  EXAMPLE,
  '--bootstrap',
  '200',
  '--html',
  REPORT,
]);
if (existsSync(path.join(ROOT, FETCHED))) {
  const args = [...SUFFICE, 'bench', 'quality', FETCHED];
  run('How well it chooses, on the public sets that were fetched', process.execPath, args);
} else {
  console.log(`\n## What is missing\n\n${MISSING}`);
}
console.log(`The report of the example: ${REPORT}`);
// Reported, but not a failure: the machine may be slow.
if (!decided) console.log('The decision bench missed its target or did not run: see above.');
process.exitCode = measured ? 0 : 1;
