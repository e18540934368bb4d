import { fc } from '../support/fast-check.js';
import type { Candidate } from '../../src/core/decision.js';
import { chooseAmong, DROPPED, fallbacks, outcome } from '../support/candidates.js';

describe('choice, for any candidates', () => {
  const anyCandidate: fc.Arbitrary<Candidate> = fc.record({
    model: fc.stringMatching(/^[a-z]{1,3}\/[a-z]{1,6}$/u),
    success: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    uncertainty: fc.double({ min: 0, max: 0.5, noNaN: true }),
    outputTokens: fc.nat({ max: 4000 }),
    cachedTokens: fc.nat({ max: 4000 }),
    costUsd: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    latencyMs: fc.option(fc.double({ min: 1, max: 1e5, noNaN: true })),
    dropped: fc.constantFrom(null, null, DROPPED),
  });
  const anyCandidates = fc.uniqueArray(anyCandidate, {
    selector: (c) => c.model,
    minLength: 1,
    maxLength: 12,
  });
  const anyKeep = fc.double({ min: 0, max: 1, noNaN: true });

  test('is sufficient and not more expensive than another sufficient candidate', () => {
    fc.assert(
      fc.property(anyCandidates, anyKeep, (candidates, keep) => {
        const rules = outcome({ keep: { value: keep, rule: null } });

        const choice = chooseAmong({ candidates, outcome: rules, ood: 0, price: null });

        const open = candidates.filter((c) => c.dropped === null);
        if (choice === null) return open.length === 0;
        const floor = keep * Math.max(...open.map((c) => c.success)) - 1e-9;
        const cheaper = open.filter(
          (c) =>
            c.success >= floor + 2e-9 &&
            (c.costUsd ?? Infinity) < (choice.chosen.costUsd ?? Infinity),
        );
        return choice.chosen.success >= floor && cheaper.length === 0;
      }),
    );
  });

  test('does not depend on the order of the candidates', () => {
    fc.assert(
      fc.property(
        anyCandidates,
        anyKeep,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (candidates, keep, ood) => {
          const rules = outcome({ keep: { value: keep, rule: null } });

          const forwards = chooseAmong({ candidates, outcome: rules, ood, price: null });
          const backwards = chooseAmong({
            candidates: candidates.toReversed(),
            outcome: rules,
            ood,
            price: null,
          });

          return forwards?.chosen.model === backwards?.chosen.model;
        },
      ),
    );
  });

  test('has every other eligible candidate as a fallback, once', () => {
    fc.assert(
      fc.property(anyCandidates, (candidates) => {
        const input = { candidates, outcome: outcome(), ood: 0, price: null };
        const chosen = chooseAmong(input)?.chosen.model;

        const open = candidates.filter((c) => c.dropped === null).map((c) => c.model);
        const named = [...(chosen ? [chosen] : []), ...fallbacks(input)];
        return JSON.stringify(named.toSorted()) === JSON.stringify(open.toSorted());
      }),
    );
  });
});
