import { parseArgs } from 'node:util';
import { GATEWAY_NAMES, type GatewayName } from './gateways.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

/** The options of `npm run bench:overhead`. */
export interface Options {
  readonly scenarios: readonly Scenario[];
  readonly gateways: readonly GatewayName[];
  readonly rounds: number;
  /** How many times the gateways are started, each time for all rounds. */
  readonly starts: number;
  readonly warmMs: number;
  readonly windowMs: number;
  /** The warm-up of every gateway before its first window of a scenario. */
  readonly warmUp: { readonly warmMs: number; readonly warmRequests: number };
  readonly realtime: boolean;
  readonly jsonFile: string | undefined;
  /** Another checkout of Suffice to compare this build with. */
  readonly against: string | undefined;
  readonly targets: boolean;
}

export const HELP = `npm run bench:overhead -- [options]

Measures what Suffice adds to a request, compared with Portkey's gateway and a minimal pass-through, in one run.

  --quick            one short round instead of four: a first impression, not a result
  --only A,B         scenarios: ${SCENARIOS.map(({ id }) => id).join(', ')}
  --gateways A,B     ${GATEWAY_NAMES.join(', ')}
  --rounds N         windows per gateway and scenario (default 4; 6 short ones with --against)
  --starts N         how many times the gateways are started (default 1; 6 with --against)
  --against DIR      compare with the build of another checkout, window by window, to see whether a change is slower
  --realtime         run with real-time priority (needs root, and chrt); see README.md
  --json FILE        all figures of all windows
  --no-targets       exit with 0 even if a target is missed
  --help

Runs on Linux. Needs \`npm run build\` first; installs Portkey from the lock file in bench/overhead/peers.`;

/** @returns undefined if help is requested. @throws for invalid arguments, with a sentence for the user */
export function parseOptions(argv: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      gateways: { type: 'string' },
      rounds: { type: 'string' },
      starts: { type: 'string' },
      realtime: { type: 'boolean', default: false },
      json: { type: 'string' },
      against: { type: 'string' },
      'no-targets': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const ids = listed(
    values.only,
    SCENARIOS.map(({ id }) => id),
    'scenario',
  );
  return {
    scenarios: SCENARIOS.filter(({ id }) => ids.includes(id)),
    gateways: gatewaysOf(values.gateways, values.against),
    rounds: wholeNumber(values.rounds ?? defaultRounds(values), 1, 100),
    starts: wholeNumber(values.starts ?? (values.against === undefined ? '1' : '6'), 1, 100),
    ...windowsOf(values),
    against: values.against,
    warmUp: values.quick
      ? { warmMs: 3000, warmRequests: 2500 }
      : { warmMs: 10_000, warmRequests: 8000 },
    realtime: values.realtime,
    jsonFile: values.json,
    targets: !values['no-targets'],
  };
}

interface Given {
  readonly quick: boolean;
  readonly against?: string | undefined;
}

function defaultRounds({ quick, against }: Given): string {
  if (quick) return '1';
  return against === undefined ? '4' : '6';
}

/** To compare two builds, many short windows: they are less affected by a machine that slows down and recovers. */
function windowsOf({ quick, against }: Given): Pick<Options, 'warmMs' | 'windowMs'> {
  if (against !== undefined) return { warmMs: 500, windowMs: 1500 };
  return { warmMs: 3000, windowMs: quick ? 2000 : 4000 };
}

function gatewaysOf(text: string | undefined, against: string | undefined): readonly GatewayName[] {
  const listedNames = text === undefined ? undefined : listed(text, GATEWAY_NAMES, 'gateway');
  if (against !== undefined)
    return [...new Set([...(listedNames ?? []), 'suffice', 'other'] as const)];
  if (listedNames?.includes('other') === true) throw new Error("'other' requires --against DIR");
  return listedNames ?? GATEWAY_NAMES.filter((name) => name !== 'other');
}

function listed<T extends string>(
  text: string | undefined,
  known: readonly T[],
  what: string,
): readonly T[] {
  if (text === undefined) return known;
  return text.split(',').map((word) => {
    const found = known.find((name) => name === word.trim());
    if (found === undefined) throw new Error(`no ${what} '${word}'; there are ${known.join(', ')}`);
    return found;
  });
}

function wholeNumber(text: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new Error(`${text} is not a whole number from ${low} to ${high}`);
  }
  return value;
}
