import type { Fault } from '../core/errors.js';
import { isLoopback } from '../core/loopback.js';
import { SIMULATION } from '../upstream/providers.js';
import type { SourcedConfig } from './source.js';

/**
 * Why a valid configuration should not replace the one in force.
 *
 * A file that was emptied, or only half written, is often valid, and the defaults for what is missing
 * admit everybody. At startup a short file asks for these defaults; at a reload they are probably not
 * intended, so they must be stated explicitly.
 *
 * @returns errors for changes that are refused, warnings for explicit changes that open the gateway
 */
export function reloadFaults(previous: SourcedConfig, next: SourcedConfig): readonly Fault[] {
  if (next.file !== null && next.sections.size === 0 && previous.sections.size > 0) {
    const message = 'the file contains no settings; if you intend that, restart the gateway.';
    return [next.fault([], message)];
  }
  return [...simulationFaults(previous, next), ...openingFaults(previous, next)];
}

function simulationFaults(previous: SourcedConfig, next: SourcedConfig): Fault[] {
  const lost = realProviders(previous);
  if (next.sections.has('providers') || lost.length === 0 || realProviders(next).length > 0) {
    return [];
  }
  const message =
    `no provider is left, so simulated models would answer in place of ${lost.join(', ')}; ` +
    `if you intend that, write "providers: { ${SIMULATION}: {} }" or restart the gateway.`;
  return [next.fault(['providers'], message)];
}

function realProviders({ config }: SourcedConfig): readonly string[] {
  return Object.entries(config.providers).flatMap(([name, { enabled }]) =>
    enabled && name !== SIMULATION ? [name] : [],
  );
}

function openingFaults(previous: SourcedConfig, next: SourcedConfig): Fault[] {
  const { keys, server } = next.config;
  if (previous.config.keys.length === 0 || keys.length > 0) return [];
  if (!next.sections.has('keys')) {
    const message =
      `"keys" is missing, so anyone who can reach ${server.host} would be admitted; ` +
      'if you intend that, write "keys: []" or restart the gateway.';
    return [next.fault(['keys'], message)];
  }
  // For other hosts, `crossCheck` warns of an open gateway, whether or not it was open before.
  if (!isLoopback(server.host)) return [];
  return [
    next.fault(
      ['keys'],
      'keys are no longer required: anyone who can reach this gateway is admitted.',
      'warning',
    ),
  ];
}
