import { nearest } from '../core/nearest.js';
import { PROVIDERS, resolveProvider } from '../upstream/providers.js';
import type { Environment } from './interpolate.js';
import type { ProviderConfig } from './schema.js';

const OLLAMA = 'ollama';
const OLLAMA_PORT = '11434';

/** The settings, completed by what the environment says of a known provider: its key, Ollama's place. */
export function withEnvironment(
  name: string,
  settings: ProviderConfig,
  env: Environment,
): ProviderConfig {
  // The variable holds the key for the provider's own address; another one must not get to see it.
  if (settings.baseUrl !== undefined) return settings;
  if (name === OLLAMA) return { ...settings, baseUrl: ollamaBaseUrl(env) };
  const apiKey = settings.apiKey ?? keyOf(name, env);
  return apiKey === undefined ? settings : { ...settings, apiKey };
}

/** Names of all hosted providers whose key the environment has, in order of preference. */
export function providersWithKey(env: Environment): readonly string[] {
  return PROVIDERS.map((row) => row.name).filter((name) => keyOf(name, env) !== undefined);
}

/** Why a provider cannot be used as it is, as a sentence without secrets; `null` if it can. */
export function providerFault(name: string, settings: ProviderConfig): string | null {
  const row = PROVIDERS.find((known) => known.name === name);
  if (row === undefined && settings.baseUrl === undefined) return unknownProvider(name);
  const needsKey = row?.auth === 'bearer' && settings.baseUrl === undefined;
  if (needsKey && settings.apiKey === undefined) {
    const variable = row.keyVariable === null ? '' : `, or the variable ${row.keyVariable}`;
    return `provider "${name}" needs "api_key"${variable}.`;
  }
  const resolved = resolveProvider(name, settings);
  return resolved.ok ? null : resolved.why;
}

/**
 * Where Ollama's OpenAI-compatible API is, as its own tools read `OLLAMA_HOST`: a host, a port or
 * a URL, each part of which may be missing.
 */
export function ollamaBaseUrl(env: Environment): string {
  const text = (env['OLLAMA_HOST'] ?? '').trim().replace(/^["']|["']$/g, '');
  const match = /^(?:(https?):\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d+))?(\/.*)?$/i.exec(text);
  const [, scheme, host = '', port, path = ''] = match ?? [];
  // A server is told to listen everywhere with the same variable; nobody can call "everywhere".
  const isAny = host === '' || host === '0.0.0.0';
  const name = isAny ? '127.0.0.1' : host === '[::]' ? '[::1]' : host;
  const ownPort = scheme === undefined ? OLLAMA_PORT : '';
  const place = port ?? ownPort;
  const base = `${(scheme ?? 'http').toLowerCase()}://${name}${place === '' ? '' : `:${place}`}`;
  return `${base}${path.replace(/\/+$/, '')}/v1`;
}

function keyOf(name: string, env: Environment): string | undefined {
  const variable = PROVIDERS.find((row) => row.name === name)?.keyVariable ?? null;
  const key = variable === null ? undefined : env[variable]?.trim();
  // A variable set to nothing is how shells and compose files say "not set".
  return key === '' ? undefined : key;
}

function unknownProvider(name: string): string {
  const names = PROVIDERS.map((row) => row.name);
  const hint = nearest(name, names);
  const meant = hint === null ? '' : ` Did you mean "${hint}"?`;
  return `provider "${name}" is not one that Suffice knows, so it needs "base_url".${meant}`;
}
