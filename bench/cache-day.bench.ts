/**
 * Simulates a day of traffic on the semantic cache: questions with Zipf-distributed popularity, half of them
 * rephrased, mixed with near misses. Reports the hit rate and the share of wrong answers.
 *
 *   npm run bench:cache -- --pairs FOLDER
 *
 * FOLDER contains `*.dev.jsonl.gz` files of pairs of questions, one `{"a","b","label"}` per line: 1 for the same
 * question, 0 for a near miss. No verifier is trained on `dev` files.
 */
import { parseArgs } from 'node:util';
import { loadHnswlib } from '../src/cache/semantic/graph-vectors.js';
import { simulateDay, type Day, type DayOptions, type Hour } from './cache-day/day.js';
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
if (values.pairs === undefined) throw new Error('--pairs FOLDER is missing');

/** Hours in which the cache is nearly empty, excluded from "after warm-up" and "worst hour". */
const WARM_UP_HOURS = 2;
const PROGRESS_INTERVAL_MS = 10_000;

const world = readWorld(values.pairs, values.sets.split(','));
const budgets = numbers(values.budgets);
const thresholds = numbers(values.thresholds);
const days = budgets.length + thresholds.length;
const startedMs = performance.now();
let lastReportMs = startedMs;
const requests = Number(values.requests);
const rows: Record<string, Record<string, string>> = {};
const options: DayOptions = {
  world,
  openGraph: await loadHnswlib(),
  requests,
  seed: Number(values.seed),
  onProgress: reportProgress,
};
process.stdout.write(
  `${options.requests} requests for ${world.questions.length} questions in ${world.wordings} wordings\n`,
);

const judge = budgets.length === 0 ? thresholdJudge(1) : await loadVerifier(ARTEFACTS);
for (const maxError of budgets) {
  const day = simulateDay(options, { judge, maxError, learns: true });
  rows[`max_error ${maxError}`] = rowOf(day);
  if (values.hours) console.table(day.hours.map(hourOf));
}
for (const threshold of thresholds) {
  const policy = { judge: thresholdJudge(threshold), maxError: 1, learns: false };
  rows[`similarity ${threshold.toFixed(2)}`] = rowOf(simulateDay(options, policy));
}
console.table(rows);

/** Reports progress and the estimated remaining time on standard error. */
function reportProgress(completed: number): void {
  const nowMs = performance.now();
  if (nowMs - lastReportMs < PROGRESS_INTERVAL_MS) return;
  lastReportMs = nowMs;
  const share = (Object.keys(rows).length + completed / requests) / days;
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
  const hits = sum(({ semantic }) => semantic);
  const errors = warm
    .filter(({ semantic }) => semantic > 0)
    .map(({ semantic, wrong }) => wrong / semantic);
  const misses = sum(({ asked, exact, semantic }) => asked - exact - semantic);
  return {
    'exact, %': percent(sum(({ exact }) => exact) / sum(({ asked }) => asked)),
    'semantic, %': percent(hits / sum(({ asked }) => asked)),
    'of inexact, %': percent(hits / (hits + misses)),
    'wrong, %': percent(sum(({ wrong }) => wrong) / Math.max(1, hits)),
    'after warm-up, %': percent(
      sum(({ wrong }) => wrong, warm) /
        Math.max(
          1,
          sum(({ semantic }) => semantic, warm),
        ),
    ),
    'worst hour, %': percent(Math.max(0, ...errors)),
    rechecks: String(rechecks),
    'calls saved, net': String(hits - rechecks),
  };
}

function hourOf({ asked, exact, semantic, wrong }: Hour): Record<string, number> {
  return {
    asked,
    exact,
    semantic,
    wrong,
    'wrong, %': Number(percent(wrong / Math.max(1, semantic))),
  };
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}
