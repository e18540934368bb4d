import type { DecisionHead } from '../core/decision.js';
import { codeOf, GatewayError } from '../core/errors.js';
import type { Log } from '../telemetry/log.js';
import { chargesOf, wastedIn } from './charges.js';
import type { AttemptRecord, Outcome } from './decision-log.js';

/** Of a message in the log: enough to know what is wrong, and hardly enough to quote a prompt. */
export const MAX_MESSAGE_CHARS = 300;

/** Where lines go, and whether requests that went well get one. */
interface RequestLog {
  readonly log: Log;
  readonly logsRequests: () => boolean;
}

/** What of a request stands in its line, beside its outcome. */
interface LoggedRequest {
  readonly record: { readonly decision: DecisionHead };
  readonly caller: string;
  readonly clientRequestId: string | undefined;
  readonly stream: boolean;
  readonly isRecheck?: boolean;
}

/**
 * Writes the one line that a request gets when it is over.
 *
 * @param error - what ended it; `null` for an answer that came to its end
 */
export function writeRequestLine(
  { log, logsRequests }: RequestLog,
  request: LoggedRequest,
  outcome: Outcome,
  error: GatewayError | null,
): void {
  if (error === null) {
    if (logsRequests()) log.line(lineOf(request, outcome), 'request');
    return;
  }
  const isFailed = isFailure(error, outcome);
  // Messages of refusals may quote what the client sent.
  const isOurs = isFailed || error.code === 'client_closed';
  const message = isOurs ? error.message.slice(0, MAX_MESSAGE_CHARS) : undefined;
  const line = lineOf(request, outcome, { message, cause: causeOf(error) });
  if (isFailed) log.warn(line, 'request failed');
  else if (logsRequests()) log.line(line, 'request');
}

/** Whether somebody should look: not at a client that left, nor at one that was told what it did wrong. */
function isFailure({ code }: GatewayError, { status }: Outcome): boolean {
  // An answer that broke off had its 200 already.
  return status >= 500 || (status < 400 && code !== 'client_closed');
}

/** The platform's name of what went wrong below us (`ECONNREFUSED`); `undefined` where nothing did. */
function causeOf({ cause }: GatewayError): string | undefined {
  if (cause instanceof GatewayError) return causeOf(cause);
  const code = codeOf(cause);
  return code === '' ? undefined : code;
}

/** What a line says of an error beside its code. */
interface Why {
  readonly message: string | undefined;
  readonly cause: string | undefined;
}

const UNTOLD: Why = { message: undefined, cause: undefined };

// One literal: putting it together of parts costs more than writing it.
function lineOf(request: LoggedRequest, outcome: Outcome, why: Why = UNTOLD) {
  const { caller, clientRequestId, stream, isRecheck } = request;
  const { decision } = request.record;
  const { usage, attempts } = outcome;
  return {
    decisionId: decision.id,
    clientRequestId,
    caller,
    requested: decision.requested,
    model: decision.model,
    reason: decision.reason,
    rule: decision.rule,
    degraded: decision.degraded,
    stream,
    recheck: isRecheck === true ? true : undefined,
    served: outcome.servedModel,
    upstream: attempts.at(-1)?.upstream,
    status: outcome.status,
    error: outcome.error,
    message: why.message,
    cause: why.cause,
    attempts: madeOf(attempts),
    tried: attempts.length > 1 ? triedIn(attempts) : undefined,
    firstByteMs: rounded(outcome.firstByteMs),
    totalMs: rounded(outcome.totalMs),
    overheadMs: rounded(outcome.overheadMs),
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    estimated: usage?.estimated,
    costUsd: outcome.costUsd,
    failedUsd: failedIn(attempts),
    savedUsd: outcome.savedUsd,
  };
}

function madeOf(attempts: readonly AttemptRecord[]): number {
  return attempts.length < 2
    ? attempts.length
    : attempts.filter(({ outcome }) => outcome !== 'resting').length;
}

/** `acme/large upstream_failed, acme/small ok`: why it was not the first place that answered. */
function triedIn(attempts: readonly AttemptRecord[]): string {
  return attempts.map(({ upstream, outcome }) => `${upstream} ${outcome}`).join(', ');
}

/** What was billed for attempts that failed; `undefined` where nothing was. */
function failedIn(attempts: readonly AttemptRecord[]): number | null | undefined {
  if (!attempts.some(({ charge }) => charge !== undefined)) return undefined;
  return wastedIn(chargesOf(attempts));
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}
