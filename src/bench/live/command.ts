import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from '../../cli/io.js';
import type { Io } from '../../cli/io.js';
import { formatDollars } from '../../cli/table.js';
import { DataError } from '../../outcomes/jsonl.js';
import { maxRemainingCostUsd } from './max-cost.js';
import { GatewayClient, ratesOf, type MaxRates } from './gateway-client.js';
import type { Journal } from './journal.js';
import type { Judge } from './judge.js';
import { LiveRun } from './live-run.js';
import type { LiveResult } from './live-run.js';
import { LIVE_HELP, parseLiveOptions } from './options.js';
import type { LiveOptions } from './options.js';
import { readPrompts } from './prompts.js';
import type { LivePrompt } from './prompts.js';
import { progressReporter, reportFailures, writeOutcomes } from './report.js';
import { withLockedJournal } from './journal-lock.js';

/** Leaves room for reasoning before the verdict on the judge's last line. */
const JUDGE_TOKENS = 1024;

/** `suffice bench live`. */
export async function liveCommand(
  args: readonly string[],
  { io }: { readonly io: Io },
): Promise<number> {
  const options = parseLiveOptions(args, io.env);
  if (options === null) {
    io.out(LIVE_HELP);
    return EXIT.ok;
  }
  const prompts = await readPrompts(options.prompts, options.grader);
  const judge = await judgeFor(prompts, options);
  const gateway = new GatewayClient(options.url, options.key);
  const models = [...options.models, ...(judge === null ? [] : [judge.model])];
  const rates = ratesOf(await gateway.rates(), models, options.url);
  await mkdir(path.dirname(options.out), { recursive: true });
  return withLockedJournal(options.out, (journal) =>
    runWith({ prompts, judge, gateway, rates, journal }, options, io),
  );
}

interface Prepared {
  readonly prompts: readonly LivePrompt[];
  readonly judge: Judge | null;
  readonly gateway: GatewayClient;
  readonly rates: ReadonlyMap<string, MaxRates>;
  readonly journal: Journal;
}

async function runWith(prepared: Prepared, options: LiveOptions, io: Io): Promise<number> {
  const { prompts, judge, gateway, rates, journal } = prepared;
  const most = maxRemainingCostUsd(prompts, options, { judge, rates, journal });
  io.err(
    `${prompts.length} prompts, ${options.models.length} models: at most ${formatDollars(most)} more; ` +
      `${formatDollars(journal.spentUsd)} spent before, budget ${formatDollars(options.budgetUsd)}\n`,
  );
  if (!options.isAgreed) {
    io.err('Nothing was sent. Add --yes to spend it.\n');
    return EXIT.failed;
  }
  const { models, reference, budgetUsd, maxTokens, concurrency } = options;
  const onProgress = progressReporter(io);
  const parts = { gateway, journal, budgetUsd, rates, models, reference, judge, maxTokens };
  const run = new LiveRun({ ...parts, concurrency, onProgress });
  const result = await run.run(prompts);
  const missing = await writeOutcomes(prompts, run, journal, options);
  report(result, missing, journal, options, io);
  return missing === 0 ? EXIT.ok : EXIT.failed;
}

async function judgeFor(
  prompts: readonly LivePrompt[],
  { judge, rubric }: LiveOptions,
): Promise<Judge | null> {
  const isNeeded = prompts.some(({ grader }) => grader === 'judge');
  if (!isNeeded) return null;
  if (judge === null || rubric === null) {
    throw new DataError('some prompts are graded by a judge: give --judge MODEL and --rubric FILE');
  }
  return { model: judge, rubric: await readFile(rubric, 'utf8'), maxTokens: JUDGE_TOKENS };
}

function report(
  result: LiveResult,
  missing: number,
  journal: Journal,
  { out, models, budgetUsd }: LiveOptions,
  io: Io,
): void {
  const { swayed, compared } = result;
  reportFailures(result, budgetUsd, io);
  if (missing > 0) {
    io.err(`${missing} answers are missing; run the same command again to resume\n`);
  }
  if (compared > 0) {
    io.out(`${swayed} of ${compared} comparisons changed when the answers were swapped\n`);
  }
  io.out(`${out}: written, ${formatDollars(journal.spentUsd)} spent in all\n`);
  io.out(`suffice bench quality ${out}${models.length < 2 ? '' : ' --html report.html'}\n`);
}
