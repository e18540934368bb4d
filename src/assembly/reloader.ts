import { FaultyFileError, formatFault } from '../core/errors.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { AssemblyHooks } from './assemble.js';
import {
  load,
  needsRestart,
  revisions,
  warningsOf,
  type AppOptions,
  type InForce,
  type WillRead,
} from './in-force.js';

/** What reloading takes. */
export interface ReloaderParts {
  readonly options: AppOptions;
  readonly hooks: AssemblyHooks;
  readonly metrics: Metrics;
  /** Something else is in force. */
  readonly onReplaced: () => void;
}

/** Holds what is in force, and puts what the files say now in its place. */
export class Reloader {
  readonly #parts: ReloaderParts;
  #inForce: InForce;
  #refused: readonly string[] = [];
  #reloaded: Promise<boolean> = Promise.resolve(true);

  constructor(parts: ReloaderParts, first: InForce) {
    this.#parts = parts;
    this.#inForce = first;
  }

  get inForce(): InForce {
    return this.#inForce;
  }

  /** Why what the files say now is not in force; empty if it is. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  /**
   * Reads everything anew and puts it in force.
   *
   * Anything faulty changes nothing: what was in force stays, and log and metric say so.
   *
   * @param willRead - told of the files that the new configuration names before they are read
   * @returns whether the new state is in force; never rejects
   */
  reload(willRead?: WillRead): Promise<boolean> {
    // One after the other: of two at a time the one that read first could come out on top.
    this.#reloaded = this.#reloaded.then(() => this.#reload(willRead));
    return this.#reloaded;
  }

  async #reload(willRead?: WillRead): Promise<boolean> {
    const { options, hooks } = this.#parts;
    try {
      this.#putInForce(await load(options, hooks, this.#inForce, willRead));
      return true;
    } catch (error) {
      this.#refuse(error);
      return false;
    }
  }

  #putInForce(next: InForce): void {
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
      'host, port, header limits, time limits of requests and idle connections, decisions.keep, adaptation and where and how much is cached change with a restart only',
    );
  }

  /** Whatever kept a new state from being loaded, a running gateway goes on with the old one. */
  #refuse(error: unknown): void {
    const { metrics, options } = this.#parts;
    const isFaulty = error instanceof FaultyFileError;
    this.#refused = isFaulty ? error.faults.map(formatFault) : [String(error)];
    metrics.configStale.set(1);
    metrics.reloads.inc({ result: 'refused' });
    options.log.error(
      { faults: this.#refused, ...(!isFaulty && { err: error }) },
      'reload refused; what was in force stays in force',
    );
  }
}
