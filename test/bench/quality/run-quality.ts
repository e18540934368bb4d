import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { QualityReport } from '../../../src/bench/quality/report.js';
import { runCommand } from '../../../src/cli/commands.js';
import { systemClock } from '../../../src/core/clock.js';
import { SHIPPED } from '../../support/app.js';
import { jsonl } from './made-up.js';
import type { MadeUpLine } from './made-up.js';

/** Every run loads the catalog and the predictor, as on the command line. */
export const TIMEOUT_MS = 30_000;

/** The output and exit code of a command. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `suffice bench` with these arguments. */
export async function bench(
  args: readonly string[],
  artefacts: string = SHIPPED.artefacts,
): Promise<CommandResult> {
  let out = '';
  let err = '';
  const code = await runCommand(['bench', ...args], {
    io: {
      out: (text) => (out += text),
      err: (text) => (err += text),
      env: {},
      readStdin: () => Promise.resolve(''),
    },
    shipped: { ...SHIPPED, artefacts },
    version: '1.2.3',
    clock: systemClock,
    openLogDestination: () => ({ write: () => undefined }),
    onSignal: () => undefined,
  });
  return { code, out, err };
}

/** A folder for one test; `remove` it after. */
export async function benchFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'suffice-bench-'));
  const inFolder = (name: string): string => path.join(folder, name);
  return {
    inFolder,
    remove: () => rm(folder, { recursive: true, force: true }),
    /** Runs `suffice bench quality` on these lines, with few resamples. */
    quality: async (
      lines: readonly MadeUpLine[],
      ...more: readonly string[]
    ): Promise<CommandResult & { readonly report: QualityReport }> => {
      const [file, json] = [inFolder('made-up.jsonl'), inFolder('report.json')];
      await writeFile(file, jsonl(lines));
      const run = await bench(['quality', file, '--bootstrap', '40', '--json', json, ...more]);
      return { ...run, report: JSON.parse(await readFile(json, 'utf8')) as QualityReport };
    },
  };
}
