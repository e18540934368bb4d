import path from 'node:path';

import { FaultyFileError, throwOnErrors, type Fault } from '../core/errors.js';
import { isLoopback } from '../core/loopback.js';
import { SIMULATION } from '../upstream/providers.js';
import type { Environment } from './interpolate.js';
import { stripBrackets, HOST_REQUIREMENT, isListenHost } from './network.js';
import {
  OLLAMA,
  ollamaBaseUrl,
  providerFault,
  providersWithKey,
  withEnvironment,
} from './providers.js';
import { providerSchema, type ProviderConfig } from './provider-schema.js';
import { configSchema, type Config } from './schema.js';

/**
 * The configuration of a gateway without a file: the defaults, and every provider whose key is in
 * the environment.
 *
 * @param ollamaModels - the models of an Ollama that answers at `ollamaBaseUrl`; `null` if none answers
 */
export function configFromEnvironment(
  env: Environment,
  ollamaModels: readonly string[] | null,
): Config {
  const defaults = configSchema.parse({});
  const adaptation = { ...defaults.adaptation, folder: path.resolve(defaults.adaptation.folder) };
  return { ...defaults, adaptation, providers: providersFromEnvironment(env, ollamaModels) };
}

/**
 * Every provider that the environment gives access to, or the simulation if there is none.
 *
 * @throws {FaultyFileError} the environment's settings for a provider are unusable
 */
export function providersFromEnvironment(
  env: Environment,
  ollamaModels: readonly string[] | null,
): Readonly<Record<string, ProviderConfig>> {
  const providers: Record<string, ProviderConfig> = {};
  for (const name of providersWithKey(env)) {
    providers[name] = withEnvironment(name, providerSchema.parse({}), env);
  }
  if (ollamaModels !== null) {
    // It was probed without a proxy.
    const settings = { base_url: ollamaBaseUrl(env), models: [...ollamaModels], proxy: null };
    providers[OLLAMA] = providerSchema.parse(settings);
  }
  const faults = Object.entries(providers).flatMap(([name, settings]): Fault[] => {
    const message = providerFault(name, settings);
    if (message === null) return [];
    const { keyVariable = '' } = settings;
    const file = keyVariable !== '' && message.includes(keyVariable) ? keyVariable : 'environment';
    return [{ file, line: 0, column: 0, message, severity: 'error' }];
  });
  if (faults.length > 0) throw new FaultyFileError(faults);
  if (Object.keys(providers).length === 0) providers[SIMULATION] = providerSchema.parse({});
  return providers;
}

/** A setting as typed, and its origin. */
export interface Override {
  readonly text: string;
  /** `--port` or `PORT`: named in faults. */
  readonly from: string;
}

/** Settings that take precedence over the file's. */
export interface Overrides {
  readonly host?: Override | undefined;
  readonly port?: Override | undefined;
}

/** The overrides in `HOST` and `PORT`; an empty variable counts as not set. */
export function overridesFromEnvironment(env: Environment): Overrides {
  const from = (name: string): Override | undefined => {
    const text = env[name]?.trim() ?? '';
    return text === '' ? undefined : { text, from: name };
  };
  return { host: from('HOST'), port: from('PORT') };
}

/**
 * The configuration with a different address to listen on.
 *
 * @returns a warning if the new address is open to everybody and the old one was not
 * @throws {FaultyFileError} the host is invalid, or the port is not a whole number from 0 to 65535
 */
export function applyOverrides(
  config: Config,
  { host, port }: Overrides,
): { readonly config: Config; readonly warnings: readonly Fault[] } {
  throwOnErrors(overrideFaults({ host, port }));
  const server = {
    ...config.server,
    ...(host && { host: stripBrackets(host.text) }),
    ...(port && { port: Number(port.text) }),
  };
  const opened = isLoopback(config.server.host) && !isLoopback(server.host);
  const warnings = host && opened && config.keys.length === 0 ? [exposure(host)] : [];
  return { config: { ...config, server }, warnings };
}

/** The errors in the overrides. */
export function overrideFaults({ host, port }: Overrides): readonly Fault[] {
  return [...hostFaults(host), ...portFaults(port)];
}

function hostFaults(host: Override | undefined): Fault[] {
  if (host === undefined || isListenHost(stripBrackets(host.text))) return [];
  const isEmpty = host.text.trim() === '';
  return [
    faultIn(
      host,
      isEmpty ? 'must be a host name or an address, not empty.' : `must be ${HOST_REQUIREMENT}.`,
    ),
  ];
}

function portFaults(port: Override | undefined): Fault[] {
  if (port === undefined || isPort(port.text)) return [];
  return [faultIn(port, `must be a whole number from 0 to 65535, not "${port.text}".`)];
}

function exposure(host: Override): Fault {
  const message = `anyone who can reach ${stripBrackets(host.text)} may use this gateway; set "keys" in a configuration file.`;
  return { ...faultIn(host, message), severity: 'warning' };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function faultIn(override: Override, message: string): Fault {
  return { file: override.from, line: 0, column: 0, message, severity: 'error' };
}
