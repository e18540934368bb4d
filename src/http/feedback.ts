import * as z from 'zod';
import { GatewayError } from '../core/errors.js';
import type { Caller } from '../admit/keys.js';
import type { FeedbackDesk, Verdict } from '../feedback-desk.js';
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
 * @throws {GatewayError} `invalid_json`; `invalid_request`, naming the field at fault; `not_found`
 */
export async function takeFeedback(
  bytes: Buffer,
  caller: Caller,
  { feedback }: { readonly feedback: () => FeedbackDesk | null },
): Promise<Record<string, unknown>> {
  const desk = feedback();
  if (desk === null) {
    throw new GatewayError('not_found', 'no feedback is taken here (adaptation.feedback is false)');
  }
  const { decisionId, scores, keptText } = await desk.take(readVerdict(bytes), caller);
  return { object: 'feedback', decision_id: decisionId, scores, kept_text: keptText };
}

function readVerdict(bytes: Buffer): Verdict {
  const { decision_id: decisionId, ...said } = checkedBody(bytes, body);
  const [first, second] = Object.keys(said);
  if (first === undefined || second !== undefined) {
    const message = 'say one of "score", "label" and "preferred"';
    throw new GatewayError('invalid_request', message, { param: second ?? 'score' });
  }
  const { score, label, preferred } = said;
  if (preferred !== undefined) return { decisionId, preferred };
  return { decisionId, score: label === undefined ? (score ?? 0) : LABELS[label] };
}
