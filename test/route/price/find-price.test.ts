import { fc } from '../../support/fast-check.js';
import type { Candidate } from '../../../src/core/decision.js';
import { CandidateTable } from '../../../src/route/candidate-table.js';
import { Expectations } from '../../../src/route/price/expectations.js';
import { findPrice, totalsOf } from '../../../src/route/price/find-price.js';
import type { RuleOutcome } from '../../../src/route/rules/outcome.js';
import { candidate, chooseAmong, DROPPED, outcome } from '../../support/candidates.js';

const NAMES = ['a/cheap', 'b/middle', 'c/best'] as const;

/** Candidates of one request, from `[success, costUsd]` each. */
function row(...figures: readonly (readonly [number, number | null])[]): readonly Candidate[] {
  return figures.map(([success, costUsd], i) =>
    candidate(NAMES[i] ?? `x/${i}`, { success, costUsd }),
  );
}

function expecting(
  rows: readonly (readonly Candidate[])[],
  change: Partial<RuleOutcome> = {},
): Expectations {
  const expectations = new Expectations(outcome(change), rows[0]?.length ?? 0, rows.length);
  for (const own of rows)
    expectations.add({ candidates: CandidateTable.of(own), ood: 0, novelty: 0 });
  return expectations;
}

function priceFor(
  rows: readonly (readonly Candidate[])[],
  share: number,
  change: Partial<RuleOutcome> = {},
): number | null {
  return findPrice([{ expectations: expecting(rows, change), weight: 1 }], share);
}

const easy = row([0.95, 0.001], [0.96, 0.01]);
const hard = row([0.5, 0.001], [0.9, 0.01]);

describe('findPrice', () => {
  test('returns the lowest price at which the choices together keep the share', () => {
    // From 0.0225 the hard prompt justifies the expensive model, from 0.9 the easy one too.
    expect(priceFor([easy, hard], 0.97)).toBeCloseTo(0.0225, 3);
    expect(priceFor([easy, hard], 0.999)).toBeCloseTo(0.9, 2);
  });

  test('returns 0 when the cheapest candidates keep the share', () => {
    expect(priceFor([easy], 0.97)).toBe(0);
  });

  test('returns null when no choice can keep the share', () => {
    const strong = candidate('s/strong', { success: 0.99, dropped: DROPPED });
    const rows = [[...hard, strong]];

    expect(priceFor(rows, 0.97, { reference: 's/strong' })).toBeNull();
    expect(findPrice([], 0.97)).toBeNull();
  });

  test('returns a price in milliseconds with the latency objective', () => {
    const quick = candidate('q/quick', { success: 0.8, latencyMs: 500 });
    const slow = candidate('s/slow', { success: 0.9, latencyMs: 2000 });

    expect(priceFor([[quick, slow]], 0.99, { objective: 'latency' })).toBe(15_100);
  });

  test('returns a positive price when a candidate of unknown cost is needed', () => {
    const rows = (free: number) => [row([0.6, free], [0.9, null])];

    expect(priceFor(rows(0), 0.97)).toBeGreaterThan(0);
    expect(priceFor(rows(0.0001), 0.97)).toBeGreaterThan(0);
  });

  test('weighs samples', () => {
    const samples = (weight: number) => [
      { expectations: expecting([hard, easy]), weight: 1 },
      { expectations: expecting([easy, easy]), weight },
    ];

    expect(findPrice(samples(1), 0.9)).toBe(0.0226);
    expect(findPrice(samples(20), 0.9)).toBe(0);
  });

  test('ignores requests without an eligible candidate', () => {
    const dropped = hard.map((c) => ({ ...c, dropped: DROPPED }));

    expect(expecting([easy, dropped, hard]).size).toBe(2);
  });

  test('uses only the latest requests', () => {
    const expectations = new Expectations(outcome(), 2, 2);

    for (const own of [hard, easy, easy]) {
      expectations.add({ candidates: CandidateTable.of(own), ood: 0, novelty: 0 });
    }

    expect(findPrice([{ expectations, weight: 1 }], 0.97)).toBe(0);
  });
});

describe('findPrice, for any expectations', () => {
  const anyRow = fc
    .array(
      fc.tuple(
        fc.double({ min: 0.05, max: 0.99, noNaN: true }),
        fc.option(fc.double({ min: 0, max: 0.1, noNaN: true })),
      ),
      { minLength: 3, maxLength: 3 },
    )
    .map((figures) => row(...figures));
  const anyRows = fc.array(anyRow, { minLength: 1, maxLength: 10 });
  const anyShare = fc.double({ min: 0.5, max: 0.999, noNaN: true });

  test('keeps the share with a price of at most three digits', () => {
    fc.assert(
      fc.property(anyRows, anyShare, (rows, share) => {
        const sample = { expectations: expecting(rows), weight: 1 };

        const price = findPrice([sample], share);

        if (price === null) return false;
        const { quality, referenceQuality } = totalsOf([sample], price);
        return (
          quality >= share * referenceQuality * (1 - 1e-6) && Number(price.toPrecision(3)) === price
        );
      }),
    );
  });

  test('plans the choice that is actually made', () => {
    // Few distinct figures, so that many are equal, zero or unknown.
    const anyFigure = (least: number, most: number) =>
      fc.oneof(
        fc.constantFrom(null, least, most / 2, most),
        fc.double({ min: least, max: most, noNaN: true }),
      );
    const anyCandidate = fc.record({
      success: anyFigure(0.05, 0.99).map((success) => success ?? 0.5),
      uncertainty: fc.constantFrom(0, 0.1),
      costUsd: anyFigure(0, 0.1),
      latencyMs: anyFigure(1, 2000),
      dropped: fc.constantFrom(null, null, null, DROPPED),
    });
    const anyTerms = fc.record({
      objective: fc.constantFrom('cost' as const, 'latency' as const),
      reference: fc.constantFrom('best', 'm/1'),
      each: fc.constantFrom(null, 0.9, 1),
      price: fc.oneof(
        fc.constantFrom(null, 0, 1e-9, 0.02, 20_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
      ood: fc.constantFrom(0, 1),
    });

    fc.assert(
      fc.property(
        fc.array(anyCandidate, { minLength: 1, maxLength: 6 }),
        anyTerms,
        (drawn, { objective, reference, each, price, ood }) => {
          const candidates = drawn.map((figures, i) => candidate(`m/${i}`, figures));
          const keepEach = each === null ? null : { value: each, rule: null };
          const keep = { value: price === null ? 1 : 0.97, rule: null };
          const rules = outcome({ objective, reference, keepEach, keep });
          const expectations = new Expectations(rules, candidates.length, 1);

          expectations.add({ candidates: CandidateTable.of(candidates), ood, novelty: 0 });
          const { shares } = totalsOf([{ expectations, weight: 1 }], price);
          const made = chooseAmong({ candidates, outcome: rules, ood, price });

          const planned = candidates[shares.indexOf(1)]?.model;
          expect(planned).toBe(made?.chosen.model);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
