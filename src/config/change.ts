import type { Fault } from '../core/errors.js';
import { isLoopback } from '../core/loopback.js';
import { SIMULATION } from '../upstream/providers.js';
import type { SourcedConfig } from './source.js';

/**
 * What a running gateway has against another configuration, sound though it is in itself.
 *
 * A file that was emptied, or of which only the first half has arrived, is often a sound one, and what
 * it leaves out has defaults that admit everybody. At a start that is what a file of few words asks for;
 * at a reload nobody may have meant it, so that it has to be written out.
 *
 * @returns errors for what is not to be taken over, warnings for what opens the gateway by plain words
 */
export function faultsOfChange(previous: SourcedConfig, next: SourcedConfig): readonly Fault[] {
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
      `"keys" is gone, so everybody who can reach ${server.host} would be admitted; ` +
      'if you intend that, write "keys: []" or restart the gateway.';
    return [next.fault(['keys'], message)];
  }
  // Elsewhere the configuration's own checks warn of an open gateway, whether it was one before or not.
  if (!isLoopback(server.host)) return [];
  return [
    next.fault(
      ['keys'],
      'keys are no longer required: everybody who can reach this gateway is admitted.',
      'warning',
    ),
  ];
}
