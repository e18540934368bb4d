import { runCommand } from '../../src/cli/commands.js';
import { systemClock, type Clock } from '../../src/core/clock.js';
import type { Shipped } from '../../src/assembly/shipped.js';
import { SHIPPED } from './app.js';

/** What came of a command. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly log: string;
}

/** Runs a command as a shell would, without a terminal. */
export async function run(
  args: readonly string[],
  more: {
    stdin?: string;
    shipped?: Partial<Shipped>;
    clock?: Clock;
    env?: Readonly<Record<string, string>>;
    onSignal?: (signal: string, act: () => void) => void;
    onLog?: (line: string) => void;
  } = {},
): Promise<Run> {
  let out = '';
  let err = '';
  let log = '';
  const code = await runCommand(args, {
    io: {
      out: (text) => (out += text),
      err: (text) => (err += text),
      env: more.env ?? {},
      readStdin: () => Promise.resolve(more.stdin ?? ''),
    },
    shipped: { ...SHIPPED, ...more.shipped },
    version: '1.2.3',
    clock: more.clock ?? systemClock,
    openLogDestination: () => ({
      write: (line: string) => {
        log += line;
        more.onLog?.(line);
      },
      flushSync: () => undefined,
    }),
    // The server of a test is told to stop as soon as it has said where it is.
    onSignal: (signal, act) => {
      if (more.onSignal !== undefined) more.onSignal(signal, act);
      else if (signal === 'SIGTERM') setImmediate(act);
    },
  });
  return { code, out, err, log };
}
