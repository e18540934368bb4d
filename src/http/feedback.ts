import * as z from 'zod';
import { GatewayError } from '../core/errors.js';
import type { Caller } from '../admit/keys.js';
import type { FeedbackService, FeedbackInput } from '../request/feedback-service.js';
import type { CacheAdmin, FeedbackEffect } from '../recall/admin.js';
import { checkedBody } from './checked-body.js';

const LABELS = { good: 1, bad: 0 } as const;

const body = z.strictObject({
  decision_id: z.string().min(1),
  score: z.number().min(0).max(1).optional(),
  label: z.enum(['good', 'bad']).optional(),
  preferred: z.string().min(1).optional(),
});

/**
 * Answers `POST /v1/feedback`.
 *
 * @returns the reply's JSON
 * @throws {GatewayError} `invalid_json`; `invalid_request`, naming the field at fault; `not_found`; `not_saved`
 */
export async function submitFeedback(
  bytes: Buffer,
  caller: Caller,
  { feedback, cache }: FeedbackTakers,
): Promise<Record<string, unknown>> {
  const verdict = readVerdict(bytes);
  const cacheReport = reportToCache(verdict, caller, cache().admin);
  const desk = feedback();
  if (cacheReport !== null && (cacheReport.wasCached || desk === null))
    return replyTo(verdict, cacheReport);
  if (desk === null) {
    throw new GatewayError('not_found', 'Feedback is disabled (adaptation.feedback is false).');
  }
  try {
    const { decisionId, scores, keptText } = await desk.submit(verdict, caller);
    const evicted = cacheReport === null ? {} : { evicted: cacheReport.evicted };
    return { object: 'feedback', decision_id: decisionId, scores, kept_text: keptText, ...evicted };
  } catch (error) {
    // Feedback that the router cannot learn from may still have evicted a cached answer.
    if (cacheReport?.isDropped !== true || !isUnlearnable(error)) throw error;
    return replyTo(verdict, cacheReport);
  }
}

/** Whether the feedback is only of no use to the router. */
function isUnlearnable(error: unknown): boolean {
  return error instanceof GatewayError && error.code !== 'not_saved';
}

interface FeedbackTakers {
  readonly feedback: () => FeedbackService | null;
  readonly cache: () => { readonly admin: CacheAdmin };
}

/** From this score on an answer counts as good. */
const GOOD = 0.5;

/** Tells the cache about a grade; that another model was preferred does not mean that the answer is wrong. */
function reportToCache(
  verdict: FeedbackInput,
  caller: Caller,
  admin: CacheAdmin,
): FeedbackEffect | null {
  if (!('score' in verdict)) return null;
  return admin.applyFeedback(verdict.decisionId, caller.name, verdict.score >= GOOD);
}

/** The reply to feedback that only the cache has used. */
function replyTo(
  { decisionId }: FeedbackInput,
  { evicted }: FeedbackEffect,
): Record<string, unknown> {
  return { object: 'feedback', decision_id: decisionId, scores: {}, kept_text: false, evicted };
}

function readVerdict(bytes: Buffer): FeedbackInput {
  const { decision_id: decisionId, ...verdict } = checkedBody(bytes, body);
  const [first, second] = Object.keys(verdict);
  if (first === undefined || second !== undefined) {
    const message = 'Exactly one of "score", "label" and "preferred" is required.';
    throw new GatewayError('invalid_request', message, { param: second ?? 'score' });
  }
  const { score, label, preferred } = verdict;
  if (preferred !== undefined) return { decisionId, preferred };
  return { decisionId, score: label === undefined ? (score ?? 0) : LABELS[label] };
}
