import { existsSync } from 'node:fs';
import type { Fault } from '../core/errors.js';
import {
  applyOverrides,
  configFromEnvironment,
  overridesFromEnvironment,
  type Overrides,
} from './environment.js';
import type { Environment } from './interpolate.js';
import { loadConfig } from './load.js';
import type { Config } from './schema.js';

/** A configuration, and where it came from. */
export interface SourcedConfig {
  readonly config: Config;
  readonly warnings: readonly Fault[];
  /** Absolute; `null` when there is no file and the environment decides. */
  readonly file: string | null;
  /** `environment` when there is no file. */
  readonly revision: string;
  /** The sections that the file itself has, whatever is in them; none when there is no file. */
  readonly sections: ReadonlySet<string>;
  /** A fault at an option, for whoever finds out later: `['models', 'acme/large']`. */
  readonly fault: (
    path: readonly PropertyKey[],
    message: string,
    severity?: Fault['severity'],
  ) => Fault;
}

/** Where the configuration comes from; asked again for every reload. */
export interface ConfigSource {
  /** @throws {FaultyFileError} */
  load(): Promise<SourcedConfig>;
}

/** The file that is used when none is named and it is there. */
export const DEFAULT_CONFIG_FILE = 'suffice.yaml';

/** What decides where the configuration comes from. */
export interface SourceOptions {
  /** As named on the command line; `null` for none. */
  readonly file: string | null;
  /** From the command line; they go before the environment's, which go before the file's. */
  readonly overrides: Overrides;
  readonly env: Environment;
  /** Models of an Ollama on this machine, `null` when none answers; asked only without a file. */
  readonly ollamaModels: () => Promise<readonly string[] | null>;
}

/** A named file, else `suffice.yaml` in this folder, else the environment alone. */
export function configSource(options: SourceOptions): ConfigSource {
  const file = options.file ?? (existsSync(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : null);
  const { env } = options;
  const overrides = { ...overridesFromEnvironment(env), ...given(options.overrides) };
  return {
    load: async () => {
      const base: SourcedConfig =
        file === null
          ? {
              config: configFromEnvironment(env, await options.ollamaModels()),
              warnings: [],
              file: null,
              revision: 'environment',
              sections: new Set(),
              fault: (at, message, severity = 'error') => ({
                file: at.join('.'),
                line: 0,
                column: 0,
                message,
                severity,
              }),
            }
          : await loadConfig(file, env);
      const { config, warnings } = applyOverrides(base.config, overrides);
      return { ...base, config, warnings: [...base.warnings, ...warnings] };
    },
  };
}

function given(overrides: Overrides): Overrides {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
