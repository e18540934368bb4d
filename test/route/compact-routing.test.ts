import { fc } from '../support/fast-check.js';
import type { Candidate } from '../../src/core/decision.js';
import { choose } from '../../src/route/decide.js';
import { CompactRouting } from '../../src/route/compact-routing.js';
import { Routing } from '../../src/route/routing.js';
import { candidate, DROPPED, outcome, tabled } from '../support/candidates.js';
import { decision } from '../support/decisions.js';

const features: Routing['features'] = {
  inputTokens: 12.5,
  language: 'en',
  code: 0.25,
  maths: 0,
  materialChars: 0,
  turns: 1,
  tools: 0,
  images: 0,
  format: 'text',
  needs: ['tools'],
  maxOutputTokens: null,
};

/** @returns `null` if every candidate is dropped */
function routing(candidates: readonly Candidate[]): Routing | null {
  const input = tabled({ candidates, outcome: outcome(), ood: 0.7, price: 0.002 });
  const choice = choose(input);
  const head = decision({ ood: 0.7 });
  return choice && new Routing({ head, features, input, choice });
}

const anyCandidate: fc.Arbitrary<Candidate> = fc.record({
  model: fc.stringMatching(/^[a-z]{1,3}\/[a-z]{1,6}$/u),
  success: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  uncertainty: fc.double({ min: 0, max: 0.5, noNaN: true }),
  outputTokens: fc.double({ min: 1, max: 4000, noNaN: true }),
  cachedTokens: fc.nat({ max: 4000 }),
  costUsd: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  latencyMs: fc.option(fc.double({ min: 1, max: 1e5, noNaN: true })),
  dropped: fc.constantFrom(null, null, DROPPED),
});
const anyCandidates = fc.uniqueArray(anyCandidate, {
  selector: (c) => c.model,
  minLength: 1,
  maxLength: 8,
});

describe('CompactRouting', () => {
  test('unpacks to the packed routing, for any routing', () => {
    fc.assert(
      fc.property(anyCandidates, (candidates) => {
        const before = routing(candidates);
        fc.pre(before !== null);

        const after = new CompactRouting(before).unpack();

        expect(after).toEqual(before);
        expect(after.decision).toEqual(before.decision);
      }),
    );
  });

  test('returns the prediction of one model without unpacking', () => {
    const open = candidate('a/open', { costUsd: null });
    const dropped = candidate('b/dropped', { dropped: DROPPED });
    const before = routing([open, dropped]);

    const kept = before && new CompactRouting(before);

    expect(kept?.candidate('a/open')).toEqual(open);
    expect(kept?.candidate('b/dropped')).toEqual(dropped);
    expect(kept?.candidate('c/absent')).toBeNull();
  });
});
