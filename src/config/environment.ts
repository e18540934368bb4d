import path from 'node:path';

import { FaultyFileError, refuseErrors, type Fault } from '../core/errors.js';
import { isLoopback } from '../core/loopback.js';
import { SIMULATION } from '../upstream/providers.js';
import type { Environment } from './interpolate.js';
import { bareHost, HOST_IS, isHost } from './network.js';
import { ollamaBaseUrl, providerFault, providersWithKey, withEnvironment } from './providers.js';
import { providerSchema, type ProviderConfig } from './provider-schema.js';
import { configSchema, type Config } from './schema.js';

/**
 * The configuration of a gateway that has no file: all defaults, and every provider whose key is
 * in the environment.
 *
 * @param ollamaModels - the models of an Ollama that answers at `ollamaBaseUrl`, or `null`
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
 * Every provider that the environment gives access to; the simulation when there is none, so that
 * there is always something to try.
 *
 * @throws {FaultyFileError} for what the environment says of a provider and cannot be used
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
    // It was found without a proxy.
    const settings = { base_url: ollamaBaseUrl(env), models: [...ollamaModels], proxy: null };
    providers['ollama'] = providerSchema.parse(settings);
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

/** A setting as somebody typed it, and where. */
export interface Override {
  readonly text: string;
  /** `--port`, `PORT`: what a fault is said to be in. */
  readonly from: string;
}

/** Settings that go before those of the file. */
export interface Overrides {
  readonly host?: Override | undefined;
  readonly port?: Override | undefined;
}

/** What `HOST` and `PORT` override; a variable that is empty is as good as not set. */
export function overridesFromEnvironment(env: Environment): Overrides {
  const from = (name: string): Override | undefined => {
    const text = env[name]?.trim() ?? '';
    return text === '' ? undefined : { text, from: name };
  };
  return { host: from('HOST'), port: from('PORT') };
}

/**
 * The configuration with another place to listen at.
 *
 * @returns a warning when the new place is open to everybody and the old one was not
 * @throws {FaultyFileError} for what is no host, or a port that is no whole number from 0 to 65535
 */
export function applyOverrides(
  config: Config,
  { host, port }: Overrides,
): { readonly config: Config; readonly warnings: readonly Fault[] } {
  refuseErrors(overrideFaults({ host, port }));
  const server = {
    ...config.server,
    ...(host && { host: bareHost(host.text) }),
    ...(port && { port: Number(port.text) }),
  };
  const opened = isLoopback(config.server.host) && !isLoopback(server.host);
  const warnings = host && opened && config.keys.length === 0 ? [exposure(host)] : [];
  return { config: { ...config, server }, warnings };
}

/** What is wrong with each of the overrides; all of it errors. */
export function overrideFaults({ host, port }: Overrides): readonly Fault[] {
  return [...hostFaults(host), ...portFaults(port)];
}

function hostFaults(host: Override | undefined): Fault[] {
  if (host === undefined || isHost(bareHost(host.text))) return [];
  const isEmpty = host.text.trim() === '';
  return [faultIn(host, isEmpty ? 'must be a host, not empty.' : `must be ${HOST_IS}.`)];
}

function portFaults(port: Override | undefined): Fault[] {
  if (port === undefined || isPort(port.text)) return [];
  return [faultIn(port, `must be a whole number from 0 to 65535, not "${port.text}".`)];
}

function exposure(host: Override): Fault {
  const message = `anybody who reaches ${bareHost(host.text)} may use this gateway; set "keys" in a configuration file.`;
  return { ...faultIn(host, message), severity: 'warning' };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function faultIn(override: Override, message: string): Fault {
  return { file: override.from, line: 0, column: 0, message, severity: 'error' };
}
