import type { Candidate } from '../core/decision.js';
import { GatewayError } from '../core/errors.js';

/** No candidate is left; carries what dropped each of them. */
export class NoCandidateError extends GatewayError {
  readonly candidates: readonly Candidate[];

  /** @param whyNone - why there are no candidates at all, where that is known */
  constructor(policy: string, candidates: readonly Candidate[], whyNone: string | null) {
    super('no_candidate', describeDrops(policy, candidates, whyNone), { param: 'model' });
    this.candidates = candidates;
  }
}

function describeDrops(
  policy: string,
  candidates: readonly Candidate[],
  whyNone: string | null,
): string {
  if (candidates.length === 0) {
    return `no model can be chosen by "${policy}"${whyNone === null ? '' : `: ${whyNone}`}`;
  }
  const counts = new Map<string, number>();
  for (const { dropped } of candidates) {
    if (dropped === null) continue;
    const by = dropped.rule === null ? '' : ` (rule "${dropped.rule}")`;
    const text = `${dropped.detail}${by}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const reasons = [...counts].map(([text, n]) => `${n} ${n === 1 ? 'model' : 'models'}: ${text}`);
  return `no model is left for "${policy}" to choose from. ${reasons.join('; ')}.`;
}
