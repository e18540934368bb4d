import type { SourcedConfig } from '../config/source.js';
import type { Fault } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import type { Setup } from '../request/setup.js';

/**
 * Names in a configuration that stand for nothing.
 *
 * @returns errors for names that nothing has, warnings for aliases of models that no provider here serves
 */
export function nameFaults({ config, fault }: SourcedConfig, setup: Setup): readonly Fault[] {
  const aliases = Object.keys(config.aliases).flatMap((name) => {
    const missing = setup.missing(name);
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
