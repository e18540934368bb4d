import { nearest } from '../core/nearest.js';
import { EXIT, UsageError } from './io.js';
import type { ServeContext } from './serve.js';

/** What `suffice bench --help` prints. */
export const BENCH_HELP = `Usage: suffice bench quality [options] OUTCOMES…
       suffice bench fetch [NAME…]
       suffice bench live PROMPTS.jsonl --models A,B,… --budget-usd USD

quality  compare the router with baselines on graded answers of many models
fetch    download public sets of graded answers
live     grade your own models on your own prompts, within a budget

Run "suffice bench quality --help" (or fetch, live) for the options.
`;

type Bench = (args: readonly string[], context: ServeContext) => Promise<number>;

// Loaded on demand: no other command needs these modules.
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  quality: async () => (await import('../bench/quality/command.js')).qualityCommand,
  fetch: async () => (await import('../bench/fetch/command.js')).fetchCommand,
  live: async () => (await import('../bench/live/command.js')).liveCommand,
};

/** `suffice bench`. */
export async function benchCommand(
  args: readonly string[],
  context: ServeContext,
): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h') {
    context.io.out(BENCH_HELP);
    return EXIT.ok;
  }
  const all = Object.keys(BENCHES).join(', ');
  if (name === undefined) throw new UsageError(`a subcommand is missing: ${all}`);
  const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (load === undefined) {
    const suggestion = nearest(name, Object.keys(BENCHES));
    const hint =
      suggestion === null ? `; the subcommands are ${all}` : `; did you mean "${suggestion}"?`;
    throw new UsageError(`unknown subcommand "${name}"${hint}`);
  }
  return (await load())(rest, context);
}
