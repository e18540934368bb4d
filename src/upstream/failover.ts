import { GatewayError } from '../core/errors.js';
import type { Upstream } from '../core/model.js';
import type { WholeAnswer } from '../dialects/dialect.js';
import type { CommittedStream } from './committed-stream.js';
import { askPlace, type PlaceAnswer, type WithDropped, type PlaceTask } from './ask-place.js';
import type { Provider } from './providers.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import { failureOf, type Failure, type WastedAnswer } from './partial-answer.js';
import { PlaceQueue } from './place-queue.js';

export type { ClientSink, CommittedStream } from './committed-stream.js';
export type { PlaceAnswer } from './ask-place.js';

/** A request, and the places that may answer it. */
export interface AnswerTask extends PlaceTask {
  /** In order of preference; the first is the chosen one. Iterated lazily. */
  readonly tries: Iterable<Upstream>;
  /** Attempts in all, the first included. At least 1. */
  readonly maxAttempts: number;
  /** The places to try last, whatever the preference. */
  readonly circuitBreakers: CircuitBreakers;
  /** The places are of several models that the client lists: it wants an answer from any of them. */
  readonly listsModels?: boolean;
  /** The client restricts the providers, so a provider that is itself a router may find none. */
  readonly limitsPlaces?: boolean;
}

/** One attempt and its outcome. */
export interface AttemptOutcome {
  /** The upstream's id. */
  readonly upstream: string;
  /** `ok`, the code of the error that ended it, or `resting` if the place was passed over because it rests. */
  readonly outcome: string;
  /** Milliseconds until the answer began (a stream) or was complete, or the attempt failed. */
  readonly ms: number;
  /** A failed answer that the provider probably bills; absent if the attempt answered or cost nothing. */
  readonly wasted?: WastedAnswer;
}

interface Attempted {
  /** In the order they were made. */
  readonly attempts: readonly AttemptOutcome[];
}

/** A committed answer, or the last failure. */
export type Answer =
  | (Attempted &
      WithDropped & {
        readonly ok: true;
        readonly kind: 'whole';
        readonly upstream: Upstream;
        readonly whole: WholeAnswer;
      })
  | (Attempted &
      WithDropped & {
        readonly ok: true;
        readonly kind: 'stream';
        readonly upstream: Upstream;
        readonly stream: CommittedStream;
      })
  | (Attempted & { readonly ok: false; readonly error: GatewayError });

/** The result of trying one place after the other. */
export type FailoverResult<Got> =
  | (Attempted & { readonly ok: true; readonly upstream: Upstream; readonly got: Got })
  | (Attempted & { readonly ok: false; readonly error: GatewayError });

/**
 * Gets an answer from the first upstream that gives one.
 *
 * Rejects only with bugs; every failure of an upstream is in the answer.
 */
export async function answerWithFailover(task: AnswerTask): Promise<Answer> {
  return toAnswer(await tryPlaces(task, (upstream) => askPlace(task, upstream)));
}

/** Flattens the result of `tryPlaces` into an answer. */
export function toAnswer(tried: FailoverResult<PlaceAnswer>): Answer {
  if (!tried.ok) return tried;
  const { upstream, attempts, got } = tried;
  return { ok: true, upstream, attempts, ...got };
}

/**
 * Tries places in order until one answers.
 *
 * Continues with the next while nothing was sent to the client, the client is still connected, and the
 * failure is the upstream's. A request that is itself at fault would fail everywhere.
 *
 * Rejects only with bugs; every failure of an upstream is in the answer.
 */
export async function tryPlaces<Got>(
  task: Pick<
    AnswerTask,
    'tries' | 'maxAttempts' | 'signal' | 'clock' | 'circuitBreakers' | 'providers'
  > &
    Partial<Pick<AnswerTask, 'served' | 'isRouted' | 'listsModels' | 'limitsPlaces'>>,
  attempt: (upstream: Upstream) => Promise<Got>,
): Promise<FailoverResult<Got>> {
  const { places, passedOver } = task.circuitBreakers.order(task.tries);
  const attempts: AttemptOutcome[] = passedOver.map(({ id }) => restingOutcome(id));
  let error: GatewayError | null = null;
  let left = task.maxAttempts;
  const waiting = new PlaceQueue(places);
  for (const upstream of waiting) {
    if (task.signal.aborted) {
      error = new GatewayError('client_closed', 'The client disconnected.');
      break;
    }
    const startedMs = task.clock.now();
    const record = (outcome: string): AttemptOutcome => {
      return { upstream: upstream.id, outcome, ms: task.clock.now() - startedMs };
    };
    try {
      const result = await attempt(upstream);
      attempts.push(record('ok'));
      task.circuitBreakers.recordAttempt(upstream, null);
      return { ok: true, upstream, attempts, got: result };
    } catch (thrown) {
      const failure = failureOf(thrown);
      error = redactedBy(task.providers.get(upstream.provider), failure.error);
      attempts.push(withUnused(record(error.code), upstream, failure));
      const isTheirs = isUpstreamFault(error);
      if (!isTheirs && !isTheModels(error, task)) break;
      if (isTheirs && !isOfThisRequest(error, task))
        task.circuitBreakers.recordAttempt(upstream, error);
      left -= 1;
      if (left === 0) break;
      // The order of models that the client lists is kept.
      if (isTooLong(error) && task.listsModels !== true)
        waiting.preferLargerContext(upstream, task);
    }
  }
  error ??= new GatewayError('upstream_failed', 'No upstream is available.');
  return { ok: false, error, attempts };
}

/** An upstream's error without the provider's secrets. */
function redactedBy(provider: Provider | undefined, error: GatewayError): GatewayError {
  return provider?.redacted(error) ?? error;
}

function withUnused(
  tried: AttemptOutcome,
  upstream: Upstream,
  { summary }: Failure,
): AttemptOutcome {
  return summary === null ? tried : { ...tried, wasted: { upstream, summary } };
}

function restingOutcome(upstream: string): AttemptOutcome {
  return { upstream, outcome: 'resting', ms: 0 };
}

/** Too large for this provider: Groq also sends it when a request exceeds the account's tokens per minute. */
const TOO_LARGE = 413;

/**
 * Statuses about this provider rather than the request: the key, the account, the model's name, the
 * load, the size. Another provider may well answer the same request.
 */
const NOT_HERE = new Set([401, 402, 403, 404, 408, TOO_LARGE, 429]);

/**
 * Whether another model may accept what this one refused: a prompt that is too long, if the router chose the model or the
 * client lists others; content that one vendor filters, only if the client lists other models.
 */
function isTheModels(
  error: GatewayError,
  { isRouted, listsModels }: Pick<AnswerTask, 'isRouted' | 'listsModels'>,
): boolean {
  if (error.upstreamCode === 'content_filter') return listsModels === true;
  return isTooLong(error) && (listsModels === true || isRouted === true);
}

function isTooLong({ upstreamCode }: GatewayError): boolean {
  return upstreamCode === 'context_length_exceeded';
}

/** Whether the failure says nothing about other requests to the place. */
function isOfThisRequest(
  { status }: GatewayError,
  { limitsPlaces }: Pick<AnswerTask, 'limitsPlaces'>,
): boolean {
  return status === TOO_LARGE || (status === 404 && limitsPlaces === true);
}

/** Whether another upstream may answer the same request. */
export function isUpstreamFault(error: GatewayError): boolean {
  if (error.code === 'client_closed') return false;
  if (error.code !== 'upstream_rejected') return true;
  return NOT_HERE.has(error.status) || error.status >= 500;
}
