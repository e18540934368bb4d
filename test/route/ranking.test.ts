import { fc } from '../support/fast-check.js';
import type { Candidate } from '../../src/core/decision.js';
import { Ranking } from '../../src/route/ranking.js';
import { candidate, DROPPED, outcome, tabled } from '../support/candidates.js';

/** Few distinct figures, so that many candidates are tied in some of them. */
const anyCandidates: fc.Arbitrary<readonly Candidate[]> = fc
  .array(
    fc.record({
      success: fc.constantFrom(0.5, 0.8, 0.9),
      uncertainty: fc.constantFrom(0, 0.2),
      costUsd: fc.constantFrom(null, 0, 0.001, 0.01),
      latencyMs: fc.constantFrom(null, 400, 1000),
      dropped: fc.constantFrom(null, null, DROPPED),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((drawn) => drawn.map((figures, i) => candidate(`m/${i}`, figures)));
const anyTerms = fc.record({
  objective: fc.constantFrom('cost' as const, 'latency' as const, 'quality' as const),
  price: fc.constantFrom(null, 0, 0.02, 20_000),
  each: fc.constantFrom(null, 0.95),
  cautious: fc.boolean(),
});

function orderOf(
  candidates: readonly Candidate[],
  { objective, price, each, cautious }: typeof anyTerms extends fc.Arbitrary<infer T> ? T : never,
): { readonly first: string | undefined; readonly inOrder: readonly string[] } {
  const keepEach = each === null ? null : { value: each, rule: null };
  const rules = outcome({ objective, keepEach });
  const input = tabled({ candidates, outcome: rules, ood: 0, price });
  const ranking = Ranking.of(input, cautious);
  const nameOf = (place: number): string => input.candidates.at(place).model;
  return {
    first: ranking === null ? undefined : nameOf(ranking.first),
    inOrder: ranking?.inOrder().map(nameOf) ?? [],
  };
}

describe('Ranking, with many ties', () => {
  test('has the first of the full order as its first', () => {
    fc.assert(
      fc.property(anyCandidates, anyTerms, (candidates, terms) => {
        const { first, inOrder } = orderOf(candidates, terms);

        expect(first).toBe(inOrder[0]);
      }),
    );
  });

  test('does not depend on the order of the candidates', () => {
    fc.assert(
      fc.property(anyCandidates, anyTerms, fc.nat(), (candidates, terms, turn) => {
        const at = turn % candidates.length;
        const turned = [...candidates.slice(at), ...candidates.slice(0, at)].toReversed();

        expect(orderOf(turned, terms).inOrder).toEqual(orderOf(candidates, terms).inOrder);
      }),
    );
  });
});
