import { existsSync } from 'node:fs';
import type { Fault } from '../core/errors.js';
import type { LocalModel } from '../core/model.js';
import {
  applyOverrides,
  configFromEnvironment,
  overridesFromEnvironment,
  type Overrides,
} from './environment.js';
import type { Environment } from './interpolate.js';
import { loadConfig } from './load.js';
import type { Config } from './schema.js';

/** A configuration with its origin. */
export interface SourcedConfig {
  readonly config: Config;
  readonly warnings: readonly Fault[];
  /** Absolute path; `null` if there is no file and the configuration comes from the environment. */
  readonly file: string | null;
  /** `environment` if there is no file. */
  readonly revision: string;
  /** The sections that are present in the file, even if empty; none if there is no file. */
  readonly sections: ReadonlySet<string>;
  /** The models of a local Ollama that was found; none if there is a file. */
  readonly ollama: readonly LocalModel[];
  /** Makes a fault at an option, for later checks: `['models', 'acme/large']`. */
  readonly fault: (
    path: readonly PropertyKey[],
    message: string,
    severity?: Fault['severity'],
  ) => Fault;
}

/** Loads the configuration; called again for every reload. */
export interface ConfigSource {
  /** @throws {FaultyFileError} */
  load(): Promise<SourcedConfig>;
}

/** The file that is used if none is named and it exists. */
export const DEFAULT_CONFIG_FILE = 'suffice.yaml';

/** Options of `configSource`. */
export interface ConfigSourceOptions {
  /** The file named on the command line; `null` for none. */
  readonly file: string | null;
  /** From the command line; they take precedence over the environment, and that over the file. */
  readonly overrides: Overrides;
  readonly env: Environment;
  /** Probes for the models of a local Ollama, `null` if none answers; called only without a file. */
  readonly ollamaModels: () => Promise<readonly LocalModel[] | null>;
}

/** The named file, else `suffice.yaml` in the current folder, else the environment alone. */
export function configSource(options: ConfigSourceOptions): ConfigSource {
  const file = options.file ?? (existsSync(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : null);
  const { env } = options;
  const overrides = { ...overridesFromEnvironment(env), ...withoutUndefined(options.overrides) };
  return {
    load: async () => {
      const base =
        file === null
          ? fromEnvironment(env, await options.ollamaModels())
          : { ...(await loadConfig(file, env)), ollama: [] };
      const { config, warnings } = applyOverrides(base.config, overrides);
      return { ...base, config, warnings: [...base.warnings, ...warnings] };
    },
  };
}

function fromEnvironment(env: Environment, ollama: readonly LocalModel[] | null): SourcedConfig {
  return {
    config: configFromEnvironment(env, ollama?.map(({ name }) => name) ?? null),
    warnings: [],
    file: null,
    revision: 'environment',
    sections: new Set(),
    ollama: ollama ?? [],
    fault: (at, message, severity = 'error') => ({
      file: at.join('.'),
      line: 0,
      column: 0,
      message,
      severity,
    }),
  };
}

function withoutUndefined(overrides: Overrides): Overrides {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
