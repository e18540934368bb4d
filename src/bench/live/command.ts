import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from '../../cli/io.js';
import type { Io } from '../../cli/io.js';
import { dollars } from '../../cli/table.js';
import { nearest } from '../../core/nearest.js';
import { DataError } from '../../outcomes/jsonl.js';
import { dearestUsd, textOfTokens } from './dearest.js';
import { Gateway } from './gateway.js';
import type { DearestRates } from './gateway.js';
import { Journal } from './journal.js';
import { judgeRequest } from './judge.js';
import type { Judge } from './judge.js';
import { LiveRun } from './live-run.js';
import type { LiveResult } from './live-run.js';
import { LIVE_HELP, readLiveOptions } from './options.js';
import type { LiveOptions } from './options.js';
import { readPrompts } from './prompts.js';
import type { LivePrompt } from './prompts.js';

/** A judge may think aloud before its last line. */
const JUDGE_TOKENS = 1024;

/** `suffice bench live`. */
export async function liveCommand(
  args: readonly string[],
  { io }: { readonly io: Io },
): Promise<number> {
  const options = readLiveOptions(args, io.env);
  if (options === null) {
    io.out(LIVE_HELP);
    return EXIT.ok;
  }
  const prompts = await readPrompts(options.prompts, options.grader);
  const judge = await judgeFor(prompts, options);
  const gateway = new Gateway(options.url, options.key);
  const asked = [...options.models, ...(judge === null ? [] : [judge.model])];
  const rates = knownRates(await gateway.rates(), asked, options.url);
  await mkdir(path.dirname(options.out), { recursive: true });
  const journal = new Journal(`${options.out}.journal`);

  const most = mostUsd(prompts, options, { judge, rates, journal });
  io.err(
    `${prompts.length} prompts, ${options.models.length} models: at most ${dollars(most)} more; ` +
      `${dollars(journal.spentUsd)} spent before, budget ${dollars(options.budgetUsd)}\n`,
  );
  if (!options.isAgreed) {
    io.err('Nothing was sent. Add --yes to spend it.\n');
    return EXIT.failed;
  }
  const { models, reference, budgetUsd, maxTokens, concurrency } = options;
  const onProgress = progress(io);
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
    throw new DataError('some prompts are to be judged: name --judge MODEL and --rubric FILE');
  }
  return { model: judge, rubric: await readFile(rubric, 'utf8'), maxTokens: JUDGE_TOKENS };
}

function knownRates(
  served: ReadonlyMap<string, DearestRates | null>,
  models: readonly string[],
  url: string,
): ReadonlyMap<string, DearestRates> {
  return new Map(
    models.map((model) => {
      const rates = served.get(model);
      if (rates === undefined) {
        const meant = nearest(model, [...served.keys()]);
        const hint = meant === null ? '' : `; did you mean "${meant}"?`;
        throw new DataError(`the gateway at ${url} serves no "${model}"${hint}`);
      }
      if (rates === null) {
        throw new DataError(
          `the price of ${model} is unknown, so no budget can be kept: state it under models in suffice.yaml`,
        );
      }
      return [model, rates] as const;
    }),
  );
}

interface Estimated {
  readonly judge: Judge | null;
  readonly rates: ReadonlyMap<string, DearestRates>;
  readonly journal: Journal;
}

/** The most that can still be spent, the budget aside. */
function mostUsd(
  prompts: readonly LivePrompt[],
  { models, maxTokens }: LiveOptions,
  { judge, rates, journal }: Estimated,
): number {
  const usd = (model: string, ask: Parameters<typeof dearestUsd>[0]): number => {
    const known = rates.get(model);
    return known === undefined ? 0 : dearestUsd(ask, known);
  };
  const longest = textOfTokens(maxTokens);
  let sum = 0;
  for (const prompt of prompts) {
    const { messages, tools, hash, grader } = prompt;
    for (const model of models) {
      if (journal.answer(hash, model) === null)
        sum += usd(model, { model, messages, tools, maxTokens });
      if (grader !== 'judge' || judge === null) continue;
      const comparison = { prompt, candidate: longest, reference: longest, isFirst: true };
      sum += 2 * usd(judge.model, judgeRequest(judge, comparison));
    }
  }
  return sum;
}

const EVERY = 20;

function progress(io: Io): (done: number, of: number, spentUsd: number) => void {
  return (done, of, spentUsd) => {
    if (done % EVERY !== 0 && done !== of) return;
    io.err(`${done} of ${of} calls, ${dollars(spentUsd)} spent\n`);
  };
}

/** @returns answers that could not be had or graded */
async function writeOutcomes(
  prompts: readonly LivePrompt[],
  run: LiveRun,
  journal: Journal,
  { models, dataset, out }: LiveOptions,
): Promise<number> {
  let missing = 0;
  const lines = prompts.flatMap((prompt) => {
    const outcomes = models.flatMap((model) => {
      const answer = journal.answer(prompt.hash, model);
      const score = run.score(prompt, model);
      if (answer === null || score === null) {
        missing += 1;
        return [];
      }
      const { in_tokens, out_tokens, cost_usd } = answer;
      return [[model, { score, in_tokens, out_tokens, cost_usd }] as const];
    });
    if (outcomes.length === 0) return [];
    const { id, category, messages, tools } = prompt;
    return [
      {
        id,
        dataset,
        category,
        messages,
        ...(tools === null ? {} : { tools }),
        outcomes: Object.fromEntries(outcomes),
      },
    ];
  });
  await writeFile(out, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return missing;
}

const MOST_FAILURES = 5;

function report(
  { failures, unpaid, swayed, compared }: LiveResult,
  missing: number,
  journal: Journal,
  { out, models, budgetUsd }: LiveOptions,
  io: Io,
): void {
  for (const [why, times] of [...failures].slice(0, MOST_FAILURES)) {
    io.err(`failed ${times} ${times === 1 ? 'time' : 'times'}: ${why}\n`);
  }
  if (unpaid > 0) {
    io.err(
      `${unpaid} calls were not made: they might have passed the budget of ${dollars(budgetUsd)}\n`,
    );
  }
  if (missing > 0) {
    io.err(`${missing} answers are missing; the same command goes on where this run stopped\n`);
  }
  if (compared > 0) {
    io.out(`${swayed} of ${compared} comparisons came out otherwise with the answers swapped\n`);
  }
  io.out(`${out}: written, ${dollars(journal.spentUsd)} spent in all\n`);
  io.out(`suffice bench quality ${out}${models.length < 2 ? '' : ' --html report.html'}\n`);
}
