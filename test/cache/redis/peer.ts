import { AnswerStore } from '../../../src/cache/answer-store.js';
import type { LoadedAnswer } from '../../../src/cache/cached-answer.js';
import type { RedisSettings } from '../../../src/cache/redis/connection.js';
import type { FetchResult } from '../../../src/cache/redis/payload-fetcher.js';
import { SharedAnswers } from '../../../src/cache/redis/shared-answers.js';
import { systemClock, type Clock } from '../../../src/core/clock.js';
import { keptAnswer } from '../kept.js';

/** One of several processes that share answers. */
export interface Peer {
  readonly store: AnswerStore;
  readonly shared: SharedAnswers;
  readonly states: string[];
  /** The reasons why Redis was unavailable, in order. */
  readonly reasons: string[];
  readonly fetches: FetchResult[];
}

/** @param more - at least `place` */
export function openPeer(
  origin: string,
  more: Partial<RedisSettings> & Pick<RedisSettings, 'place'>,
  clock: Clock = systemClock,
): Peer {
  const store = new AnswerStore(10_000_000, clock);
  const [states, reasons, fetches]: [string[], string[], FetchResult[]] = [[], [], []];
  const known = { username: null, password: null, tls: null, prefix: 'p', logEntries: 1_000 };
  const shared = new SharedAnswers({
    // Long enough for a busy machine: a timeout counts as an outage.
    settings: { ...known, timeoutMs: 2_000, ...more },
    store,
    clock,
    origin,
    defer: (work) => setImmediate(work),
    onState: (error) => {
      states.push(error === null ? 'available' : 'unavailable');
      if (error !== null) reasons.push((error as Error).message);
    },
    onFetch: (result) => fetches.push(result),
  });
  return { store, shared, states, reasons, fetches };
}

const HOUR_MS = 3_600_000;

/** An answer stored just now. Its text contains the key, so that a mix-up shows. */
export function fresh(key: string, more: Partial<LoadedAnswer> = {}): LoadedAnswer {
  const nowMs = Date.now();
  return keptAnswer(key, { storedAtMs: nowMs, expiresAtMs: nowMs + HOUR_MS, ...more });
}

/** Less than a test has, so that it ends what it began. */
const PATIENCE_MS = 25_000;

/** @throws {Error} it does not come to hold in time */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error(`not in time: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The answer of a key, stored or fetched by a process. */
export async function fetchFrom(
  { store, shared }: Peer,
  key: string,
  budgetMs: number,
): Promise<LoadedAnswer | null> {
  const answer = store.peek(key);
  if (answer === undefined) throw new Error(`${key} is not known`);
  return shared.fetch(answer, budgetMs);
}

/** The text that a process would serve, with enough time to fetch it. */
export async function textOf(peer: Peer, key: string): Promise<string | null> {
  const held = await fetchFrom(peer, key, 1_000);
  return held?.payload.form === 'whole' ? held.payload.body.toString() : null;
}
