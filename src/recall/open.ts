import { AnswerCache } from '../cache/answer-cache.js';
import { AnswerLog, type LogTrouble } from '../cache/answer-log.js';
import type { Log } from '../telemetry/log.js';
import { CacheAdmin } from './admin.js';
import { CacheDesk } from './desk.js';
import type { Landing, RecallParts } from './landing.js';
import { CacheTally } from './tally.js';

/** What of the configuration stays as it is until the next start. */
export interface RecallOptions {
  readonly maxBytes: number;
  readonly maxEntryBytes: number;
  /** Absolute; `null` for memory only. */
  readonly folder: string | null;
  readonly saveEveryS: number;
}

/** The cache in its place. */
export interface Recall {
  readonly desk: CacheDesk;
  readonly admin: CacheAdmin;
  /** Saves what is kept, if it is to outlast the process. */
  close(): Promise<void>;
}

/**
 * Opens the cache, with what was saved of it. It takes hardly any memory until something is kept.
 *
 * @throws {Error} if there is a folder that cannot be made or read
 */
export async function openRecall(
  options: RecallOptions,
  given: Pick<RecallParts, 'books' | 'decisions' | 'newId'>,
): Promise<Recall> {
  const { clock, metrics, log } = given.books;
  const cache = new AnswerCache<Landing>(options, clock);
  const tally = new CacheTally(metrics, cache.store);
  const parts = { ...given, cache, tally };
  const answerLog = await openAnswerLog(options, parts, log);
  tally.levels();
  return {
    desk: new CacheDesk(parts),
    admin: new CacheAdmin(parts, answerLog),
    close: async () => answerLog?.close(),
  };
}

async function openAnswerLog(
  { folder, saveEveryS }: RecallOptions,
  { cache, books }: RecallParts,
  log: Log,
): Promise<AnswerLog | null> {
  if (folder === null) return null;
  const onTrouble = (trouble: LogTrouble): void => {
    tell(trouble, log);
  };
  const { clock } = books;
  return AnswerLog.open({ folder, saveEveryMs: saveEveryS * 1_000, clock, onTrouble }, cache.store);
}

function tell(trouble: LogTrouble, log: Log): void {
  switch (trouble.kind) {
    case 'damaged':
      log.warn({ places: trouble.records }, 'parts of the saved answers were damaged and left out');
      return;
    case 'unknown_version':
      log.warn('the file of saved answers is none of this version; it will be written anew');
      return;
    case 'unwritable':
      log.warn({ err: trouble.error }, 'answers cannot be saved; they are kept in memory');
      return;
    case 'writable_again':
      log.info('answers can be saved again');
  }
}
