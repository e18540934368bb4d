import { CandidateTable } from '../../../src/route/candidate-table.js';
import { choose } from '../../../src/route/decide.js';
import type { Prospect } from '../../../src/route/price/expectations.js';
import { PriceBook } from '../../../src/route/price/price-book.js';
import type { RuleOutcome } from '../../../src/route/rules/outcome.js';
import { candidate, outcome } from '../../support/candidates.js';

/** A request on which the expensive model is better by `better`. */
function prospect(better: number, novelty = 0): Prospect {
  const candidates = CandidateTable.of([
    candidate('a/cheap', { success: 0.9 - better, costUsd: 0.001 }),
    candidate('b/dear', { success: 0.9, costUsd: 0.01 }),
  ]);
  return { candidates, ood: 0, novelty };
}

/** The share of the best quality that the choices at the book's prices keep. */
function keptOver(book: PriceBook, rules: RuleOutcome, requests: readonly Prospect[]): number {
  let quality = 0;
  let best = 0;
  for (const request of requests) {
    const choice = choose({ ...request, outcome: rules, price: book.priceOf(rules) });
    book.record(rules, request);
    quality += choice?.chosen.success ?? 0;
    best += choice?.reference.success ?? 0;
  }
  return quality / best;
}

/** `count` requests on which the expensive model is better by 0 to `most`, mixed. */
function traffic(count: number, most: number, novelty = 0): readonly Prospect[] {
  return Array.from({ length: count }, (_, i) =>
    prospect((most * ((i * 37) % count)) / count, novelty),
  );
}

const now = (work: () => void): void => {
  work();
};

describe('PriceBook', () => {
  test('keeps the share on typical prompts from the first request', () => {
    const usual = traffic(200, 0.3);
    const book = new PriceBook({ usualProspects: () => usual, defer: null });
    const rules = outcome();

    const kept = keptOver(book, rules, usual);

    expect(kept).toBeGreaterThan(0.97);
    expect(kept).toBeLessThan(0.98);
  });

  test('adapts to traffic for which the price of the typical prompts is too low', () => {
    const rules = outcome({ keep: { value: 0.9, rule: null } });
    const usual = () => traffic(100, 0.05);
    const harder = traffic(600, 0.6);
    const still = new PriceBook({ usualProspects: usual, defer: null });
    const following = new PriceBook({ usualProspects: usual, defer: now });

    expect(keptOver(still, rules, harder)).toBeLessThan(0.7);
    keptOver(following, rules, harder);
    expect(keptOver(following, rules, harder)).toBeGreaterThan(0.89);
  });

  test.each([
    { keep: 0.97, known: 0.976, novel: 0.988 },
    { keep: 0.9, known: 0.91, novel: 0.93 },
  ])(
    'holds more back on novel traffic, of which predictions know less: $keep',
    ({ keep, known, novel }) => {
      const rules = outcome({ keep: { value: keep, rule: null } });
      const keptOn = (novelty: number): number => {
        const book = new PriceBook({ usualProspects: () => [], defer: now });
        const requests = traffic(1000, 0.6, novelty);
        keptOver(book, rules, requests);
        return keptOver(book, rules, requests);
      };

      expect(keptOn(0)).toBeCloseTo(known, 2);
      expect(keptOn(1)).toBeCloseTo(novel, 2);
      expect(keptOn(0.5)).toBeCloseTo((known + novel) / 2, 2);
    },
  );

  test('follows the novelty of the latest traffic', () => {
    const usual = traffic(100, 0.3);
    const book = new PriceBook({ usualProspects: () => usual, defer: now });
    const rules = outcome();

    keptOver(book, rules, traffic(1000, 0.3));
    const price = book.priceOf(rules) ?? 0;
    keptOver(book, rules, traffic(1000, 0.3, 0.6));

    expect(book.priceOf(rules)).toBeGreaterThan(price);
  });

  test('computes a new price in deferred work only', () => {
    const waiting: (() => void)[] = [];
    const book = new PriceBook({
      usualProspects: () => traffic(50, 0.1),
      defer: (work) => waiting.push(work),
    });
    const rules = outcome();
    const before = book.priceOf(rules);

    keptOver(book, rules, traffic(16, 0.6));

    expect(book.priceOf(rules)).toBe(before);
    expect(waiting).toHaveLength(1);
    waiting[0]?.();
    expect(book.priceOf(rules)).not.toBe(before);
  });

  test('has no price before traffic when there are no typical prompts, and one afterwards', () => {
    const book = new PriceBook({ usualProspects: () => [], defer: now });
    const rules = outcome();

    expect(book.priceOf(rules)).toBeNull();
    keptOver(book, rules, traffic(32, 0.3));
    expect(book.priceOf(rules)).toBeGreaterThan(0);
  });

  test.each([
    { when: 'keep is 1', change: { keep: { value: 1, rule: null } } },
    { when: 'the objective is quality', change: { objective: 'quality' as const } },
  ])('has no price when $when', ({ change }) => {
    const book = new PriceBook({ usualProspects: () => traffic(50, 0.3), defer: now });
    const rules = outcome(change);

    keptOver(book, rules, traffic(32, 0.3));

    expect(book.priceOf(rules)).toBeNull();
  });

  test('has the price 0 with keep 0', () => {
    const book = new PriceBook({ usualProspects: () => traffic(50, 0.3), defer: null });

    expect(book.priceOf(outcome({ keep: { value: 0, rule: null } }))).toBe(0);
  });

  test('has a separate price for each set of rules', () => {
    const book = new PriceBook({ usualProspects: () => traffic(200, 0.3), defer: null });
    const lax = book.priceOf(outcome({ keep: { value: 0.9, rule: null } }));
    const strict = book.priceOf(outcome({ keep: { value: 0.99, rule: 'demanding' } }));

    expect(strict ?? 0).toBeGreaterThan(lax ?? Infinity);
  });

  test('adapts a limited number of rule sets, and has a fixed price for the others', () => {
    const book = new PriceBook({ usualProspects: () => traffic(50, 0.1), defer: now });
    const many = Array.from({ length: 60 }, () => outcome());
    const before = book.priceOf(outcome());

    for (const rules of many) keptOver(book, rules, traffic(16, 0.6));

    expect(book.priceOf(many[0] ?? outcome())).not.toBe(before);
    expect(book.priceOf(many[59] ?? outcome())).toBe(before);
  });
});
