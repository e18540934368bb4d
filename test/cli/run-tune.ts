import { runCommand } from '../../src/cli/commands.js';
import { systemClock } from '../../src/core/clock.js';
import { SHIPPED } from '../support/app.js';

/** The exit code and output of a command. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A configuration that keeps its heads in a folder. */
export function tunable(artefacts: string, folder: string): string {
  return `providers: { simulation: {} }\nrouter: { artefacts: ${artefacts} }\nadaptation: { folder: ${folder}/state }\n`;
}

/**
 * Runs `suffice tune`.
 *
 * @param onErr - receives each write to standard error
 */
export async function runTune(
  config: string,
  args: readonly string[],
  onErr: (text: string) => void = () => undefined,
): Promise<Ended> {
  let out = '';
  let err = '';
  const code = await runCommand(['tune', '--config', config, ...args], {
    io: {
      out: (text) => (out += text),
      err: (text) => {
        err += text;
        onErr(text);
      },
      env: {},
      readStdin: () => Promise.resolve(''),
    },
    shipped: SHIPPED,
    version: '1.2.3',
    clock: systemClock,
    openLogDestination: () => ({ write: () => undefined }),
    onSignal: () => undefined,
  });
  return { code, out, err };
}
