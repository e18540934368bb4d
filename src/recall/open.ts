import { AnswerCache } from '../cache/answer-cache.js';
import { AnswerLog, type AnswerLogProblem } from '../cache/answer-log.js';
import type { Log } from '../telemetry/log.js';
import { loadHnswlib } from '../cache/semantic/graph-vectors.js';
import { SemanticCache } from '../cache/semantic/semantic-cache.js';
import type { QuestionJudge } from '../cache/verify/judge.js';
import type { SharedAnswers } from '../cache/redis/shared-answers.js';
import type { RedisSettings } from '../cache/redis/connection.js';
import { guardedJudge } from './guarded-judge.js';
import { CacheAdmin } from './admin.js';
import { CacheService } from './cache-service.js';
import type { SemanticServices, SharedResult, RecallParts } from './types.js';
import { SemanticTally } from './semantic-tally.js';
import { ServedAnswers } from './served-answers.js';
import { RecheckBudget } from './recheck-budget.js';
import { CacheTally } from './cache-tally.js';

/** Options that only take effect at startup. */
export interface RecallOptions {
  readonly maxBytes: number;
  readonly maxEntryBytes: number;
  /** Absolute path; `null` for memory only. */
  readonly folder: string | null;
  readonly saveEveryS: number;
  /** Redis through which answers are shared with other processes; `null` for none. */
  readonly redis: RedisSettings | null;
  /** Loads the verifier; `null` if semantic caching is off. */
  readonly openJudge: (() => Promise<QuestionJudge>) | null;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** The cache's part of `/readyz`. */
export interface CacheReadiness {
  readonly cacheRedis?: 'there' | 'away';
  /** `saved`, or why answers cannot be saved. */
  readonly cacheFile?: string;
}

/** The running cache. */
export interface Recall {
  readonly service: CacheService;
  readonly admin: CacheAdmin;
  /** State of Redis and of the file, if configured. */
  detail(): CacheReadiness;
  /** Closes the cache, and saves the answers if it has a folder. */
  close(): Promise<void>;
  /** Closes without saving: another process may own the folder. */
  closeWithoutSaving(): Promise<void>;
}

/**
 * Opens the cache and loads saved answers. It takes hardly any memory until something is stored.
 *
 * @throws {Error} if the path of the saved answers is not a file
 */
export async function openRecall(
  options: RecallOptions,
  base: Pick<RecallParts, 'books' | 'decisions' | 'newId'>,
): Promise<Recall> {
  const { clock, metrics, log } = base.books;
  const cache = new AnswerCache<SharedResult>(options, clock);
  const tally = new CacheTally(metrics, cache.store);
  const answerLog = await openAnswerLog(options, { ...base, cache }, log);
  // After the log: answers from the file have to be indexed, too.
  const semantic = await openSemantic(options, { ...base, cache });
  if (answerLog !== null && semantic !== null) restoreLearnt(answerLog, semantic, log);
  // Last, so that both are notified of answers that other processes have stored.
  const shared = await openShared(options, { ...base, cache });
  const parts: RecallParts = {
    ...base,
    cache,
    tally,
    servedAnswers: new ServedAnswers(),
    semantic,
    shared,
  };
  tally.updateGauges();
  const stop = async (): Promise<void> => {
    semantic?.budget.close();
    semantic?.cache.close();
    await shared?.close();
  };
  return {
    service: new CacheService(parts),
    admin: new CacheAdmin(parts, answerLog),
    detail: () => ({
      ...(shared !== null && { cacheRedis: shared.isAvailable ? 'there' : 'away' }),
      ...(answerLog !== null && { cacheFile: fileDetail(answerLog) }),
    }),
    close: async () => {
      await stop();
      await answerLog?.close();
    },
    closeWithoutSaving: async () => {
      await stop();
      await answerLog?.closeWithoutSaving();
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
  const onProblem = (problem: AnswerLogProblem): void => {
    if (problem.kind === 'unwritable') metrics.cacheUnsaved.set(1);
    if (problem.kind === 'writable_again') metrics.cacheUnsaved.set(0);
    logProblem(problem, log);
  };
  return AnswerLog.open({ folder, saveEveryMs: saveEveryS * 1_000, clock, onProblem }, cache.store);
}

/** `null` if semantic caching is off, or the verifier cannot be loaded: exact hits still work. */
async function openSemantic(
  { openJudge, random }: RecallOptions,
  { cache, books }: Pick<RecallParts, 'cache' | 'books'>,
): Promise<SemanticServices | null> {
  const { clock, metrics, log } = books;
  const opened = await openJudge?.().catch((err: unknown) => {
    log.error(
      { err },
      'questions cannot be compared; only exact repetitions are answered from the cache',
    );
  });
  if (opened === undefined) return null;
  const judge = guardedJudge(opened, (err) => {
    log.error({ err }, 'a question could not be compared with cached ones; a model is called');
  });
  // Its rules are compiled on first use, which takes longer than a look-up may.
  judge.judge(judge.read('What is this?'), judge.read('What is that?'));
  const openGraph = await loadHnswlib().catch((err: unknown) => {
    log.warn(
      { err },
      'hnswlib-node is not built; looking up a question among very many takes longer',
    );
    return null;
  });
  return {
    cache: new SemanticCache({ judge, openGraph, defer, clock, store: cache.store }),
    tally: new SemanticTally(metrics),
    budget: new RecheckBudget(clock),
    defer,
    random,
  };
}

async function openShared(
  { redis }: RecallOptions,
  { cache, books, newId }: Pick<RecallParts, 'cache' | 'books' | 'newId'>,
): Promise<SharedAnswers | null> {
  if (redis === null) return null;
  // The Redis client takes a tenth of a second and 20 MB to load, so it is imported only if needed.
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
      if (error === null) log.info('Redis is available: answers are shared');
      else
        log.warn({ err: error }, 'Redis is unavailable: answers are not shared until it is back');
    },
  });
}

function defer(work: () => void): void {
  setImmediate(work);
}

/** Restores the learnt error rates, and has them saved from now on. */
function restoreLearnt(
  answers: AnswerLog,
  { cache: { learnedErrors } }: SemanticServices,
  log: Log,
): void {
  const foreign = learnedErrors.restore(answers.learnt);
  answers.setLearnedSource(learnedErrors);
  if (foreign === 0) return;
  log.info(
    { notes: foreign },
    'the learnt error rates belong to another verifier; learning starts from scratch',
  );
}

function fileDetail({ problem }: AnswerLog): string {
  if (problem === null) return 'saved';
  // File system calls throw errors.
  return `not saved: ${(problem as Error).message}`;
}

function logProblem(problem: AnswerLogProblem, log: Log): void {
  switch (problem.kind) {
    case 'damaged':
      log.warn(
        { places: problem.records },
        'parts of the file of saved answers are damaged and were skipped',
      );
      return;
    case 'unknown_version':
      log.warn(
        'the file of saved answers has another format version; it is ignored and will be replaced',
      );
      return;
    case 'taken':
      log.warn(
        'the file of saved answers was changed or removed by another process and is rewritten; if several processes use this folder, ' +
          'give each its own, because they undo each other’s saves and purges',
      );
      return;
    case 'unwritable':
      log.warn({ err: problem.error }, 'answers cannot be saved; they are kept in memory');
      return;
    case 'writable_again':
      log.info('answers can be saved again');
  }
}
