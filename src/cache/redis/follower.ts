import type { Clock } from '../../core/clock.js';
import { CLOCK_SKEW_MS, type AnswerStore } from '../answer-store.js';
import type { RedisCommand, RedisConnection } from './connection.js';
import { isOfFull } from './refusals.js';
import {
  eventsRanged,
  eventsRead,
  fieldsOf,
  type LoggedEvent,
  type WordlessEvent,
} from './shared-log.js';
import { KEPT_PURGES, type SharedAnswersKeys } from './shared-keys.js';
import { scanHeads } from './shared-scan.js';

/** What following others takes. */
export interface FollowerParts {
  readonly store: AnswerStore;
  readonly clock: Clock;
  readonly keys: SharedAnswersKeys;
  /** Waits on its own for what comes next, so that nothing else has to wait behind it. */
  readonly reader: RedisConnection;
  readonly writer: RedisConnection;
  /** Tells this process from others. */
  readonly origin: string;
  /** Resolves when no request waits for the loop. */
  readonly pause: () => Promise<void>;
  /** Answers of these keys were purged, and may have been put back since, by this process or by Redis itself. */
  readonly onPurged: (keys: readonly string[]) => void;
}

/** Up to where the logs were read, and in which life of the server. */
interface Place {
  readonly epoch: string;
  log: string;
  purges: string;
}

const BLOCK_MS = 2_000;
/** Taken in at once; reading a question takes up to a tenth of a millisecond. */
const EVENTS_AT_ONCE = 16;
const PURGES_AT_ONCE = 500;
/** How often Redis is looked at that has not cut anybody off. */
const LOOK_EVERY_MS = 2_000;

/**
 * Has a store know what other processes keep and purge.
 *
 * Purges have a log of their own, which a flood of answers does not shorten.
 */
export class Follower {
  readonly #parts: FollowerParts;
  #place: Place | null = null;
  #joins = 0;
  /** What this process told last of purges. */
  #told: string | null = null;
  #nextLookMs = 0;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /**
   * Makes sure that nothing is missed between what was read last and what is read next: goes on where it
   * was, or looks through all answers.
   *
   * @returns whether all answers had to be looked through
   */
  async join(): Promise<boolean> {
    const { writer, keys, origin, store, pause, onPurged } = this.#parts;
    // Another name each time: what two lives are called alike cannot be told apart.
    this.#joins += 1;
    const epoch = await this.#epoch(`${origin} ${this.#joins}`);
    const before = this.#place;
    const missed = before === null ? 'all' : await this.#missedSince(before, epoch);
    if (missed === 'nothing') return false;
    // More was purged meanwhile than anybody knows: nothing of before is to be trusted.
    if (missed === 'purges') store.forget();
    const told = this.#told;
    const place = {
      epoch,
      log: await this.#enter(keys.log),
      purges: await this.#enter(keys.purges),
    };
    await this.#hearPurges(place.purges);
    const repeated = missed === 'memory' ? await this.#repeatPurges() : null;
    for await (const answers of scanHeads(writer, keys)) {
      onPurged(answers.filter((answer) => store.isPurged(answer)).map(({ key }) => key));
      for (const answer of answers) store.adopt(answer);
      await pause();
    }
    this.#place = place;
    if (this.#told === told) this.#told = repeated;
    return true;
  }

  /** Tells the others of a purge, or of a single answer that was wrong. */
  async tell(event: WordlessEvent): Promise<void> {
    this.#told = await this.#leave(this.#parts.keys.purges, event);
  }

  /**
   * Takes in what comes next, or waits for it for some seconds. Call `join` first.
   *
   * @throws {Error} if Redis is away, has forgotten everything, or takes no changes any more: join again
   */
  async read(): Promise<void> {
    const { reader, keys, clock, pause } = this.#parts;
    const place = this.#place;
    if (place === null) throw new Error('not joined');
    const command: RedisCommand = [
      ...(['XREAD', 'COUNT', EVENTS_AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS'] as const),
      ...[keys.log, keys.purges, place.log, place.purges],
    ];
    for (const logged of eventsRead(await reader.send(command, BLOCK_MS))) {
      this.#take(logged);
      if (logged.stream === keys.log) place.log = logged.id;
      else place.purges = logged.id;
    }
    if (clock.now() >= this.#nextLookMs) await this.#look(place);
    await pause();
  }

  /** Finds out what nobody is told who stays connected. */
  async #look({ epoch }: Place): Promise<void> {
    const { reader, writer, keys, clock } = this.#parts;
    this.#nextLookMs = clock.now() + LOOK_EVERY_MS;
    const [there] = await Promise.all([
      reader.send(['GET', keys.epoch]),
      // Hardly ever does anything; a server that is full takes it, and one that has become a replica does not.
      writer.send(['XTRIM', keys.purges, 'MAXLEN', '~', KEPT_PURGES]),
    ]);
    if (String(there) !== epoch) throw new Error('Redis has forgotten all that was in it');
  }

  /**
   * What cannot be read any more of what was told since.
   *
   * - `answers`: the log was cut behind what was read last.
   * - `purges`: so was the log of purges, which is long.
   * - `memory`: the server has begun anew, or gone back to what a copy of it knew; purges may be among
   *   what it has forgotten, and whoever remembers them repeats them.
   */
  async #missedSince(
    place: Place,
    epoch: string,
  ): Promise<'nothing' | 'answers' | 'purges' | 'memory'> {
    const { keys } = this.#parts;
    if (epoch !== place.epoch) return 'memory';
    const isPurgeThere = await this.#has(keys.purges, place.purges);
    if (isPurgeThere && (await this.#isToldLost(place))) return 'memory';
    if (isPurgeThere) return (await this.#has(keys.log, place.log)) ? 'nothing' : 'answers';
    // A log is cut at its beginning: where that is still what it was, this entry has never been there.
    const [first] = await this.#range(['XRANGE', keys.purges, '-', '+', 'COUNT', 1]);
    return first === undefined || isBefore(first.id, place.purges) ? 'memory' : 'purges';
  }

  /** Whether what this process told, and has not read itself yet, is not to be read by anybody. */
  async #isToldLost(place: Place): Promise<boolean> {
    const told = this.#told;
    if (told === null || !isBefore(place.purges, told)) return false;
    return !(await this.#has(this.#parts.keys.purges, told));
  }

  /** The life of the server. @param name - of this one, if it has none yet */
  async #epoch(name: string): Promise<string> {
    const { writer, keys } = this.#parts;
    const refused = await writer.send(['SET', keys.epoch, name, 'NX']).then(() => null, ifFull);
    const epoch = await writer.send(['GET', keys.epoch]);
    if (epoch === null && refused !== null) throw refused;
    return String(epoch);
  }

  /** Something to go on from: an entry of its own, or the last one where there is no memory for more. @returns its id */
  async #enter(stream: string): Promise<string> {
    const left = await this.#leave(stream, { kind: 'hello' }).catch(ifFull);
    if (typeof left === 'string') return left;
    const [last] = await this.#range(['XREVRANGE', stream, '+', '-', 'COUNT', 1]);
    if (last === undefined) throw left;
    return last.id;
  }

  async #has(stream: string, id: string): Promise<boolean> {
    return (await this.#range(['XRANGE', stream, id, id])).length > 0;
  }

  async #range(command: readonly ['XRANGE' | 'XREVRANGE', string, ...(string | number)[]]) {
    return eventsRanged(command[1], await this.#parts.writer.send(command));
  }

  /** @returns the id of the entry */
  async #leave(stream: string, event: WordlessEvent): Promise<string> {
    const { writer, keys, origin } = this.#parts;
    const most = stream === keys.log ? keys.logEntries : KEPT_PURGES;
    const fields = fieldsOf(origin, event);
    return String(await writer.send(['XADD', stream, 'MAXLEN', '~', most, '*', ...fields]));
  }

  async #hearPurges(until: string): Promise<void> {
    const { keys } = this.#parts;
    let from = '-';
    for (;;) {
      const found = await this.#range([
        'XRANGE',
        keys.purges,
        from,
        until,
        'COUNT',
        PURGES_AT_ONCE,
      ]);
      for (const one of found) this.#take(one);
      const last = found.at(-1);
      if (last === undefined || found.length < PURGES_AT_ONCE) return;
      from = `(${last.id}`;
    }
  }

  /** @returns the id of the last one */
  async #repeatPurges(): Promise<string | null> {
    const { store, keys } = this.#parts;
    let last: string | null = null;
    for (const purge of store.recentPurges) {
      last = await this.#leave(keys.purges, { kind: 'purge', purge });
    }
    return last;
  }

  #take({ origin, event }: LoggedEvent): void {
    const { store, onPurged } = this.#parts;
    if (event === null || origin === this.#parts.origin) return;
    switch (event.kind) {
      case 'kept':
        store.adopt(event.answer);
        return;
      case 'dropped':
        store.dropToo(event);
        return;
      case 'purge': {
        const { filter, atMs } = event.purge;
        // What was asked so soon after it goes as well.
        const purged = store.purge(filter, { atMs, slackMs: CLOCK_SKEW_MS });
        onPurged(purged.map(({ key }) => key));
        return;
      }
      case 'hello':
    }
  }
}

/** What a full server has refused; anything else is thrown on. */
function ifFull(error: unknown): Error {
  if (error instanceof Error && isOfFull(error)) return error;
  throw error;
}

/** Whether an entry's id (`milliseconds-number`) comes before another. */
function isBefore(id: string, other: string): boolean {
  const [ms = 0, count = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherCount = 0] = other.split('-').map(Number);
  return ms === otherMs ? count < otherCount : ms < otherMs;
}
