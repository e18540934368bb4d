import { writeFile } from 'node:fs/promises';
import type { Io } from '../../cli/io.js';
import { formatDollars } from '../../cli/table.js';
import type { Journal } from './journal.js';
import type { LiveResult, LiveRun } from './live-run.js';
import type { LiveOptions } from './options.js';
import type { LivePrompt } from './prompts.js';

const PROGRESS_INTERVAL_CALLS = 20;

/** Reports progress after every twentieth call, and after the last. */
export function progressReporter(io: Io): (done: number, of: number, spentUsd: number) => void {
  return (done, of, spentUsd) => {
    if (done % PROGRESS_INTERVAL_CALLS !== 0 && done !== of) return;
    io.err(`${done} of ${of} calls, ${formatDollars(spentUsd)} spent\n`);
  };
}

/**
 * Writes the graded answers as outcomes, one line for every prompt that has any.
 *
 * @returns the number of answers that are missing or could not be graded
 */
export async function writeOutcomes(
  prompts: readonly LivePrompt[],
  run: Pick<LiveRun, 'score'>,
  journal: Journal,
  { models, dataset, out }: Pick<LiveOptions, 'models' | 'dataset' | 'out'>,
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

const MAX_REASONS = 5;

/** Reports why calls failed, and how many the budget did not allow. */
export function reportFailures(
  { failures, unpaid }: Pick<LiveResult, 'failures' | 'unpaid'>,
  budgetUsd: number,
  io: Io,
): void {
  for (const [why, times] of [...failures].slice(0, MAX_REASONS)) {
    io.err(`failed ${times} ${times === 1 ? 'time' : 'times'}: ${why}\n`);
  }
  if (unpaid > 0) {
    io.err(
      `${unpaid} calls were not made: they might have exceeded the budget of ${formatDollars(budgetUsd)}\n`,
    );
  }
}
