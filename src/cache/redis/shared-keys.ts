import type { RedisSettings } from './connection.js';

/** What things are called in Redis. Another version of what is written there has other names. */
export interface SharedAnswersKeys {
  /** What was kept, the latest `logEntries` of it. */
  readonly log: string;
  readonly logEntries: number;
  /** What was purged. */
  readonly purges: string;
  /** Names the life of the server: it goes when the server forgets. */
  readonly epoch: string;
  /** Begins the names of all answers. */
  readonly answers: string;
}

/** Purges that are remembered: who has missed more forgets everything. */
export const KEPT_PURGES = 10_000;

/**
 * The names under a prefix.
 *
 * Logs are read together, so in a cluster they have to be in one slot: what is in braces decides on it.
 * Answers are read one by one, and spread over all slots.
 */
export function sharedKeys({
  prefix,
  logEntries,
}: Pick<RedisSettings, 'prefix' | 'logEntries'>): SharedAnswersKeys {
  const [logs, answers] = [`{${prefix}}:cache1`, `${prefix}:cache1:answer:`];
  return {
    ...{ log: `${logs}:log`, purges: `${logs}:purges`, epoch: `${logs}:epoch` },
    ...{ logEntries, answers },
  };
}
