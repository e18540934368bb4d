import { parseArgs } from 'node:util';
import { loadRoutingInputs, type RoutingInputs } from '../assembly/routing-inputs.js';
import { configSource } from '../config/source.js';
import { ollamaBaseUrl } from '../config/providers.js';
import { formatFault } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { rulesTestRouter } from '../assembly/offline-router.js';
import { checkRules, type CheckContext } from '../route/rules/check.js';
import { loadRules } from '../route/rules/load.js';
import type { RuleSet } from '../route/rules/rule-set.js';
import { loadRuleTests, testFileOf } from '../route/rules/test-file.js';
import { formatRuleTests, runRuleTests } from '../route/rules/test-run.js';
import { probeOllama } from '../upstream/probe-ollama.js';
import { EXIT, UsageError } from './io.js';
import type { ServeContext } from './serve.js';

/** What `suffice rules --help` prints. */
export const RULES_HELP = `Usage: suffice rules check [options] [FILE]
       suffice rules test [options] [FILE]

check  finds errors in a rules file, models that do not exist, rules that are never reached,
       and policies that leave no model
test   runs the tests next to the rules file (rules.test.yaml for rules.yaml), and lists the
       rules that no test matches

Without FILE: the rules of the configuration, or the ones that ship with Suffice.

  -c, --config FILE   the configuration (default: ./suffice.yaml if it exists, else the environment)
      --strict        check: treat warnings as errors
                      test: fail if a rule has no test
  -h, --help          show this help

Exit code: 0 no errors, 1 errors or failed tests, 2 invalid command line.
`;

type Context = Pick<ServeContext, 'io' | 'shipped' | 'clock'>;

interface Job {
  readonly ruleSet: RuleSet;
  readonly ground: RoutingInputs;
  readonly keys: CheckContext['keys'];
  readonly isStrict: boolean;
}

const JOBS: Readonly<Record<string, (job: Job, context: Context) => Promise<number>>> = {
  check,
  test,
};

/**
 * `suffice rules`: checks or tests a rules file.
 *
 * @throws {FaultyFileError} the file cannot be read as rules
 */
export async function rulesCommand(args: readonly string[], context: Context): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string', short: 'c' },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    context.io.out(RULES_HELP);
    return EXIT.ok;
  }
  const [name, file, ...more] = positionals;
  if (name === undefined) throw new UsageError('a subcommand is missing: check or test');
  const job = Object.hasOwn(JOBS, name) ? JOBS[name] : undefined;
  if (job === undefined) {
    const hint = nearest(name, Object.keys(JOBS));
    const question =
      hint === null ? '; the subcommands are check and test' : `; did you mean "${hint}"?`;
    throw new UsageError(`unknown subcommand "${name}"${question}`);
  }
  if (more.length > 0) throw new UsageError('only one file can be given');

  const { ground, keys, rules } = await prepare(values.config ?? null, job === test, context);
  // Faults in the rules file are thrown, and shown by the caller like those of any other file.
  const ruleSet = await loadRules(file ?? rules);
  return job({ ruleSet, ground, keys, isStrict: values.strict }, context);
}

async function prepare(
  file: string | null,
  needsPredictor: boolean,
  { io, shipped, clock }: Context,
): Promise<Pick<Job, 'ground' | 'keys'> & { readonly rules: string }> {
  const source = configSource({
    file,
    overrides: {},
    env: io.env,
    ollamaModels: () => probeOllama(ollamaBaseUrl(io.env)),
  });
  const sourced = await source.load();
  const ground = await loadRoutingInputs(sourced, shipped, {
    clock,
    // Without the predictor, the tests would run with the heuristic, unlike the server.
    onPredictorMissing: (error) => {
      if (needsPredictor) throw error;
    },
    onEncoderMissing: (error) => {
      if (needsPredictor) throw error;
    },
    onTuningUnusable: (error) => {
      if (needsPredictor) throw error;
    },
  });
  const { keys, rules } = sourced.config;
  return { ground, keys, rules: rules ?? shipped.rules };
}

function check({ ruleSet, ground, keys, isStrict }: Job, { io }: Context): Promise<number> {
  const faults = checkRules(ruleSet, { models: ground.known, choosable: ground.choosable, keys });
  for (const fault of faults) io.out(`${formatFault(fault)}\n`);
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const warnings = faults.length - errors;
  const size = `${count(ruleSet.policies.size, 'policy', 'policies')}, ${count(ruleSet.rules.length, 'rule')}`;
  const found = `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  io.out(`${ruleSet.file}: ${size}; ${found}.\n`);
  return Promise.resolve(errors > 0 || (isStrict && warnings > 0) ? EXIT.failed : EXIT.ok);
}

async function test({ ruleSet, ground, isStrict }: Job, { io }: Context): Promise<number> {
  const tests = await loadRuleTests(ruleSet);
  if (tests === null) {
    io.err(`${ruleSet.file} has no tests: there is no ${testFileOf(ruleSet.file)}.\n`);
    return isStrict ? EXIT.failed : EXIT.ok;
  }
  const { catalog, predictor, auto } = ground;
  const parts = { catalog, rules: ruleSet, ...predictor, degraded: null };
  const report = await runRuleTests(ruleSet, tests, rulesTestRouter(parts, auto.candidates));
  io.out(formatRuleTests(report));
  const isUntested = isStrict && report.untested.length > 0;
  return report.failures.length > 0 || isUntested ? EXIT.failed : EXIT.ok;
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
