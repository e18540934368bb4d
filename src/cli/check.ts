import { parseArgs } from 'node:util';
import { formatFault } from '../core/errors.js';
import { EXIT } from './io.js';
import { inForceFor, type InForceContext } from './open-desk.js';
import { proxyLines } from './proxies.js';

const CHECK_HELP = `Usage: suffice check [options]

Validates the configuration as the server does at startup: options, environment variables, models,
rules and their tests, and the predictor. Opens no port and calls no provider.

Exit code 0: the server would start and run normally. 1: it would not; every fault is reported with its line.

      --strict        treat warnings as errors
  -c, --config FILE   the configuration (default: ./suffice.yaml if it exists, else the environment)
  -h, --help          show this help
`;

/** `suffice check`. */
export async function checkCommand(
  args: readonly string[],
  context: InForceContext,
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      strict: { type: 'boolean', default: false },
      config: { type: 'string', short: 'c' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { io } = context;
  if (values.help) {
    io.out(CHECK_HELP);
    return EXIT.ok;
  }
  const { sourced, assembly } = await inForceFor(values.config ?? null, context);
  const warnings = [...sourced.warnings, ...assembly.warnings];
  for (const warning of warnings) io.err(`${formatFault(warning)}\n`);
  const { served, providers, router } = assembly.setup;
  io.out(
    `${sourced.file ?? 'environment'}: ${counted(served.size, 'model')}, ${counted(providers.size, 'provider')} ` +
      `(${[...providers.keys()].join(', ')}), policies ${router.policies.join(', ')}\n` +
      `${assembly.rules.file}: ${counted(assembly.rules.rules.length, 'rule')}\n` +
      proxyLines(providers.values())
        .map((line) => `proxy ${line}\n`)
        .join(''),
  );
  return values.strict && warnings.length > 0 ? EXIT.failed : EXIT.ok;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
