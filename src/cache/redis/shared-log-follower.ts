import type { Clock } from '../../core/clock.js';
import { CLOCK_SKEW_MS, type AnswerStore } from '../answer-store.js';
import type { RedisCommand, RedisConnection } from './connection.js';
import { isOutOfMemoryError } from './redis-errors.js';
import {
  parseXrange,
  parseXread,
  encodeEvent,
  type LoggedEvent,
  type ControlEvent,
} from './shared-log.js';
import { MAX_LOGGED_PURGES, type SharedAnswersKeys } from './shared-keys.js';
import { scanHeads } from './shared-scan.js';

/** What following the shared log works with. */
export interface SharedLogFollowerParts {
  readonly store: AnswerStore;
  readonly clock: Clock;
  readonly keys: SharedAnswersKeys;
  /** A connection for blocking reads, behind which no other command waits. */
  readonly reader: RedisConnection;
  readonly writer: RedisConnection;
  /** Identifies this process. */
  readonly origin: string;
  /** Resolves when the event loop is free. */
  readonly pause: () => Promise<void>;
  /** Called with keys of purged answers, which this process or Redis itself may have put back since. */
  readonly onPurged: (keys: readonly string[]) => void;
}

/** How far the logs were read, and in which epoch of the server. */
interface Position {
  readonly epoch: string;
  log: string;
  purges: string;
}

const BLOCK_MS = 2_000;
/** Entries per read; indexing a question takes up to a tenth of a millisecond. */
const EVENTS_PER_READ = 16;
const PURGES_PER_READ = 500;
/** How often a connected Redis is checked for lost data. */
const CHECK_INTERVAL_MS = 2_000;

/**
 * Applies what other processes store and purge to a store, by reading logs in Redis.
 *
 * Purges have a log of their own, so that a flood of answers does not trim it.
 */
export class SharedLogFollower {
  readonly #parts: SharedLogFollowerParts;
  #position: Position | null = null;
  #joins = 0;
  /** Id of the last entry that this process added to the log of purges. */
  #lastPublished: string | null = null;
  #nextCheckMs = 0;

  constructor(parts: SharedLogFollowerParts) {
    this.#parts = parts;
  }

  /**
   * Makes sure that nothing is missed between the last read and the next one: continues where it was, or scans all
   * answers.
   *
   * @returns whether all answers had to be scanned
   */
  async join(): Promise<boolean> {
    const { writer, keys, origin, store, pause, onPurged } = this.#parts;
    // A new name each time, so that two epochs never have the same.
    this.#joins += 1;
    const epoch = await this.#epoch(`${origin} ${this.#joins}`);
    const before = this.#position;
    const lost = before === null ? 'all' : await this.#missedSince(before, epoch);
    if (lost === 'nothing') return false;
    // Unknown purges were missed, so no answer can be trusted.
    if (lost === 'purges') store.discard();
    const lastPublished = this.#lastPublished;
    const position = {
      epoch,
      log: await this.#anchor(keys.log),
      purges: await this.#anchor(keys.purges),
    };
    await this.#applyPurges(position.purges);
    const repeated = lost === 'memory' ? await this.#repeatPurges() : null;
    for await (const answers of scanHeads(writer, keys)) {
      onPurged(answers.filter((answer) => store.isPurged(answer)).map(({ key }) => key));
      for (const answer of answers) store.addShared(answer);
      await pause();
    }
    this.#position = position;
    if (this.#lastPublished === lastPublished) this.#lastPublished = repeated;
    return true;
  }

  /** Publishes a purge, or the drop of a wrong answer, to the other processes. */
  async publish(event: ControlEvent): Promise<void> {
    this.#lastPublished = await this.#append(this.#parts.keys.purges, event);
  }

  /**
   * Applies the next entries, or waits for them for up to two seconds. Call `join` first.
   *
   * @throws {Error} if Redis is unavailable, has lost its data, or has become read-only: join again
   */
  async read(): Promise<void> {
    const { reader, keys, clock, pause } = this.#parts;
    const position = this.#position;
    if (position === null) throw new Error('not joined');
    const command: RedisCommand = [
      ...(['XREAD', 'COUNT', EVENTS_PER_READ, 'BLOCK', BLOCK_MS, 'STREAMS'] as const),
      ...[keys.log, keys.purges, position.log, position.purges],
    ];
    for (const logged of parseXread(await reader.send(command, BLOCK_MS))) {
      this.#apply(logged);
      if (logged.stream === keys.log) position.log = logged.id;
      else position.purges = logged.id;
    }
    if (clock.now() >= this.#nextCheckMs) await this.#checkEpoch(position);
    await pause();
  }

  /** Detects lost data or a replica, of which a connected client is not notified. */
  async #checkEpoch({ epoch }: Position): Promise<void> {
    const { reader, writer, keys, clock } = this.#parts;
    this.#nextCheckMs = clock.now() + CHECK_INTERVAL_MS;
    const [current] = await Promise.all([
      reader.send(['GET', keys.epoch]),
      // A write that hardly ever does anything: a full server accepts it, a replica refuses it.
      writer.send(['XTRIM', keys.purges, 'MAXLEN', '~', MAX_LOGGED_PURGES]),
    ]);
    if (String(current) !== epoch) throw new Error('Redis has lost its data');
  }

  /**
   * Which entries since the last read are lost.
   *
   * - `answers`: the log was trimmed past the last entry that was read.
   * - `purges`: so was the log of purges, which is long.
   * - `memory`: the server has lost its data, or was restored from a backup; purges may be lost, too, and the processes
   *   that remember them repeat them.
   */
  async #missedSince(
    position: Position,
    epoch: string,
  ): Promise<'nothing' | 'answers' | 'purges' | 'memory'> {
    const { keys } = this.#parts;
    if (epoch !== position.epoch) return 'memory';
    const hasPurge = await this.#has(keys.purges, position.purges);
    if (hasPurge && (await this.#isPublishedLost(position))) return 'memory';
    if (hasPurge) return (await this.#has(keys.log, position.log)) ? 'nothing' : 'answers';
    // A log is trimmed at its start: if that is older than this entry, the entry was not trimmed but lost.
    const [first] = await this.#range(['XRANGE', keys.purges, '-', '+', 'COUNT', 1]);
    return first === undefined || isBefore(first.id, position.purges) ? 'memory' : 'purges';
  }

  /** Whether the last entry that this process has published, and not read back yet, is lost. */
  async #isPublishedLost(position: Position): Promise<boolean> {
    const id = this.#lastPublished;
    if (id === null || !isBefore(position.purges, id)) return false;
    return !(await this.#has(this.#parts.keys.purges, id));
  }

  /** The server's epoch. @param name - for a new epoch, if it has none */
  async #epoch(name: string): Promise<string> {
    const { writer, keys } = this.#parts;
    const oom = await writer.send(['SET', keys.epoch, name, 'NX']).then(() => null, oomOrThrow);
    const epoch = await writer.send(['GET', keys.epoch]);
    if (epoch === null && oom !== null) throw oom;
    return String(epoch);
  }

  /** An entry to continue from: a new one, or the last one if Redis is full. @returns its id */
  async #anchor(stream: string): Promise<string> {
    const added = await this.#append(stream, { kind: 'hello' }).catch(oomOrThrow);
    if (typeof added === 'string') return added;
    const [last] = await this.#range(['XREVRANGE', stream, '+', '-', 'COUNT', 1]);
    if (last === undefined) throw added;
    return last.id;
  }

  async #has(stream: string, id: string): Promise<boolean> {
    return (await this.#range(['XRANGE', stream, id, id])).length > 0;
  }

  async #range(command: readonly ['XRANGE' | 'XREVRANGE', string, ...(string | number)[]]) {
    return parseXrange(command[1], await this.#parts.writer.send(command));
  }

  /** @returns the id of the entry */
  async #append(stream: string, event: ControlEvent): Promise<string> {
    const { writer, keys, origin } = this.#parts;
    const maxLength = stream === keys.log ? keys.logEntries : MAX_LOGGED_PURGES;
    const fields = encodeEvent(origin, event);
    return String(await writer.send(['XADD', stream, 'MAXLEN', '~', maxLength, '*', ...fields]));
  }

  async #applyPurges(until: string): Promise<void> {
    const { keys } = this.#parts;
    let from = '-';
    for (;;) {
      const found = await this.#range([
        'XRANGE',
        keys.purges,
        from,
        until,
        'COUNT',
        PURGES_PER_READ,
      ]);
      for (const one of found) this.#apply(one);
      const last = found.at(-1);
      if (last === undefined || found.length < PURGES_PER_READ) return;
      from = `(${last.id}`;
    }
  }

  /** @returns the id of the last one; `null` if there is none to repeat */
  async #repeatPurges(): Promise<string | null> {
    const { store, keys } = this.#parts;
    let last: string | null = null;
    for (const purge of store.recentPurges) {
      last = await this.#append(keys.purges, { kind: 'purge', purge });
    }
    return last;
  }

  #apply({ origin, event }: LoggedEvent): void {
    const { store, onPurged } = this.#parts;
    if (event === null || origin === this.#parts.origin) return;
    switch (event.kind) {
      case 'kept':
        store.addShared(event.answer);
        return;
      case 'dropped':
        store.applyDrop(event);
        return;
      case 'purge': {
        const { filter, atMs } = event.purge;
        // Including answers that were requested up to five seconds later.
        const purged = store.purge(filter, { atMs, slackMs: CLOCK_SKEW_MS });
        onPurged(purged.map(({ key }) => key));
        return;
      }
      case 'hello':
    }
  }
}

/** Returns the error of a server that is out of memory; rethrows any other. */
function oomOrThrow(error: unknown): Error {
  if (error instanceof Error && isOutOfMemoryError(error)) return error;
  throw error;
}

/** Whether an entry id (`milliseconds-sequence`) comes before another. */
function isBefore(id: string, other: string): boolean {
  const [ms = 0, sequence = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherSequence = 0] = other.split('-').map(Number);
  return ms === otherMs ? sequence < otherSequence : ms < otherMs;
}
