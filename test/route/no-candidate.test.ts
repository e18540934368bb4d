import type { Candidate, Drop } from '../../src/core/decision.js';
import { NoCandidateError } from '../../src/route/no-candidate.js';

function candidate(model: string, dropped: Drop, costUsd: number | null = null): Candidate {
  const predicted = { success: 0.9, uncertainty: 0.1, outputTokens: 100, cachedTokens: 0 };
  return { model, ...predicted, costUsd, latencyMs: null, dropped };
}

function overLimit(costUsd: number, rule: string | null): Drop {
  return { why: 'cost_limit', detail: `$${costUsd} is over the limit of $0.001`, rule };
}

function messageOf(...candidates: readonly Candidate[]): string {
  return new NoCandidateError('auto', candidates, null).message;
}

describe('NoCandidateError', () => {
  test('names the model closest to a limit for all that exceed it', () => {
    const message = messageOf(
      candidate('a/large', overLimit(0.2, 'thrift'), 0.2),
      candidate('a/small', overLimit(0.002, 'thrift'), 0.002),
      candidate('a/middle', overLimit(0.02, 'thrift'), 0.02),
    );

    expect(message).toBe(
      'Policy "auto" has no model left to choose from. 3 models, a/small being closest: $0.002 is over the limit of $0.001 (rule "thrift").',
    );
  });

  test('distinguishes constraints of the policy from those of the request', () => {
    const message = messageOf(
      candidate('a/one', { why: 'not_in_only', detail: 'is not in only b/*', rule: null }),
      candidate('b/two', { why: 'capability_missing', detail: 'has no vision', rule: null }),
      candidate('b/three', overLimit(0.2, null), 0.2),
    );

    expect(message).toBe(
      'Policy "auto" has no model left to choose from. 1 model: is not in only b/* (policy "auto"); 1 model: has no vision; 1 model: $0.2 is over the limit of $0.001 (policy "auto").',
    );
  });
});
