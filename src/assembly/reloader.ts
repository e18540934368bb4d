import { FaultyFileError, formatFault } from '../core/errors.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { AssemblyHooks } from './assemble.js';
import {
  loadConfig,
  needsRestart,
  revisions,
  warningsOf,
  type AppOptions,
  type ActiveConfig,
  type WillRead,
} from './active-config.js';

/** Dependencies of the reloader. */
export interface ReloaderParts {
  readonly options: AppOptions;
  readonly hooks: AssemblyHooks;
  readonly metrics: Metrics;
  /** Called after another configuration has become active. */
  readonly onReplaced: () => void;
}

/** Holds the active configuration, and replaces it on reload. */
export class Reloader {
  readonly #parts: ReloaderParts;
  #inForce: ActiveConfig;
  #refused: readonly string[] = [];
  #reloaded: Promise<boolean> = Promise.resolve(true);

  constructor(parts: ReloaderParts, first: ActiveConfig) {
    this.#parts = parts;
    this.#inForce = first;
  }

  get inForce(): ActiveConfig {
    return this.#inForce;
  }

  /** The errors for which the last reload was refused; empty if it was not. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  /**
   * Loads everything anew and makes it active.
   *
   * Any error leaves the active configuration in force, and log and metric say so.
   *
   * @param willRead - called with the files that the new configuration names before they are read
   * @returns whether the new configuration is in force; never rejects
   */
  reload(willRead?: WillRead): Promise<boolean> {
    // Serialised: of two at a time the one that read the older files could win.
    this.#reloaded = this.#reloaded.then(() => this.#reload(willRead));
    return this.#reloaded;
  }

  async #reload(willRead?: WillRead): Promise<boolean> {
    const { options, hooks } = this.#parts;
    try {
      this.#activate(await loadConfig(options, hooks, this.#inForce, willRead));
      return true;
    } catch (error) {
      this.#refuse(error);
      return false;
    }
  }

  #activate(next: ActiveConfig): void {
    const { metrics, onReplaced, options } = this.#parts;
    const { log } = options;
    const previous = this.#inForce;
    this.#inForce = next;
    previous.assembly.setup.retire();
    onReplaced();
    log.level = next.sourced.config.log.level;
    this.#refused = [];
    metrics.configStale.set(0);
    metrics.resting.set(0);
    metrics.reloads.inc({ result: 'ok' });
    log.info({ ...revisions(next), warnings: warningsOf(next) }, 'reloaded');
    if (!needsRestart(previous.sourced.config, next.sourced.config)) return;
    log.warn(
      'changes to host, port, header limits, time limits of requests and idle connections, decisions.keep, adaptation, and the location and size of the cache take effect only after a restart',
    );
  }

  /** Whatever went wrong, a running gateway continues with the old configuration. */
  #refuse(error: unknown): void {
    const { metrics, options } = this.#parts;
    const isFaulty = error instanceof FaultyFileError;
    this.#refused = isFaulty ? error.faults.map(formatFault) : [String(error)];
    metrics.configStale.set(1);
    metrics.reloads.inc({ result: 'refused' });
    options.log.error(
      { faults: this.#refused, ...(!isFaulty && { err: error }) },
      'reload refused; the previous configuration stays in force',
    );
  }
}
