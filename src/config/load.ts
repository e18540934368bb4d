import { createHash } from 'node:crypto';
import path from 'node:path';

import { FaultyFileError, type Fault } from '../core/errors.js';
import { readText } from '../yaml/read-text.js';
import { YamlFile, type Position } from '../yaml/yaml-file.js';
import { resolveAliases } from './aliases.js';
import { crossCheck, type ValidSections } from './cross-check.js';
import { providersFromEnvironment } from './environment.js';
import { interpolate, type Environment } from './interpolate.js';
import { withEnvironment } from './providers.js';
import { configSchema, type Config, type ParsedConfig } from './schema.js';

/** A valid configuration file. */
export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly Fault[];
  /** Absolute path. */
  readonly file: string;
  /** First 12 hex digits of the SHA-256 of the file's text, before placeholders are filled in. */
  readonly revision: string;
  /** The sections that are present in the file, even if empty. */
  readonly sections: ReadonlySet<string>;
  /** Makes a fault at an option, for later checks: `['models', 'a/b']`. */
  readonly fault: YamlFile['fault'];
}

/**
 * Reads `suffice.yaml`.
 *
 * @throws {FaultyFileError} with all faults at once: missing variables, invalid options, and options
 *   that contradict each other; or why the file cannot be read. No message contains a secret.
 */
export async function loadConfig(file: string, env: Environment): Promise<LoadedConfig> {
  const absolute = path.resolve(file);
  const text = await readText(file);
  const filled = interpolate(YamlFile.parse(file, text), configSchema, env);
  const yaml = filled.file;
  const checked = check(yaml);
  const found = [...checked.faults, ...crossCheck(yaml, validSections(yaml.value, env))];
  // A text whose placeholder could not be filled in has no other faults worth reporting.
  const unfilled = new Set(filled.unfilled.map((at) => positionKey(yaml.locate(at))));
  const faults = [...filled.faults, ...found.filter((fault) => !unfilled.has(positionKey(fault)))];
  if (checked.parsed === null || faults.some(({ severity }) => severity === 'error')) {
    throw new FaultyFileError(inOrder(faults));
  }
  return {
    config: complete(checked.parsed, path.dirname(absolute), env),
    warnings: inOrder(faults),
    file: absolute,
    revision: createHash('sha256').update(text).digest('hex').slice(0, 12),
    sections: new Set(isMap(yaml.value) ? Object.keys(yaml.value) : []),
    fault: yaml.fault.bind(yaml),
  };
}

function positionKey({ line, column }: Position): string {
  return `${line}:${column}`;
}

interface Checked {
  readonly parsed: ParsedConfig | null;
  readonly faults: readonly Fault[];
}

function check(yaml: YamlFile): Checked {
  try {
    return { parsed: yaml.check(configSchema), faults: [] };
  } catch (error) {
    if (error instanceof FaultyFileError) return { parsed: null, faults: error.faults };
    throw error;
  }
}

// Sections that are maps of independent entries: a faulty entry does not invalidate the others.
const MAP_SECTIONS: readonly string[] = ['providers', 'models', 'aliases'];

/** The valid parts of a file, which can be checked further even if other parts are faulty. */
function validSections(value: unknown, env: Environment): ValidSections {
  const members: Readonly<Record<string, unknown>> = isMap(value) ? value : {};
  const valid = Object.entries(configSchema.in.shape).flatMap(([name, schema]) => {
    const section = members[name];
    const whole = schema.safeParse(section);
    if (whole.success) return [[name, whole.data]];
    if (!MAP_SECTIONS.includes(name) || !isMap(section)) return [];
    const entries = Object.entries(section).flatMap(([key, entry]) => {
      const parsed = schema.safeParse({ [key]: entry });
      return parsed.success ? Object.entries(parsed.data ?? {}) : [];
    });
    return [[name, Object.fromEntries(entries)]];
  });
  const sections = Object.fromEntries(valid) as ValidSections;
  if (sections.providers === undefined) return sections;
  return { ...sections, providers: completedProviders(sections.providers, env) };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function completedProviders(providers: Config['providers'], env: Environment): Config['providers'] {
  return Object.fromEntries(
    Object.entries(providers).map(([name, settings]) => [
      name,
      withEnvironment(name, settings, env),
    ]),
  );
}

function complete(parsed: ParsedConfig, folder: string, env: Environment): Config {
  const absolute = (file: string | null): string | null => file && path.resolve(folder, file);
  return {
    ...parsed,
    providers: withAbsoluteFiles(
      completedProviders(parsed.providers ?? providersFromEnvironment(env, null), env),
      folder,
    ),
    aliases: resolveAliases(parsed.aliases).aliases,
    rules: absolute(parsed.rules),
    router: {
      ...parsed.router,
      artefacts: absolute(parsed.router.artefacts),
      embedder: isPath(parsed.router.embedder)
        ? absolute(parsed.router.embedder)
        : parsed.router.embedder,
    },
    cache: { ...parsed.cache, folder: absolute(parsed.cache.folder) },
    adaptation: { ...parsed.adaptation, folder: path.resolve(folder, parsed.adaptation.folder) },
  };
}

/** Whether an embedder is a path; otherwise it is the name of a model. */
function isPath(embedder: string | null): boolean {
  return embedder !== null && (embedder.startsWith('.') || path.isAbsolute(embedder));
}

/** Makes the paths of credentials files absolute. */
function withAbsoluteFiles(providers: Config['providers'], folder: string): Config['providers'] {
  return Object.fromEntries(
    Object.entries(providers).map(([name, settings]) => {
      const { credentialsFile } = settings;
      if (credentialsFile === undefined) return [name, settings];
      return [name, { ...settings, credentialsFile: path.resolve(folder, credentialsFile) }];
    }),
  );
}

function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
