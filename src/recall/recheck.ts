import type { Outcome } from '../account/decision-log.js';
import { isHeld, wholeOf } from '../cache/kept-answer.js';
import type { Alike } from '../cache/semantic/alike.js';
import type { GoneSignal } from '../core/departure.js';
import type { AnswerForms, Frame } from '../dialects/answer-forms.js';
import type { Exchange, ExchangeStream } from '../request/exchange.js';
import type { AlikeTools, Ask, PlacedRequest, RecallParts } from './landing.js';
import { keepAnswer } from './lead.js';

/** A semantic hit that was given to a client. */
export interface GivenAlike {
  readonly semantic: AlikeTools;
  readonly asked: PlacedRequest;
  readonly match: Alike;
}

/**
 * Rechecks a share of semantic hits: calls a model in the background, and compares its answer with the cached one.
 *
 * A recheck is billed to the caller like any other request, and marked in the log; there is none once the day's budget
 * is spent. Failures are counted, and affect no client.
 */
export function recheckSometimes(parts: RecallParts, given: GivenAlike, callModel: Ask): void {
  const { semantic, asked, match } = given;
  const { share, usdPerDay } = asked.place.settings.semantic.recheck;
  if (usdPerDay === 0) return;
  if (semantic.random() >= semantic.answers.book.curiosity(match.claim, share)) return;
  const { limitUsd, spentUsd } = parts.books.spend.state(asked.setup.dailyBudgetUsd);
  if (limitUsd !== null && spentUsd >= limitUsd) {
    semantic.tally.leftOut('spent');
    return;
  }
  const signal = semantic.purse.begin(usdPerDay, match.kept.costUsd);
  if (typeof signal === 'string') {
    semantic.tally.leftOut(signal);
    return;
  }
  // The client that gets the cached answer must not wait for this.
  semantic.defer(() => void recheck(parts, given, callModel, signal));
}

async function recheck(
  parts: RecallParts,
  { semantic, asked, match }: GivenAlike,
  callModel: Ask,
  signal: GoneSignal,
): Promise<void> {
  const { forms } = asked.place;
  let costUsd: number | null = null;
  try {
    const exchange = await callModel(signal, asked.request.stream, true);
    const body = await bodyOf(exchange, forms);
    const cost = costOf(exchange);
    ({ costUsd } = cost);
    if (body === null) {
      semantic.tally.rechecked('failed');
      return;
    }
    const cached = isHeld(match.kept) ? wholeOf(match.kept.payload, forms) : null;
    const cachedText = cached === null ? null : forms.textOf(cached);
    const isRight = semantic.answers.compare(match, forms.textOf(body), cachedText);
    semantic.tally.rechecked(isRight === null ? 'unclear' : isRight ? 'right' : 'wrong');
    if (isRight !== false) return;
    // From now on this question has its own answer.
    const payload = { form: 'whole', body } as const;
    const { tags } = asked.place.order;
    const answer = { exchange, payload, costUsd: cost.answerUsd, tags };
    keepAnswer(parts, { ...asked, alike: null }, answer);
  } catch (error) {
    semantic.tally.rechecked('failed');
    parts.books.log.debug({ err: error }, 'an answer could not be rechecked');
  } finally {
    semantic.purse.end(signal, costUsd);
  }
}

type Cost = Pick<Outcome, 'costUsd' | 'answerUsd'>;

const UNKNOWN_COST: Cost = { costUsd: null, answerUsd: null };

function costOf(exchange: Exchange): Cost {
  if (exchange.kind === 'failed') return UNKNOWN_COST;
  return exchange.kind === 'whole' ? exchange.bill : (exchange.outcome() ?? UNKNOWN_COST);
}

/** The whole answer, once it is complete; `null` if there is none. */
async function bodyOf(exchange: Exchange, forms: AnswerForms): Promise<Buffer | null> {
  if (exchange.kind === 'failed') return null;
  if (exchange.kind === 'whole') return exchange.body;
  const frames = await collectFrames(exchange, forms);
  return frames === null ? null : forms.wholeOf(frames);
}

function collectFrames(
  stream: ExchangeStream,
  forms: AnswerForms,
): Promise<readonly Frame[] | null> {
  const frames: Frame[] = [];
  return new Promise((resolve) => {
    stream.pipe({
      write: (bytes) => {
        frames.push(...forms.framesIn(bytes));
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
