import type { Candidate } from '../../src/core/decision.js';
import { fc } from '../support/fast-check.js';
import { flips } from '../../src/route/explain.js';
import {
  candidate,
  chooseAmong,
  DROPPED,
  outcome,
  tabled,
  type ListedInput,
} from '../support/candidates.js';

const cheap = candidate('a/cheap', { success: 0.85, costUsd: 0.0001 });
const middle = candidate('b/middle', { success: 0.89, costUsd: 0.001 });
const best = candidate('c/best', { success: 0.9, costUsd: 0.01 });

function flipsOf(input: ListedInput): ReturnType<typeof flips> {
  const choice = chooseAmong(input);
  if (choice === null) throw new Error('nothing to flip');
  return flips(tabled(input), choice);
}

describe('flips of a choice', () => {
  test('start with the smallest change', () => {
    const found = flipsOf({
      candidates: [cheap, middle, best],
      outcome: outcome(),
      ood: 0,
      price: null,
    });

    expect(found[0]).toEqual({
      model: 'c/best',
      change: 'keep 0.989 instead of 0.97',
      size: expect.closeTo(0.0195, 3),
    });
    expect(found.map((flip) => flip.size)).toEqual(
      found.map((flip) => flip.size).toSorted((a, b) => a - b),
    );
  });

  test('name the success that a cheaper candidate lacks', () => {
    const found = flipsOf({
      candidates: [cheap, middle, best],
      outcome: outcome(),
      ood: 0,
      price: null,
    });

    expect(found).toContainEqual(
      expect.objectContaining({
        model: 'a/cheap',
        change: 'success of a/cheap 0.873 instead of 0.850',
      }),
    );
  });

  test('name the cost below which a better candidate would be chosen', () => {
    const found = flipsOf({
      candidates: [middle, { ...best, costUsd: 0.0015 }],
      outcome: outcome(),
      ood: 0,
      price: null,
    });

    expect(found).toContainEqual(
      expect.objectContaining({
        model: 'c/best',
        change: 'cost of c/best under $0.00100 instead of $0.00150',
      }),
    );
  });

  test('name the rule that dropped a candidate that would have been chosen', () => {
    const dropped = { ...middle, dropped: DROPPED };
    const found = flipsOf({ candidates: [dropped, best], outcome: outcome(), ood: 0, price: null });

    expect(found).toContainEqual({
      model: 'b/middle',
      change: 'if b/middle were not dropped: matches never x/* (rule "no-x")',
      size: 1,
    });
  });

  test('name all rules that dropped a candidate that would have been chosen', () => {
    const dropped = { ...middle, dropped: DROPPED };
    const rules = outcome({
      never: [
        { value: ['x/*'], rule: null },
        { value: ['b/*', 'x/*'], rule: 'no-b' },
      ],
      only: [{ value: ['c/*'], rule: 'only-c' }],
      limits: { costUsd: { value: 0.0005, rule: 'thrift' }, latencyMs: null, contextTokens: null },
    });

    const found = flipsOf({ candidates: [dropped, best], outcome: rules, ood: 0, price: null });

    expect(found).toContainEqual({
      model: 'b/middle',
      change: [
        'if b/middle were not dropped: matches never x/* (rule "no-x")',
        'matches never b/*, x/* (rule "no-b")',
        'is not in only c/* (rule "only-c")',
        '$0.00100 is over the limit of $0.0005 (rule "thrift")',
      ].join(', and '),
      size: 1,
    });
  });

  test('name the deciding pin or preference', () => {
    const pinned = outcome({ pin: { value: 'c/best', rule: 'pin-it' } });
    const preferred = outcome({ prefer: { value: ['c/*'], rule: 'liking' } });
    const candidates = [middle, best];

    expect(flipsOf({ candidates, outcome: pinned, ood: 0, price: null })).toContainEqual(
      expect.objectContaining({ change: 'without the pin to c/best (rule "pin-it")' }),
    );
    expect(flipsOf({ candidates, outcome: preferred, ood: 0, price: null })).toContainEqual(
      expect.objectContaining({ change: 'without the preference for c/* (rule "liking")' }),
    );
  });

  test('name the price of quality at which another candidate would be chosen', () => {
    const input = { candidates: [cheap, middle, best], outcome: outcome(), ood: 0, price: 0.1 };
    const found = flipsOf(input);

    expect(chooseAmong(input)?.chosen.model).toBe('b/middle');
    expect(found.map(({ model, change }) => `${change} -> ${model}`)).toEqual(
      expect.arrayContaining([
        'one more adequate answer worth $0.0225 instead of $0.100 -> a/cheap',
      ]),
    );
  });

  test('name the cost or success with which a candidate would be chosen at this price', () => {
    const found = flipsOf({
      candidates: [cheap, { ...middle, costUsd: 0.004 }],
      outcome: outcome(),
      ood: 0,
      price: 0.05,
    });

    expect(found.map(({ change }) => change)).toEqual(
      expect.arrayContaining([
        'cost of b/middle under $0.00210 instead of $0.00400',
        'success of b/middle 0.928 instead of 0.890',
      ]),
    );
  });

  test('never require a success above 1', () => {
    const dear = { ...best, costUsd: 0.01 };

    const found = flipsOf({ candidates: [cheap, dear], outcome: outcome(), ood: 0, price: 0.05 });

    expect(found.filter(({ change }) => change.startsWith('success of c/best'))).toEqual([]);
  });

  test('are in milliseconds with the latency objective', () => {
    const slow = candidate('s/slow', { success: 0.9, latencyMs: 2000 });
    const quick = candidate('q/quick', { success: 0.8, latencyMs: 500 });
    const candidates = [slow, quick];
    const rules = outcome({ objective: 'latency' });

    expect(flipsOf({ candidates, outcome: rules, ood: 0, price: 10_000 })).toContainEqual(
      expect.objectContaining({
        model: 's/slow',
        change: 'one more adequate answer worth 15000 ms instead of 10000 ms',
      }),
    );
  });

  test('are empty when there is no other candidate', () => {
    expect(flipsOf({ candidates: [best], outcome: outcome(), ood: 0, price: null })).toEqual([]);
  });

  test('consider the next preference when they remove one', () => {
    const next = { value: ['c/*'], rule: 'after' };
    const preferred = outcome({ prefer: { value: ['b/*'], rule: 'liking', otherwise: next } });
    const candidates = [cheap, { ...middle, success: 0.9 }, best];

    const found = flipsOf({ candidates, outcome: preferred, ood: 0, price: null });

    expect(found).toContainEqual({
      model: 'c/best',
      change: 'without the preference for b/* (rule "liking")',
      size: 1,
    });
  });

  test('name the price of quality with keep 1', () => {
    const keep = { value: 1, rule: null };
    const found = flipsOf({
      candidates: [cheap, middle, best],
      outcome: outcome({ keep }),
      ood: 0,
      price: null,
    });

    // A keep below 1 holds on average, so no share decides a single request.
    expect(found.filter(({ change }) => change.startsWith('keep'))).toEqual([]);
    expect(found).toContainEqual({
      model: 'b/middle',
      change: 'one more adequate answer worth $0.900 instead of any price',
      size: 1,
    });
  });

  test('change the choice as described, for any input', () => {
    const anyCandidate = fc
      .tuple(
        fc.double({ min: 0.05, max: 0.99, noNaN: true }),
        fc.double({ min: 1e-6, max: 0.1, noNaN: true }),
        fc.double({ min: 10, max: 10_000, noNaN: true }),
        fc.boolean(),
      )
      .map(([success, costUsd, latencyMs, out]) => ({
        success,
        costUsd,
        latencyMs,
        dropped: out ? DROPPED : null,
      }));
    const anyTerms = fc.record({
      objective: fc.constantFrom('cost' as const, 'latency' as const),
      keep: fc.constantFrom(0.85, 0.97, 1).map((value) => ({ value, rule: null })),
      worth: fc.constantFrom(null, 0, 0.05, 20_000),
      ood: fc.constantFrom(0, 0.9),
    });
    fc.assert(
      fc.property(
        fc.array(anyCandidate, { minLength: 1, maxLength: 6 }),
        anyTerms,
        (drawn, { objective, keep, worth, ood }) => {
          const candidates = drawn.map((change, i) => candidate(`m/${i}`, change));
          const price = keep.value === 1 ? null : worth;
          const input = { candidates, outcome: outcome({ objective, keep }), ood, price };
          const choice = chooseAmong(input);
          if (choice === null) return;
          for (const { model, change } of flips(tabled(input), choice)) {
            expect(model).not.toBe(choice.chosen.model);
            expect(chooseAmong(applied(input, change))?.chosen.model).toBe(model);
          }
        },
      ),
    );
  });
});

/** The input with the change that a flip describes, parsed from its text. */
function applied(input: ListedInput, change: string): ListedInput {
  const [, model = '', , written = ''] =
    /(?:of |worth |keep |if )(m\/\d+)?(.*?)\$?([\d.e+-]+)(?: ms)? instead of/u.exec(change) ?? [];
  const value = Number(written);
  const withModel = (changed: Partial<Candidate>): ListedInput => ({
    ...input,
    candidates: input.candidates.map((one) => (one.model === model ? { ...one, ...changed } : one)),
  });
  if (change.startsWith('success')) return withModel({ success: value });
  if (change.startsWith('cost')) return withModel({ costUsd: value * 0.999 });
  if (change.startsWith('one more')) return { ...input, price: value };
  if (change.startsWith('keep')) {
    return { ...input, outcome: { ...input.outcome, keep: { value, rule: null } } };
  }
  const undropped = /^if (\S+) were not dropped/u.exec(change)?.[1] ?? '';
  return {
    ...input,
    candidates: input.candidates.map((one) =>
      one.model === undropped ? { ...one, dropped: null } : one,
    ),
  };
}
