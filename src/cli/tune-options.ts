import { parseArgs } from 'node:util';
import { UsageError } from './io.js';

/** What `suffice tune --help` prints. */
export const TUNE_HELP = `Usage: suffice tune --from FILE… [options]
       suffice tune list | rollback [ID] | off [options]

Fits a correction (a "head") for the router to your own graded prompts, cross-validates it, and puts it in
force if it is significantly better than what is in force now.

  -f, --from FILE     graded prompts, one JSON line each: {"id", "prompt" or "messages",
                      "outcomes": {"vendor/model": {"score": 0 to 1}}}. Also .gz files, folders of
                      files, and "feedback" for what POST /v1/feedback has collected; repeatable
  -n, --dry-run       only measure, install nothing
      --replace       do not compare with the head in force; what it has learnt is lost
      --folds N       folds for cross-validation, 2 to 20 (default: 5)
      --seed N        seed for the fitting order and the intervals (default: 1)
  -o, --out DIR       where heads are kept (default: adaptation.folder of the configuration)
  -c, --config FILE   the configuration (default: ./suffice.yaml if it exists, else the environment)
  -h, --help          show this help

"list" shows the installed heads, "rollback" goes back to the previous head or to ID, and "off" stops
using a head. A running gateway follows within seconds. Exit code 1: nothing was installed, because it
would not have been an improvement.
`;

/** The options of `suffice tune`. */
export interface TuneOptions {
  readonly action: 'fit' | 'list' | 'rollback' | 'off';
  readonly from: readonly string[];
  /** For `rollback`; `null` for the previous head. */
  readonly id: string | null;
  readonly dryRun: boolean;
  /** Whether to skip the comparison with the head in force. */
  readonly replace: boolean;
  readonly folds: number;
  readonly seed: number;
  readonly out: string | null;
  readonly config: string | null;
  readonly help: boolean;
}

/** @throws {UsageError} for invalid arguments */
export function parseTuneOptions(args: readonly string[]): TuneOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string', short: 'f', multiple: true, default: [] },
      'dry-run': { type: 'boolean', short: 'n', default: false },
      replace: { type: 'boolean', default: false },
      folds: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', short: 'o' },
      config: { type: 'string', short: 'c' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const action = actionOf(positionals[0]);
  const [, id, ...rest] = positionals;
  if (rest.length > 0 || (id !== undefined && action !== 'rollback')) {
    throw new UsageError(`unexpected argument "${rest[0] ?? id ?? ''}"`);
  }
  if (action === 'fit' && values.from.length === 0 && !values.help) {
    throw new UsageError('--from FILE is missing: the graded prompts to learn from');
  }
  return {
    action,
    from: values.from,
    id: id ?? null,
    dryRun: values['dry-run'],
    replace: values.replace,
    folds: wholeNumber('--folds', values.folds, 2, 20),
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 31),
    out: values.out ?? null,
    config: values.config ?? null,
    help: values.help,
  };
}

function actionOf(word: string | undefined): TuneOptions['action'] {
  if (word === undefined) return 'fit';
  if (word === 'list' || word === 'rollback' || word === 'off') return word;
  throw new UsageError(`"${word}" is neither list, rollback nor off; give files with --from`);
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} must be a whole number from ${least} to ${most}, not "${text}"`);
}
