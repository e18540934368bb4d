import type { RedisSettings } from './connection.js';

/** Names of keys in Redis. Another version of the format has other names. */
export interface SharedAnswersKeys {
  /** Stream of stored answers, about the latest `logEntries`. */
  readonly log: string;
  readonly logEntries: number;
  /** Stream of purges. */
  readonly purges: string;
  /** Id of the server's data set: it is lost when Redis loses its data. */
  readonly epoch: string;
  /** Prefix of the keys of all answers. */
  readonly answers: string;
}

/** Length of the stream of purges; a process that has missed more discards all its answers. */
export const MAX_LOGGED_PURGES = 10_000;

/**
 * The key names for a prefix.
 *
 * The streams are read in one command, so in a cluster they have to be in one slot, which the part in braces selects.
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
