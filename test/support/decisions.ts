import type { Decision } from '../../src/core/decision.js';

/** A decision of which only what a test says matters. */
export function decision(change: Partial<Decision> = {}): Decision {
  return {
    id: 'dec_1',
    atMs: Date.UTC(2026, 10, 20),
    requested: 'auto',
    policy: 'auto',
    model: 'acme/small',
    reason: 'cheapest_sufficient',
    rule: null,
    matchedRules: [],
    fallbacks: [],
    candidates: [],
    keep: 0.97,
    reference: 'acme/large',
    degraded: null,
    ood: 0.1,
    novelty: 0.2,
    receipt: { rules: 'r', predictor: 'p', catalog: 'c', price: 0.01 },
    ...change,
  };
}
