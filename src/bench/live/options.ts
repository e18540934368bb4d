import { parseArgs } from 'node:util';
import { UsageError } from '../../cli/io.js';
import { GRADERS } from './prompts.js';
import type { GraderName } from './prompts.js';

/** What `suffice bench live --help` prints. */
export const LIVE_HELP = `Usage: suffice bench live PROMPTS.jsonl --models A,B,… --budget-usd USD [options]

Sends your prompts to your models through a running gateway, grades the answers, and writes a file of
outcomes for suffice bench quality. Each line of PROMPTS.jsonl is
  {"id","prompt" or "messages","tools"?,"category"?,"expected"?,"grader"?}

  -m, --models A,B,…      the models to test, by their names at the gateway
      --budget-usd USD    the most that all calls together may cost, including earlier runs into the same file
      --yes               spend it; without this, only the maximum cost is shown and nothing is sent
      --out FILE          the outcomes file                           (outcomes.jsonl)
      --grader NAME       the grader for lines that name none         (exact)
                            exact   the answer equals "expected" or one of its texts, ignoring case and spacing
                            regex   "expected" is a regular expression that matches in the answer
                            schema  the answer is JSON that is valid against "expected", a JSON schema
                            judge   a model compares it with a reference answer by a rubric, in both orders
      --judge MODEL       the judge; preferably not one of the tested models
      --rubric FILE       what makes an answer better, in your words
      --reference MODEL   its answer is the reference for lines without "expected"  (the last of --models)
      --dataset NAME      the name of the set                         (live)
      --max-tokens N      limit for one answer; answers that it cuts off are not graded, and
                          requested again if the limit is raised      (1024)
      --concurrency N     concurrent calls                            (4)
      --url URL           the gateway                                 (http://127.0.0.1:4300)
      --key KEY           its API key; prefer SUFFICE_API_KEY, which other users of this machine cannot see
  -h, --help              show this help

Calls and answers are saved in FILE.journal as they happen: run the same command again to resume.
Exit code: 0 complete, 1 incomplete, 2 invalid command line.
`;

/** The options of `suffice bench live`. */
export interface LiveOptions {
  readonly prompts: string;
  readonly models: readonly string[];
  readonly budgetUsd: number;
  readonly isAgreed: boolean;
  readonly out: string;
  readonly grader: GraderName;
  readonly judge: string | null;
  readonly rubric: string | null;
  readonly reference: string;
  readonly dataset: string;
  readonly maxTokens: number;
  readonly concurrency: number;
  readonly url: string;
  readonly key: string | null;
}

/**
 * @returns `null` if help is requested
 * @throws {UsageError} for invalid arguments
 */
export function parseLiveOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): LiveOptions | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  const [prompts, ...more] = positionals;
  if (prompts === undefined || more.length > 0) throw new UsageError('name one file of prompts');
  const models = modelsIn(values.models ?? '');
  const reference = values.reference ?? models.at(-1) ?? '';
  if (!models.includes(reference))
    throw new UsageError(`--reference ${reference}: not in --models`);
  return {
    prompts,
    models,
    reference,
    ...gradingIn(values),
    budgetUsd: numberIn('--budget-usd', values['budget-usd'] ?? '', 0),
    isAgreed: values.yes,
    out: values.out,
    dataset: values.dataset,
    maxTokens: Math.round(numberIn('--max-tokens', values['max-tokens'], 1)),
    concurrency: Math.round(numberIn('--concurrency', values.concurrency, 1)),
    url: values.url,
    key: values.key ?? env['SUFFICE_API_KEY'] ?? null,
  };
}

function modelsIn(list: string): readonly string[] {
  const models = [...new Set(list.split(',').map((name) => name.trim()))];
  if (models.includes('')) throw new UsageError('--models requires names separated by commas');
  return models;
}

function gradingIn(values: {
  readonly grader: string;
  readonly judge?: string | undefined;
  readonly rubric?: string | undefined;
}): Pick<LiveOptions, 'grader' | 'judge' | 'rubric'> {
  const { judge = null, rubric = null } = values;
  const grader = GRADERS.find((name) => name === values.grader);
  if (grader === undefined) {
    throw new UsageError(`--grader ${values.grader}: must be one of ${GRADERS.join(', ')}`);
  }
  if ((judge === null) !== (rubric === null)) {
    throw new UsageError('--judge and --rubric must be used together');
  }
  return { grader, judge, rubric };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      models: { type: 'string', short: 'm' },
      'budget-usd': { type: 'string' },
      yes: { type: 'boolean', default: false },
      out: { type: 'string', default: 'outcomes.jsonl' },
      grader: { type: 'string', default: 'exact' },
      judge: { type: 'string' },
      rubric: { type: 'string' },
      reference: { type: 'string' },
      dataset: { type: 'string', default: 'live' },
      'max-tokens': { type: 'string', default: '1024' },
      concurrency: { type: 'string', default: '4' },
      url: { type: 'string', default: 'http://127.0.0.1:4300' },
      key: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

function numberIn(option: string, text: string, least: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < least) {
    throw new UsageError(`${option} ${text}: must be a number of at least ${least}`);
  }
  return value;
}
