/**
 * A day in the life of a cache: questions that some ask often and most hardly ever, in other words half
 * of the time, among others that only look the same. What is given, and how much of it is wrong?
 *
 *   npm run bench:cache -- --pairs FOLDER
 *
 * FOLDER holds `*.dev.jsonl.gz` files of pairs of questions, `{"a","b","label"}` a line: 1 for the same
 * question, 0 for one that looks like it. No verifier learns from `dev` files.
 */
import { parseArgs } from 'node:util';
import { loadGraphs } from '../src/cache/semantic/graph-vectors.js';
import { livedDay, type Day, type DayOptions, type Hour } from './cache-day/day.js';
import { readWorld } from './cache-day/world.js';
import { loadVerifier } from '../src/assembly/open-judge.js';
import { ARTEFACTS, thresholdJudge } from './cache-judge.js';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string' },
    sets: { type: 'string', default: 'qqp' },
    requests: { type: 'string', default: '200000' },
    budgets: { type: 'string', default: '0.005,0.01,0.03' },
    thresholds: { type: 'string', default: '0.80,0.90,0.95,0.98' },
    seed: { type: 'string', default: '1' },
    hours: { type: 'boolean', default: false },
  },
});
if (values.pairs === undefined) throw new Error('say where the pairs are: --pairs FOLDER');

/** Hours in which little is known yet. */
const WARM_UP_HOURS = 2;
const TOLD_EVERY_MS = 10_000;

const world = readWorld(values.pairs, values.sets.split(','));
const budgets = numbers(values.budgets);
const thresholds = numbers(values.thresholds);
const days = budgets.length + thresholds.length;
const startedMs = performance.now();
let toldMs = startedMs;
const requests = Number(values.requests);
const rows: Record<string, Record<string, string>> = {};
const options: DayOptions = {
  world,
  openGraph: await loadGraphs(),
  requests,
  seed: Number(values.seed),
  onLived: tell,
};
process.stdout.write(
  `${options.requests} requests for ${world.questions.length} questions in ${world.wordings} wordings\n`,
);

const judge = budgets.length === 0 ? thresholdJudge(1) : await loadVerifier(ARTEFACTS);
for (const maxError of budgets) {
  const day = livedDay(options, { judge, maxError, learns: true });
  rows[`max_error ${maxError}`] = rowOf(day);
  if (values.hours) console.table(day.hours.map(hourOf));
}
for (const threshold of thresholds) {
  const policy = { judge: thresholdJudge(threshold), maxError: 1, learns: false };
  rows[`similarity ${threshold.toFixed(2)}`] = rowOf(livedDay(options, policy));
}
console.table(rows);

/** Says on standard error how far it is, and how long the rest may take. */
function tell(lived: number): void {
  const nowMs = performance.now();
  if (nowMs - toldMs < TOLD_EVERY_MS) return;
  toldMs = nowMs;
  const share = (Object.keys(rows).length + lived / requests) / days;
  const leftS = ((nowMs - startedMs) * (1 / share - 1)) / 1_000;
  process.stderr.write(`${percent(share)} %, about ${leftS.toFixed(0)} s left\n`);
}

function numbers(list: string): readonly number[] {
  return list === '' ? [] : list.split(',').map(Number);
}

function rowOf({ hours, rechecks }: Day): Record<string, string> {
  const warm = hours.slice(WARM_UP_HOURS);
  const sum = (of: (hour: Hour) => number, over = hours): number =>
    over.reduce((total, hour) => total + of(hour), 0);
  const given = sum(({ alike }) => alike);
  const errors = warm.filter(({ alike }) => alike > 0).map(({ alike, wrong }) => wrong / alike);
  const misses = sum(({ asked, exact, alike }) => asked - exact - alike);
  return {
    'exact, %': percent(sum(({ exact }) => exact) / sum(({ asked }) => asked)),
    'in other words, %': percent(given / sum(({ asked }) => asked)),
    'of what was not the same, %': percent(given / (given + misses)),
    'wrong, %': percent(sum(({ wrong }) => wrong) / Math.max(1, given)),
    'after warm-up, %': percent(
      sum(({ wrong }) => wrong, warm) /
        Math.max(
          1,
          sum(({ alike }) => alike, warm),
        ),
    ),
    'worst hour, %': percent(Math.max(0, ...errors)),
    'asked again': String(rechecks),
    'calls saved, net': String(given - rechecks),
  };
}

function hourOf({ asked, exact, alike, wrong }: Hour): Record<string, number> {
  return { asked, exact, alike, wrong, 'wrong, %': Number(percent(wrong / Math.max(1, alike))) };
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}
