import { type ErrorCode, GatewayError } from '../core/errors.js';
import type { Upstream } from '../core/model.js';
import type { AnswerSummary } from '../dialects/dialect.js';
import { UpstreamError } from './upstream-error.js';

/** A failed answer that the upstream probably bills. */
export interface WastedAnswer {
  readonly upstream: Upstream;
  /** What is known of it. */
  readonly summary: AnswerSummary;
}

/** How an attempt failed. */
export interface Failure {
  readonly error: GatewayError;
  /** What is probably billed; `null` for nothing. */
  readonly summary: AnswerSummary | null;
}

/** A failure together with what is known of the answer. */
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
 * Attaches what is known of a failed answer to its error, for `failureOf`.
 *
 * @returns the error to throw; bugs are returned unchanged
 */
export function withPartialAnswer(thrown: unknown, summary: AnswerSummary): unknown {
  if (!(thrown instanceof GatewayError)) return thrown;
  const { usage, input = null, outputChars } = summary;
  const hasSummary = usage !== null || input !== null || outputChars > 0;
  return hasSummary || wasAnswering(thrown) ? new Unfinished(thrown, summary) : thrown;
}

/**
 * Reads the error that an attempt threw.
 *
 * @throws the error itself if it is a bug
 */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Unfinished) return thrown;
  if (!(thrown instanceof GatewayError)) throw thrown;
  return { error: thrown, summary: wasAnswering(thrown) ? EMPTY_SUMMARY : null };
}

/** Errors of requests that the upstream was answering: aborted from here, or broken off mid-answer. */
const WHILE_ANSWERING: ReadonlySet<ErrorCode> = new Set([
  'client_closed',
  'upstream_timeout',
  'upstream_cut',
]);

/**
 * Whether the upstream was answering: providers then bill the input and the output so far.
 *
 * They do not bill requests that they refuse, or fail before answering.
 */
function wasAnswering(error: GatewayError): boolean {
  return error instanceof UpstreamError && error.sent && WHILE_ANSWERING.has(error.code);
}

const EMPTY_SUMMARY: AnswerSummary = { usage: null, finishReason: null, outputChars: 0 };
