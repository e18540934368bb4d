import path from 'node:path';

import { nearest } from '../core/nearest.js';
import {
  isKey,
  knownProvider,
  PROVIDERS,
  resolveProvider,
  SIMULATION,
  type ProviderRow,
  type ProviderSettings,
} from '../upstream/providers.js';
import { AWS_VARIABLES } from '../upstream/auth/aws-lookup.js';
import type { AwsSource } from '../upstream/auth/aws.js';
import { PROXY_VARIABLES } from '../upstream/proxy/proxy-choice.js';
import type { Environment } from './interpolate.js';
import type { ProviderConfig } from './provider-schema.js';

/** The known provider that is looked for on this machine if there is no file. */
export const OLLAMA = 'ollama';
const OLLAMA_PORT = '11434';
const PROXY_NAMES = [...new Set(Object.values(PROXY_VARIABLES).flat())];

/**
 * Completes the settings from the environment: proxies and, for a known provider, its key, the variable
 * parts of its address, and Ollama's address.
 */
export function withEnvironment(
  name: string,
  settings: ProviderConfig,
  env: Environment,
): ProviderConfig {
  const row = knownProvider(name, settings);
  const place = { ...placesIn(row, env), ...settings.place };
  const looks = settings.aws !== undefined && settings.aws.accessKeyId === undefined;
  const placed = {
    ...settings,
    place,
    ...(looks && { awsVariables: variablesIn(env, AWS_VARIABLES) }),
    // The simulation answers in this process.
    ...(row?.name !== SIMULATION && { proxyVariables: variablesIn(env, PROXY_NAMES) }),
  };
  // The variables contain keys for the provider's own address, which must not be sent to another one.
  if (settings.baseUrl !== undefined) return placed;
  if (row?.name === OLLAMA) return { ...placed, baseUrl: ollamaBaseUrl(env) };
  if (hasCredentials(settings)) return placed;
  const apiKey = keyOf(row, env);
  if (apiKey !== undefined)
    return { ...placed, apiKey, keyVariable: row?.keyVariable ?? undefined };
  return { ...placed, ...credentialsIn(row, env) };
}

/** Names of all hosted providers whose key and address parts are in the environment, in order of preference. */
export function providersWithKey(env: Environment): readonly string[] {
  return PROVIDERS.filter((row) => {
    const known = placesIn(row, env);
    const isPlaced = Object.entries(row.places).every(
      ([name, { usual }]) => usual !== null || known[name] !== undefined,
    );
    return isPlaced && keyOf(row, env) !== undefined;
  }).map((row) => row.name);
}

/** Why a provider's settings are unusable, as a sentence without secrets; `null` if they are usable. */
export function providerFault(name: string, settings: ProviderConfig): string | null {
  const row = knownProvider(name, settings);
  if (row === undefined && settings.baseUrl === undefined) return unknownProvider(name);
  const fault =
    kindFault(name, settings) ?? keyFault(name, settings) ?? variableFault(name, settings);
  if (fault !== null) return fault;
  const resolved = resolveProvider(name, providerSettings(settings));
  return resolved.ok ? null : resolved.why;
}

function kindFault(name: string, { kind = name }: ProviderConfig): string | null {
  if (kind === name || knownProvider(name, {}) === undefined) return null;
  return `provider "${name}" is a known provider, so it cannot be of kind "${kind}"; give it another name.`;
}

function keyFault(name: string, settings: ProviderConfig): string | null {
  const row = knownProvider(name, settings);
  if (row === undefined || row.auth === 'none') return null;
  if (settings.baseUrl !== undefined || hasCredentials(settings)) return null;
  const variable = row.keyVariable === null ? '' : `, or the variable ${row.keyVariable}`;
  const other =
    row.auth === 'aws' ? ' or "aws"' : row.auth === 'google' ? ' or "credentials_file"' : '';
  return `provider "${name}" needs "api_key"${other}${variable}.`;
}

function variableFault(name: string, { apiKey = '', keyVariable }: ProviderConfig): string | null {
  if (keyVariable === undefined || isKey(apiKey)) return null;
  return `the variable ${keyVariable}, the key of provider "${name}", contains a character that keys cannot contain, such as a curly quote.`;
}

/** Converts the configuration to the settings from which a provider is created. */
export function providerSettings(config: ProviderConfig): ProviderSettings {
  const { credentialsFile, tokenUrl, aws, awsVariables = {}, ...settings } = config;
  const source = aws === undefined ? undefined : awsSource(aws, awsVariables);
  const google = credentialsFile === undefined ? undefined : { path: credentialsFile, tokenUrl };
  return {
    ...settings,
    ...(source !== undefined && { aws: source }),
    ...(google !== undefined && { google }),
  };
}

function awsSource(
  { accessKeyId, secretAccessKey, sessionToken, profile }: NonNullable<ProviderConfig['aws']>,
  variables: Readonly<Record<string, string>>,
): AwsSource {
  if (accessKeyId === undefined || secretAccessKey === undefined) return { profile, variables };
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** The variables that are set, by name. */
function variablesIn(env: Environment, names: readonly string[]): Record<string, string> {
  const found = names.flatMap((name) => {
    const value = valueOf(name, env);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

function hasCredentials({ apiKey, aws, credentialsFile }: ProviderConfig): boolean {
  return apiKey !== undefined || aws !== undefined || credentialsFile !== undefined;
}

/** The variable parts of a provider's address that are set in the environment, by name. */
function placesIn(row: ProviderRow | undefined, env: Environment): Record<string, string> {
  const found = Object.entries(row?.places ?? {}).flatMap(([name, { variables }]) => {
    const value = variables
      .map((variable) => valueOf(variable, env))
      .find((one) => one !== undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** Credentials from the environment for providers without a key. */
function credentialsIn(
  row: ProviderRow | undefined,
  env: Environment,
): Pick<ProviderConfig, 'aws' | 'credentialsFile'> {
  if (row?.auth === 'google') {
    const credentialsFile = valueOf('GOOGLE_APPLICATION_CREDENTIALS', env);
    return credentialsFile === undefined ? {} : { credentialsFile: path.resolve(credentialsFile) };
  }
  const accessKeyId = valueOf('AWS_ACCESS_KEY_ID', env);
  const secretAccessKey = valueOf('AWS_SECRET_ACCESS_KEY', env);
  if (row?.auth !== 'aws' || accessKeyId === undefined || secretAccessKey === undefined) return {};
  const sessionToken = valueOf('AWS_SESSION_TOKEN', env);
  return { aws: { accessKeyId, secretAccessKey, sessionToken } };
}

/**
 * The URL of Ollama's OpenAI-compatible API. `OLLAMA_HOST` is read as Ollama's own tools do: a host, a
 * port or a URL, any part of which may be missing.
 */
export function ollamaBaseUrl(env: Environment): string {
  const text = (env['OLLAMA_HOST'] ?? '').trim().replace(/^["']|["']$/g, '');
  const match = /^(?:(https?):\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d+))?(\/.*)?$/i.exec(text);
  const [, scheme, host = '', port, path = ''] = match ?? [];
  // The same variable tells a server to listen on all interfaces, but that is not an address to call.
  const isUnspecified = host === '' || host === '0.0.0.0';
  const name = isUnspecified ? '127.0.0.1' : host === '[::]' ? '[::1]' : host;
  const effectivePort = port ?? (scheme === undefined ? OLLAMA_PORT : '');
  const suffix = effectivePort === '' ? '' : `:${effectivePort}`;
  const base = `${(scheme ?? 'http').toLowerCase()}://${name}${suffix}`;
  return `${base}${path.replace(/\/+$/, '')}/v1`;
}

function keyOf(row: ProviderRow | undefined, env: Environment): string | undefined {
  const variable = row?.keyVariable ?? null;
  return variable === null ? undefined : valueOf(variable, env);
}

/** The variable's value. An empty one counts as not set, as in shells and compose files. */
function valueOf(variable: string, env: Environment): string | undefined {
  const value = env[variable]?.trim();
  return value === '' ? undefined : value;
}

function unknownProvider(name: string): string {
  const names = PROVIDERS.map((row) => row.name);
  const hint = nearest(name, names);
  const suggestion = hint === null ? '' : ` Did you mean "${hint}"?`;
  return `provider "${name}" is not one that Suffice knows, so it needs "base_url", or the "kind" of a known provider.${suggestion}`;
}
