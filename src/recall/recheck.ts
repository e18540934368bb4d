import type { Outcome } from '../account/decision-log.js';
import { hasPayload, wholeOf } from '../cache/cached-answer.js';
import type { SemanticMatch } from '../cache/semantic/semantic-cache.js';
import type { AbortSignalLike } from '../core/disconnect-signal.js';
import type { CacheCodec, Frame } from '../dialects/cache-codec.js';
import type { Exchange, ExchangeStream } from '../request/exchange.js';
import type { SemanticServices, CallModel, CacheableRequest, RecallParts } from './types.js';
import { storeAnswer } from './lead.js';

/** A semantic hit that was given to a client. */
export interface ServedMatch {
  readonly semantic: SemanticServices;
  readonly cacheable: CacheableRequest;
  readonly match: SemanticMatch;
}

/**
 * Rechecks a share of semantic hits: calls a model in the background, and compares its answer with the cached one.
 *
 * A recheck is billed to the caller like any other request, and marked in the log; there is none once the day's budget
 * is spent. Failures are counted, and affect no client.
 */
export function maybeRecheck(parts: RecallParts, served: ServedMatch, callModel: CallModel): void {
  const { semantic, cacheable, match } = served;
  const { share, usdPerDay } = cacheable.lookup.settings.semantic.recheck;
  if (usdPerDay === 0) return;
  if (semantic.random() >= semantic.cache.errorRates.recheckProbability(match.prediction, share))
    return;
  const { limitUsd, spentUsd } = parts.books.spend.state(cacheable.setup.dailyBudgetUsd);
  if (limitUsd !== null && spentUsd >= limitUsd) {
    semantic.tally.leftOut('spent');
    return;
  }
  const signal = semantic.budget.reserve(usdPerDay, match.answer.costUsd);
  if (typeof signal === 'string') {
    semantic.tally.leftOut(signal);
    return;
  }
  // The client that gets the cached answer must not wait for this.
  semantic.defer(() => void recheck(parts, served, callModel, signal));
}

async function recheck(
  parts: RecallParts,
  { semantic, cacheable, match }: ServedMatch,
  callModel: CallModel,
  signal: AbortSignalLike,
): Promise<void> {
  const { forms } = cacheable.lookup;
  let costUsd: number | null = null;
  try {
    const exchange = await callModel(signal, cacheable.request.stream, true);
    const body = await bodyOf(exchange, forms);
    const cost = costOf(exchange);
    ({ costUsd } = cost);
    if (body === null) {
      semantic.tally.countRecheck('failed');
      return;
    }
    const cached = hasPayload(match.answer) ? wholeOf(match.answer.payload, forms) : null;
    const cachedText = cached === null ? null : forms.textOf(cached);
    const isRight = semantic.cache.compare(match, forms.textOf(body), cachedText);
    semantic.tally.countRecheck(isRight === null ? 'unclear' : isRight ? 'right' : 'wrong');
    if (isRight !== false) return;
    // From now on this question has its own answer.
    const payload = { form: 'whole', body } as const;
    const { tags } = cacheable.lookup.control;
    const answer = { exchange, payload, costUsd: cost.answerUsd, tags };
    storeAnswer(parts, { ...cacheable, nearest: null }, answer);
  } catch (error) {
    semantic.tally.countRecheck('failed');
    parts.books.log.debug({ err: error }, 'a cached answer could not be rechecked');
  } finally {
    semantic.budget.settle(signal, costUsd);
  }
}

type Cost = Pick<Outcome, 'costUsd' | 'answerUsd'>;

const UNKNOWN_COST: Cost = { costUsd: null, answerUsd: null };

function costOf(exchange: Exchange): Cost {
  if (exchange.kind === 'failed') return UNKNOWN_COST;
  return exchange.kind === 'whole' ? exchange.bill : (exchange.outcome() ?? UNKNOWN_COST);
}

/** The whole answer, once it is complete; `null` if there is none. */
async function bodyOf(exchange: Exchange, forms: CacheCodec): Promise<Buffer | null> {
  if (exchange.kind === 'failed') return null;
  if (exchange.kind === 'whole') return exchange.body;
  const frames = await collectFrames(exchange, forms);
  return frames === null ? null : forms.joinFrames(frames);
}

function collectFrames(
  stream: ExchangeStream,
  forms: CacheCodec,
): Promise<readonly Frame[] | null> {
  const frames: Frame[] = [];
  return new Promise((resolve) => {
    stream.pipe({
      write: (bytes) => {
        frames.push(...forms.splitFrames(bytes));
        return true;
      },
      // The exchange is settled right after it has signalled its end.
      end: () => {
        queueMicrotask(() => {
          resolve(frames);
        });
      },
      fail: () => {
        resolve(null);
      },
    });
  });
}
