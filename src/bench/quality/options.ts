import { parseArgs } from 'node:util';
import { UsageError } from '../../cli/io.js';
import { SPLITS } from './bench-set.js';
import type { Split } from './bench-set.js';
import type { Pair } from './measure-pair.js';

/** What `suffice bench quality --help` prints. */
export const QUALITY_HELP = `Usage: suffice bench quality [options] OUTCOMES…

Measures the router, as shipped, against baselines on graded answers. OUTCOMES are files with lines of
  {"id","dataset"?,"category"?,"prompt" or "messages","tools"?,
   "outcomes":{"vendor/model":{"score":0..1,"in_tokens"?,"out_tokens"?,"cost_usd"?}}}
(.jsonl or .jsonl.gz), or folders of such files. Calls no provider. docs/bench.md explains every figure.

      --pair WEAK,STRONG  the two models for APGR and CPT     (known sets: their usual pair)
      --split PART        test, validation, all, or auto      (auto: the test part of sets that the
                          predictor was trained on; all of other sets, with baselines cross-validated)
      --prices FILE       USD per million tokens, {"vendor/model": {"input","output"}}, for models
                          whose price is missing from the catalog or differs for you
      --bootstrap N       resamples of the prompts for the 95 % intervals    (1000)
      --seed N            the same seed gives the same figures               (1)
      --artefacts DIR     the predictor to measure            (the configuration's, or the shipped one)
  -c, --config FILE       the configuration               (./suffice.yaml if it exists, else none)
      --json FILE         write all results as JSON
      --csv FILE          write one CSV row per figure
      --html FILE         write a self-contained HTML report
      --markdown FILE     write the table of sets as Markdown
  -h, --help              show this help

Exit code: 0 measured, 1 unreadable data or more than 1 % of decisions degraded, 2 invalid command line.
`;

/** The options of `suffice bench quality`. */
export interface QualityOptions {
  readonly paths: readonly string[];
  readonly pair: Pair | null;
  readonly split: Split;
  readonly prices: string | null;
  readonly rounds: number;
  readonly seed: number;
  readonly artefacts: string | null;
  readonly config: string | null;
  readonly json: string | null;
  readonly csv: string | null;
  readonly html: string | null;
  readonly markdown: string | null;
}

/**
 * @returns `null` if help is requested
 * @throws {UsageError} for invalid arguments
 */
export function parseQualityOptions(args: readonly string[]): QualityOptions | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      pair: { type: 'string' },
      split: { type: 'string', default: 'auto' },
      prices: { type: 'string' },
      bootstrap: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      artefacts: { type: 'string' },
      config: { type: 'string', short: 'c' },
      json: { type: 'string' },
      csv: { type: 'string' },
      html: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  if (positionals.length === 0) throw new UsageError('name the outcomes: files or folders');
  return {
    paths: positionals,
    pair: pairIn(values.pair),
    split: splitIn(values.split),
    prices: values.prices ?? null,
    rounds: countIn('--bootstrap', values.bootstrap, 2),
    seed: countIn('--seed', values.seed, 0),
    artefacts: values.artefacts ?? null,
    config: values.config ?? null,
    json: values.json ?? null,
    csv: values.csv ?? null,
    html: values.html ?? null,
    markdown: values.markdown ?? null,
  };
}

function pairIn(text: string | undefined): Pair | null {
  if (text === undefined) return null;
  const [weak, strong, ...more] = text.split(',').map((name) => name.trim());
  if (!weak || !strong || more.length > 0 || weak === strong) {
    throw new UsageError('--pair requires two different models, separated by a comma: WEAK,STRONG');
  }
  return { weak, strong };
}

function splitIn(text: string): Split {
  const split = SPLITS.find((one) => one === text);
  if (split === undefined) {
    throw new UsageError(`--split ${text}: must be one of ${SPLITS.join(', ')}`);
  }
  return split;
}

const MAX_COUNT = 1_000_000;

function countIn(option: string, text: string, least: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least || count > MAX_COUNT) {
    throw new UsageError(`${option} ${text}: must be a whole number from ${least} to ${MAX_COUNT}`);
  }
  return count;
}
