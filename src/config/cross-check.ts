import type { Fault } from '../core/errors.js';
import { isLoopback } from '../core/loopback.js';
import { nearest } from '../core/nearest.js';
import { PROVIDERS } from '../upstream/providers.js';
import type { YamlFile } from '../yaml/yaml-file.js';
import { resolveAliases } from './aliases.js';
import { providerFault } from './providers.js';
import type { ParsedConfig } from './schema.js';

/** The sections of a configuration that are valid by themselves. */
export type ValidSections = Partial<ParsedConfig>;

// 16 random characters out of 64 have 96 bits of entropy: infeasible to guess over a network.
const SHORT_KEY_CHARS = 16;

/** Checks combinations of options that are each valid by themselves. */
export function crossCheck(file: YamlFile, sections: ValidSections): readonly Fault[] {
  return [
    ...providerFaults(file, sections),
    ...repeatedModels(file, sections),
    ...hostFaults(file, sections),
    ...aliasFaults(file, sections),
    ...keyFaults(file, sections.keys ?? []),
    ...exposureFaults(file, sections),
    ...timeoutFaults(file, sections),
  ];
}

function providerFaults(file: YamlFile, { providers }: ValidSections): Fault[] {
  if (providers === undefined) return [];
  const used = Object.entries(providers).filter(([, settings]) => settings.enabled);
  // A faulty provider is missing from the valid sections, but still counts.
  if (used.length === 0 && !hasFaultyProvider(file, providers)) {
    const message = 'no provider is enabled, so no model can be reached.';
    return [file.faultAtKey(['providers'], message, 'warning')];
  }
  return used.flatMap(([name, settings]) => {
    const why = providerFault(name, settings);
    return why === null ? [] : [file.faultAtKey(['providers', name], why)];
  });
}

/** Models that a provider lists twice, ignoring case. */
function repeatedModels(file: YamlFile, { providers = {} }: ValidSections): Fault[] {
  return Object.entries(providers).flatMap(([name, { models }]) => {
    const ids = models.map((model) => `${name}/${model}`.toLowerCase());
    return ids.flatMap((id, i) => {
      const first = ids.indexOf(id);
      if (first === i) return [];
      const at = `"providers.${name}.models`;
      const message = `${at}[${i}]" has the same name as ${at}[${first}]": ${id}.`;
      return [file.fault(['providers', name, 'models', i], message, 'warning')];
    });
  });
}

/** Hosts of models at unknown providers, in a file that has a `providers` section. */
function hostFaults(file: YamlFile, { models = {} }: ValidSections): Fault[] {
  const { providers } = file.value as { providers?: object };
  if (providers === undefined) return [];
  const known = [...Object.keys(providers), ...PROVIDERS.map(({ name }) => name)];
  return Object.entries(models).flatMap(([id, { hosts = [] }]) =>
    hosts.flatMap(({ provider }, i) => {
      if (known.includes(provider)) return [];
      const hint = nearest(provider, known);
      const message =
        `unknown provider "${provider}": it is neither under "providers" nor one that Suffice knows` +
        (hint === null ? '.' : `; did you mean "${hint}"?`);
      return [file.fault(['models', id, 'hosts', i, 'provider'], message, 'warning')];
    }),
  );
}

function hasFaultyProvider(file: YamlFile, sound: object): boolean {
  const { providers } = file.value as { providers?: object };
  return Object.keys(providers ?? {}).length > Object.keys(sound).length;
}

function aliasFaults(file: YamlFile, { aliases = {}, models = {} }: ValidSections): Fault[] {
  const cycles = resolveAliases(aliases).cycles.map((cycle) =>
    file.fault(
      ['aliases', cycle[0] ?? ''],
      `alias "${cycle[0] ?? ''}" leads back to itself: ${cycle.join(' → ')}.`,
    ),
  );
  const hiding = Object.keys(aliases).flatMap((name) => {
    const hidden = name === 'auto' ? 'policy' : Object.hasOwn(models, name) ? 'model' : null;
    if (hidden === null) return [];
    const message = `alias "${name}" hides the ${hidden} of the same name.`;
    return [file.faultAtKey(['aliases', name], message, 'warning')];
  });
  return [...cycles, ...hiding];
}

function keyFaults(file: YamlFile, keys: ParsedConfig['keys']): Fault[] {
  const firstWith = new Map<string, number>();
  return keys.flatMap(({ key }, i) => {
    const path = ['keys', i, 'key'];
    const first = firstWith.get(key);
    if (first !== undefined) {
      const message = `"keys[${i}].key" is the same key as "keys[${first}].key".`;
      return [file.fault(path, message)];
    }
    firstWith.set(key, i);
    if (key.length >= SHORT_KEY_CHARS) return [];
    const message = `"keys[${i}].key" is shorter than ${SHORT_KEY_CHARS} characters and can be guessed.`;
    return [file.fault(path, message, 'warning')];
  });
}

function exposureFaults(file: YamlFile, { server, keys }: ValidSections): Fault[] {
  if (server === undefined || keys === undefined) return [];
  if (keys.length > 0 || isLoopback(server.host)) return [];
  const message = `anyone who can reach ${server.host} may use this gateway; set "keys".`;
  return [file.fault(['server', 'host'], message, 'warning')];
}

function timeoutFaults(file: YamlFile, { server, timeouts }: ValidSections): Fault[] {
  const faults: Fault[] = [];
  if (server !== undefined && server.headerTimeoutMs > server.bodyTimeoutMs) {
    const setting = file.has(['server', 'body_timeout_ms'])
      ? 'body_timeout_ms'
      : 'header_timeout_ms';
    const message =
      `"server.header_timeout_ms" (${server.headerTimeoutMs}) must be at most ` +
      `"server.body_timeout_ms" (${server.bodyTimeoutMs}), which covers the headers too.`;
    faults.push(file.fault(['server', setting], message));
  }
  if (timeouts === undefined) return faults;
  const parts = { connect_ms: timeouts.connectMs, first_byte_ms: timeouts.firstByteMs };
  for (const [name, ms] of Object.entries(parts)) {
    if (ms <= timeouts.totalMs) continue;
    const setting = file.has(['timeouts', name]) ? name : 'total_ms';
    const message =
      `"timeouts.${name}" (${ms}) is more than "timeouts.total_ms" ` +
      `(${timeouts.totalMs}), so it never applies.`;
    faults.push(file.fault(['timeouts', setting], message, 'warning'));
  }
  return faults;
}
