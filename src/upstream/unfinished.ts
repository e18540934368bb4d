import { type ErrorCode, GatewayError } from '../core/errors.js';
import type { Upstream } from '../core/model.js';
import type { AnswerSummary } from '../dialects/dialect.js';
import { UpstreamError } from './upstream-error.js';

/** Work of an upstream that no client got, and that it probably bills. */
export interface UnusedAnswer {
  readonly upstream: Upstream;
  /** What was told and came of it. */
  readonly summary: AnswerSummary;
}

/** How an attempt failed. */
export interface Failure {
  readonly error: GatewayError;
  /** What is probably billed of it; `null` for nothing. */
  readonly summary: AnswerSummary | null;
}

/** A failure after which something is known of the answer. */
class Unfinished extends Error implements Failure {
  readonly error: GatewayError;
  readonly summary: AnswerSummary | null;

  constructor(error: GatewayError, summary: AnswerSummary | null) {
    super(error.message, { cause: error });
    this.error = error;
    this.summary = summary;
  }
}

/**
 * Puts what is known of an answer that failed with its error, for `failureOf`.
 *
 * @returns what to throw; bugs as they are
 */
export function unfinished(thrown: unknown, summary: AnswerSummary): unknown {
  if (!(thrown instanceof GatewayError)) return thrown;
  const { usage, input = null, outputChars } = summary;
  const isTold = usage !== null || input !== null || outputChars > 0;
  return isTold || wasAtWork(thrown) ? new Unfinished(thrown, summary) : thrown;
}

/**
 * Reads what an attempt threw.
 *
 * @throws whatever is a bug
 */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Unfinished) return thrown;
  if (!(thrown instanceof GatewayError)) throw thrown;
  return { error: thrown, summary: wasAtWork(thrown) ? NOTHING_TOLD : null };
}

/** Ways to end for a request that was being answered: given up from here, or broken off in the middle of the answer. */
const AT_WORK: ReadonlySet<ErrorCode> = new Set([
  'client_closed',
  'upstream_timeout',
  'upstream_cut',
]);

/**
 * Whether the upstream was at work: providers bill the input then, and what they had written.
 *
 * What they refuse, or fail at by themselves before they answer, they do not bill.
 */
function wasAtWork(error: GatewayError): boolean {
  return error instanceof UpstreamError && error.sent && AT_WORK.has(error.code);
}

const NOTHING_TOLD: AnswerSummary = { usage: null, finishReason: null, outputChars: 0 };
