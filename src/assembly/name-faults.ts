import type { SourcedConfig } from '../config/source.js';
import type { Fault } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import type { Setup } from '../request/setup.js';

/**
 * Finds names in a configuration that do not resolve.
 *
 * @returns errors for unknown names, warnings for aliases of known models that no configured provider serves
 */
export function nameFaults({ config, fault }: SourcedConfig, setup: Setup): readonly Fault[] {
  const aliases = Object.keys(config.aliases).flatMap((name) => {
    const missing = setup.whyUnresolved(name);
    if (missing === null) return [];
    const severity = missing.isKnown ? 'warning' : 'error';
    return [fault(['aliases', name], `${missing.why}${missing.hint}`, severity)];
  });
  const { policies } = setup.router;
  const overrides = Object.keys(config.cache.policies)
    .filter((name) => !policies.includes(name))
    .map((name) => {
      const hint = nearest(name, policies);
      const question = hint === null ? '.' : `; did you mean "${hint}"?`;
      return fault(['cache', 'policies', name], `there is no policy "${name}"${question}`);
    });
  return [...aliases, ...overrides];
}
