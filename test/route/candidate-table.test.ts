import { CandidateTable } from '../../src/route/candidate-table.js';
import { candidate, DROPPED } from '../support/candidates.js';

describe('CandidateTable', () => {
  const cheap = candidate('a/cheap', { costUsd: null, latencyMs: null });
  const dropped = candidate('b/dropped', { success: 0.9, dropped: DROPPED });

  test('returns the candidates that it was built from', () => {
    const table = CandidateTable.of([cheap, dropped]);

    expect(table.toArray()).toEqual([cheap, dropped]);
    expect(table.find('b/dropped')).toEqual(dropped);
    expect(table.find('c/absent')).toBeNull();
  });

  test('knows whether an eligible candidate is left', () => {
    expect(CandidateTable.of([cheap, dropped]).hasEligible).toBe(true);
    expect(CandidateTable.of([cheap]).hasEligible).toBe(true);
    expect(CandidateTable.of([dropped, dropped]).hasEligible).toBe(false);
    expect(CandidateTable.of([]).hasEligible).toBe(false);
  });

  test('is not modified by a copy with another prediction', () => {
    const table = CandidateTable.of([cheap, dropped]);

    const open = table.with({ ...dropped, success: 0.5, dropped: null });
    const closed = table.with({ ...cheap, dropped: DROPPED });

    expect(open.toArray()).toEqual([cheap, { ...dropped, success: 0.5, dropped: null }]);
    expect(closed.hasEligible).toBe(false);
    expect(table.toArray()).toEqual([cheap, dropped]);
  });

  test('has no values at an index without a candidate', () => {
    const table = CandidateTable.of([cheap]);

    expect(() => table.at(1)).toThrow('there is no candidate 1 of 1');
    expect(table.success(-1)).toBeNaN();
  });
});
