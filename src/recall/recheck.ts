import type { Outcome } from '../account/decision-log.js';
import { isHeld, wholeOf } from '../cache/kept-answer.js';
import type { Alike } from '../cache/semantic/alike.js';
import type { GoneSignal } from '../core/departure.js';
import type { AnswerForms, Frame } from '../dialects/answer-forms.js';
import type { Exchange, ExchangeStream } from '../request/exchange.js';
import type { AlikeTools, Ask, PlacedRequest, RecallParts } from './landing.js';
import { keepAnswer } from './lead.js';

/** A kept answer that was given to a question in other words. */
export interface GivenAlike {
  readonly tools: AlikeTools;
  readonly asked: PlacedRequest;
  readonly alike: Alike;
}

/**
 * Has a model answer, in the background, what was answered from the cache, now and then; and learns from it.
 *
 * It is booked like any other request of the caller, and marked in the log; nothing is asked once the day's budget
 * is spent. Whatever goes wrong with it is counted, and concerns nobody.
 */
export function recheckSometimes(parts: RecallParts, given: GivenAlike, ask: Ask): void {
  const { tools, asked, alike } = given;
  const { share, usdPerDay } = asked.place.settings.semantic.recheck;
  if (usdPerDay === 0) return;
  if (tools.random() >= tools.answers.book.curiosity(alike.claim, share)) return;
  const { limitUsd, spentUsd } = parts.books.spend.state(asked.setup.dailyBudgetUsd);
  if (limitUsd !== null && spentUsd >= limitUsd) {
    tools.tally.leftOut('spent');
    return;
  }
  const signal = tools.purse.begin(usdPerDay, alike.kept.costUsd);
  if (typeof signal === 'string') {
    tools.tally.leftOut(signal);
    return;
  }
  // Who is given the kept answer must not wait for this to be decided upon.
  tools.defer(() => void recheck(parts, given, ask, signal));
}

async function recheck(
  parts: RecallParts,
  { tools, asked, alike }: GivenAlike,
  ask: Ask,
  signal: GoneSignal,
): Promise<void> {
  const { forms } = asked.place;
  let costUsd: number | null = null;
  try {
    const exchange = await ask(signal, asked.request.stream, true);
    const body = await bodyOf(exchange, forms);
    const bill = billOf(exchange);
    ({ costUsd } = bill);
    if (body === null) {
      tools.tally.rechecked('failed');
      return;
    }
    const then = isHeld(alike.kept) ? wholeOf(alike.kept.payload, forms) : null;
    const texts = [body, then].map((whole) => (whole === null ? null : forms.textOf(whole)));
    const isRight = tools.answers.compare(alike, texts[0] ?? null, texts[1] ?? null);
    tools.tally.rechecked(isRight === null ? 'unclear' : isRight ? 'right' : 'wrong');
    if (isRight !== false) return;
    // From now on the question has an answer of its own.
    const payload = { form: 'whole', body } as const;
    const { tags } = asked.place.order;
    const answer = { exchange, payload, costUsd: bill.answerUsd, tags };
    keepAnswer(parts, { ...asked, alike: null }, answer);
  } catch (error) {
    tools.tally.rechecked('failed');
    parts.books.log.debug({ err: error }, 'an answer could not be asked for again');
  } finally {
    tools.purse.end(signal, costUsd);
  }
}

type Costs = Pick<Outcome, 'costUsd' | 'answerUsd'>;

const UNKNOWN: Costs = { costUsd: null, answerUsd: null };

function billOf(exchange: Exchange): Costs {
  if (exchange.kind === 'failed') return UNKNOWN;
  return exchange.kind === 'whole' ? exchange.bill : (exchange.outcome() ?? UNKNOWN);
}

/** The whole answer, once it is there; `null` if there is none. */
async function bodyOf(exchange: Exchange, forms: AnswerForms): Promise<Buffer | null> {
  if (exchange.kind === 'failed') return null;
  if (exchange.kind === 'whole') return exchange.body;
  const frames = await framesOf(exchange, forms);
  return frames === null ? null : forms.wholeOf(frames);
}

function framesOf(stream: ExchangeStream, forms: AnswerForms): Promise<readonly Frame[] | null> {
  const frames: Frame[] = [];
  return new Promise((resolve) => {
    stream.pipe({
      write: (bytes) => {
        frames.push(...forms.framesIn(bytes));
        return true;
      },
      // It is booked right after it has told its end.
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
