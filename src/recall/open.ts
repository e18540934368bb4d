import { AnswerCache } from '../cache/answer-cache.js';
import { AnswerLog, type LogTrouble } from '../cache/answer-log.js';
import type { Log } from '../telemetry/log.js';
import { loadGraphs } from '../cache/semantic/graph-vectors.js';
import { AlikeAnswers } from '../cache/semantic/alike.js';
import type { QuestionJudge } from '../cache/verify/judge.js';
import type { SharedAnswers } from '../cache/redis/shared-answers.js';
import type { RedisSettings } from '../cache/redis/connection.js';
import { guarded } from './guarded-judge.js';
import { CacheAdmin } from './admin.js';
import { CacheDesk } from './desk.js';
import type { AlikeTools, Landing, RecallParts } from './landing.js';
import { AlikeTally } from './alike-tally.js';
import { GivenAnswers } from './given.js';
import { RecheckPurse } from './recheck-purse.js';
import { CacheTally } from './tally.js';

/** What of the configuration stays as it is until the next start. */
export interface RecallOptions {
  readonly maxBytes: number;
  readonly maxEntryBytes: number;
  /** Absolute; `null` for memory only. */
  readonly folder: string | null;
  readonly saveEveryS: number;
  /** Where answers are shared with other processes; `null` for nowhere. */
  readonly redis: RedisSettings | null;
  /** Loads what decides on questions in other words; `null` where they are not compared. */
  readonly openJudge: (() => Promise<QuestionJudge>) | null;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What `/readyz` says of the cache. */
export interface RecallDetail {
  readonly cacheRedis?: 'there' | 'away';
  /** `saved`, or why answers cannot be. */
  readonly cacheFile?: string;
}

/** The cache in its place. */
export interface Recall {
  readonly desk: CacheDesk;
  readonly admin: CacheAdmin;
  /** How it stands with Redis and the file, where there are such. */
  detail(): RecallDetail;
  /** Saves what is kept, if it is to outlast the process. */
  close(): Promise<void>;
  /** Closes, and saves nothing: another process may have the folder. */
  letGo(): Promise<void>;
}

/**
 * Opens the cache, with what was saved of it. It takes hardly any memory until something is kept.
 *
 * @throws {Error} if what was saved is no file
 */
export async function openRecall(
  options: RecallOptions,
  given: Pick<RecallParts, 'books' | 'decisions' | 'newId'>,
): Promise<Recall> {
  const { clock, metrics, log } = given.books;
  const cache = new AnswerCache<Landing>(options, clock);
  const tally = new CacheTally(metrics, cache.store);
  const answerLog = await openAnswerLog(options, { ...given, cache }, log);
  // After the log: what is in the file is to be found, too.
  const alike = await openAlike(options, { ...given, cache });
  if (answerLog !== null && alike !== null) recallLearnt(answerLog, alike, log);
  // Last: what others keep is told to both.
  const shared = await openShared(options, { ...given, cache });
  const parts = { ...given, cache, tally, given: new GivenAnswers(), alike, shared };
  tally.levels();
  const stop = async (): Promise<void> => {
    alike?.purse.close();
    alike?.answers.close();
    await shared?.close();
  };
  return {
    desk: new CacheDesk(parts),
    admin: new CacheAdmin(parts, answerLog),
    detail: () => ({
      ...(shared !== null && { cacheRedis: shared.isThere ? 'there' : 'away' }),
      ...(answerLog !== null && { cacheFile: fileDetail(answerLog) }),
    }),
    close: async () => {
      await stop();
      await answerLog?.close();
    },
    letGo: async () => {
      await stop();
      await answerLog?.letGo();
    },
  };
}

async function openAnswerLog(
  { folder, saveEveryS }: RecallOptions,
  { cache, books }: Pick<RecallParts, 'cache' | 'books'>,
  log: Log,
): Promise<AnswerLog | null> {
  if (folder === null) return null;
  const { clock, metrics } = books;
  const onTrouble = (trouble: LogTrouble): void => {
    if (trouble.kind === 'unwritable') metrics.cacheUnsaved.set(1);
    if (trouble.kind === 'writable_again') metrics.cacheUnsaved.set(0);
    tell(trouble, log);
  };
  return AnswerLog.open({ folder, saveEveryMs: saveEveryS * 1_000, clock, onTrouble }, cache.store);
}

/** `null` where questions are not compared, or cannot be: the same ones are still found. */
async function openAlike(
  { openJudge, random }: RecallOptions,
  { cache, books }: Pick<RecallParts, 'cache' | 'books'>,
): Promise<AlikeTools | null> {
  const { clock, metrics, log } = books;
  const opened = await openJudge?.().catch((err: unknown) => {
    log.error({ err }, 'questions cannot be compared; only the very same are answered again');
  });
  if (opened === undefined) return null;
  const judge = guarded(opened, (err) => {
    log.error({ err }, 'a question could not be compared with others; a model answers it');
  });
  // Its rules are compiled when they are used first, which takes longer than a look-up may.
  judge.judge(judge.read('What is this?'), judge.read('What is that?'));
  const openGraph = await loadGraphs().catch((err: unknown) => {
    log.warn(
      { err },
      'hnswlib-node was not built; finding one of very many questions takes longer',
    );
    return null;
  });
  return {
    answers: new AlikeAnswers({ judge, openGraph, defer, clock, store: cache.store }),
    tally: new AlikeTally(metrics),
    purse: new RecheckPurse(clock),
    defer,
    random,
  };
}

async function openShared(
  { redis }: RecallOptions,
  { cache, books, newId }: Pick<RecallParts, 'cache' | 'books' | 'newId'>,
): Promise<SharedAnswers | null> {
  if (redis === null) return null;
  // Its client takes a tenth of a second to load, and 20 MB: nobody else is to wait for it.
  const { SharedAnswers } = await import('../cache/redis/shared-answers.js');
  const { clock, metrics, log } = books;
  return new SharedAnswers({
    settings: redis,
    store: cache.store,
    clock,
    origin: newId(clock.wallMs()),
    defer,
    onFetch: (result) => {
      metrics.cacheFetches.inc({ result });
    },
    onState: (error) => {
      metrics.cacheRedis.set(error === null ? 1 : 0);
      if (error === null) log.info('Redis is there: answers are shared');
      else log.warn({ err: error }, 'Redis is away: answers are not shared until it is back');
    },
  });
}

function defer(work: () => void): void {
  setImmediate(work);
}

/** Has what was learnt of errors go on from where it was, and be saved from now on. */
function recallLearnt(answers: AnswerLog, { answers: { learnt } }: AlikeTools, log: Log): void {
  const foreign = learnt.restore(answers.learnt);
  answers.learnFrom(learnt);
  if (foreign === 0) return;
  log.info({ notes: foreign }, 'what was learnt of errors is of another verifier, and begins anew');
}

function fileDetail({ trouble }: AnswerLog): string {
  if (trouble === null) return 'saved';
  // What a file system throws.
  return `not saved: ${(trouble as Error).message}`;
}

function tell(trouble: LogTrouble, log: Log): void {
  switch (trouble.kind) {
    case 'damaged':
      log.warn({ places: trouble.records }, 'parts of the saved answers were damaged and left out');
      return;
    case 'unknown_version':
      log.warn('the file of saved answers is none of this version; it will be written anew');
      return;
    case 'taken':
      log.warn(
        'the file of saved answers was changed or removed by somebody else, and is written anew; if another process uses this folder, give each its own: ' +
          'what one of them saves or purges is undone by the other',
      );
      return;
    case 'unwritable':
      log.warn({ err: trouble.error }, 'answers cannot be saved; they are kept in memory');
      return;
    case 'writable_again':
      log.info('answers can be saved again');
  }
}
