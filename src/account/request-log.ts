import type { DecisionSummary } from '../core/decision.js';
import { errorCodeOf, GatewayError } from '../core/errors.js';
import type { Log } from '../telemetry/log.js';
import { chargesOf, totalChargeUsd } from './charges.js';
import type { AttemptRecord, Outcome } from './decision-log.js';

/** Longest error message in the log: enough to know what is wrong, and hardly enough to quote a prompt. */
export const MAX_MESSAGE_CHARS = 300;

/** The log, and whether successful requests get a line. */
interface RequestLog {
  readonly log: Log;
  readonly logsRequests: () => boolean;
}

/** What the log line has of a request, besides its outcome. */
interface LoggedRequest {
  readonly record: { readonly decision: DecisionSummary };
  readonly caller: string;
  readonly clientRequestId: string | undefined;
  readonly stream: boolean;
  readonly isRecheck?: boolean;
}

/**
 * Writes the one log line of a finished request.
 *
 * @param error - what ended it; `null` for a complete answer
 */
export function logRequest(
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

/** Whether an operator should look at it: not if the client disconnected, nor if the request itself was at fault. */
function isFailure({ code }: GatewayError, { status }: Outcome): boolean {
  // An answer that broke off had its 200 already.
  return status >= 500 || (status < 400 && code !== 'client_closed');
}

/** The platform's code of the underlying error (`ECONNREFUSED`); `undefined` if there is none. */
function causeOf({ cause }: GatewayError): string | undefined {
  if (cause instanceof GatewayError) return causeOf(cause);
  const code = errorCodeOf(cause);
  return code === '' ? undefined : code;
}

/** What the line says of an error besides its code. */
interface Why {
  readonly message: string | undefined;
  readonly cause: string | undefined;
}

const NO_ERROR: Why = { message: undefined, cause: undefined };

// A single literal: assembling it from parts would cost more than writing it.
function lineOf(request: LoggedRequest, outcome: Outcome, why: Why = NO_ERROR) {
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

/** `acme/large upstream_failed, acme/small ok`: why the first place did not answer. */
function triedIn(attempts: readonly AttemptRecord[]): string {
  return attempts.map(({ upstream, outcome }) => `${upstream} ${outcome}`).join(', ');
}

/** The cost of failed attempts in US dollars; `undefined` if they cost nothing. */
function failedIn(attempts: readonly AttemptRecord[]): number | null | undefined {
  if (!attempts.some(({ charge }) => charge !== undefined)) return undefined;
  return totalChargeUsd(chargesOf(attempts));
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}
