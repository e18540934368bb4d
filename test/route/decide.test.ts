import type { Candidate } from '../../src/core/decision.js';
import { candidate, chooseAmong, DROPPED, fallbacks, outcome } from '../support/candidates.js';

const cheap = candidate('a/cheap', { success: 0.7, costUsd: 0.0001 });
const middle = candidate('b/middle', { success: 0.89, costUsd: 0.001, latencyMs: 400 });
const best = candidate('c/best', { success: 0.9, costUsd: 0.01 });
const all = [best, cheap, middle];

describe('choice', () => {
  test('is the cheapest candidate that keeps the required share of the best', () => {
    const input = { candidates: all, outcome: outcome(), ood: 0, price: null };

    expect(chooseAmong(input)).toMatchObject({
      chosen: middle,
      reason: 'cheapest_sufficient',
      reference: best,
    });
    expect(fallbacks(input)).toEqual(['c/best', 'a/cheap']);
  });

  test.each([
    { keep: 1, chosen: 'c/best' },
    { keep: 0.95, chosen: 'b/middle' },
    { keep: 0.5, chosen: 'a/cheap' },
    { keep: 0, chosen: 'a/cheap' },
  ])('is $chosen with keep $keep', ({ keep, chosen }) => {
    const rules = outcome({ keep: { value: keep, rule: null } });

    expect(
      chooseAmong({ candidates: all, outcome: rules, ood: 0, price: null })?.chosen.model,
    ).toBe(chosen);
  });

  test('is the fastest sufficient candidate with the latency objective', () => {
    const rules = outcome({ objective: 'latency' });

    expect(chooseAmong({ candidates: all, outcome: rules, ood: 0, price: null })).toMatchObject({
      chosen: middle,
      reason: 'fastest_sufficient',
    });
  });

  test('is the best candidate with the quality objective, whatever it costs', () => {
    const rules = outcome({ objective: 'quality' });

    expect(chooseAmong({ candidates: all, outcome: rules, ood: 0, price: null })).toMatchObject({
      chosen: best,
      reason: 'highest_quality',
    });
  });

  test('prefers a known price to an unknown one, even if the most expensive candidate is dropped', () => {
    const unknown = candidate('d/unknown', { success: 0.9, costUsd: null });
    const free = candidate('e/free', { success: 0.7, costUsd: 0 });
    const known = candidate('f/known', { success: 0.9, costUsd: 0.00003 });
    const dropped = candidate('g/big', { success: 0.97, costUsd: 0.01, dropped: DROPPED });
    const rules = outcome({ keep: { value: 0.9, rule: null }, reference: 'g/big' });

    const among = (...candidates: readonly Candidate[]) =>
      chooseAmong({ candidates, outcome: rules, ood: 0, price: 0.0011 })?.chosen.model;

    expect(among(unknown, free, known, dropped)).toBe('f/known');
    expect(among(unknown, { ...known, success: 0.899 }, dropped)).toBe('f/known');
  });

  test('is never a dropped candidate', () => {
    const candidates = [best, { ...middle, dropped: DROPPED }, cheap];

    expect(chooseAmong({ candidates, outcome: outcome(), ood: 0, price: null })?.chosen).toEqual(
      best,
    );
  });

  test('is null when every candidate is dropped', () => {
    const candidates = all.map((c) => ({ ...c, dropped: DROPPED }));

    expect(chooseAmong({ candidates, outcome: outcome(), ood: 0, price: null })).toBeNull();
  });

  test('has the reason only_candidate when constraints leave one', () => {
    const candidates = [cheap, { ...best, dropped: DROPPED }];

    expect(chooseAmong({ candidates, outcome: outcome(), ood: 0, price: null })).toMatchObject({
      chosen: cheap,
      reason: 'only_candidate',
    });
  });

  test('names the rule that left one candidate, if it dropped all others', () => {
    const by = (...rules: readonly (string | null)[]) => {
      const others = rules.map((rule, i) =>
        candidate(`x/${i}`, {
          dropped: { why: 'not_in_only', detail: 'is not in only a/*', rule },
        }),
      );
      const candidates = [cheap, ...others];
      return chooseAmong({ candidates, outcome: outcome(), ood: 0, price: null })?.rule;
    };

    expect(by('europe', 'europe')).toBe('europe');
    expect(by('europe', 'thrift')).toBeNull();
    expect(by('europe', null)).toBeNull();
    expect(by()).toBeNull();
  });

  test('is not a candidate of unknown cost when a known cost is sufficient', () => {
    const unknown = candidate('u/unknown', { success: 0.9, costUsd: null });

    const among = chooseAmong({
      candidates: [unknown, best],
      outcome: outcome(),
      ood: 0,
      price: null,
    });

    expect(among?.chosen).toEqual(best);
  });

  test('is the best available when the named reference is not available', () => {
    const strong = candidate('s/strong', { success: 0.99, dropped: DROPPED });
    const rules = outcome({ reference: 's/strong', keep: { value: 0.97, rule: 'demanding' } });

    expect(
      chooseAmong({ candidates: [strong, cheap, middle], outcome: rules, ood: 0, price: null }),
    ).toMatchObject({
      chosen: middle,
      reason: 'best_available',
      rule: 'demanding',
    });
  });

  test('is the pinned model, whatever its quality, unless that is dropped', () => {
    const rules = outcome({ pin: { value: 'a/cheap', rule: 'pin-it' } });
    const dropped = [best, middle, { ...cheap, dropped: DROPPED }];

    expect(chooseAmong({ candidates: all, outcome: rules, ood: 0, price: null })).toMatchObject({
      chosen: cheap,
      reason: 'pinned',
      rule: 'pin-it',
    });
    expect(chooseAmong({ candidates: dropped, outcome: rules, ood: 0, price: null })?.reason).toBe(
      'cheapest_sufficient',
    );
  });

  test('is the preferred model only if it is sufficient', () => {
    const prefer = (glob: string) => outcome({ prefer: { value: [glob], rule: 'liking' } });

    expect(
      chooseAmong({ candidates: all, outcome: prefer('c/*'), ood: 0, price: null }),
    ).toMatchObject({
      chosen: best,
      reason: 'preferred',
      rule: 'liking',
    });
    expect(
      chooseAmong({ candidates: all, outcome: prefer('a/*'), ood: 0, price: null })?.chosen,
    ).toEqual(middle);
  });

  test('has only the fallbacks of the rule, in its order', () => {
    const rules = outcome({ fallbacks: { value: ['a/cheap', 'x/absent'], rule: 'order' } });

    expect(fallbacks({ candidates: all, outcome: rules, ood: 0, price: null })).toEqual([
      'a/cheap',
    ]);
  });
});

describe('choice at a price of quality', () => {
  test.each([
    { price: 0, chosen: 'a/cheap' },
    { price: 0.004, chosen: 'a/cheap' },
    { price: 0.005, chosen: 'b/middle' },
    { price: 0.89, chosen: 'b/middle' },
    { price: 0.91, chosen: 'c/best' },
  ])('is $chosen at the price $price', ({ price, chosen }) => {
    const choice = chooseAmong({ candidates: all, outcome: outcome(), ood: 0, price });

    expect(choice?.chosen.model).toBe(chosen);
  });

  test('may be below the required share, which holds on average', () => {
    const input = { candidates: all, outcome: outcome(), ood: 0, price: 0.001 };

    expect(chooseAmong(input)).toMatchObject({ chosen: cheap, floor: 0, reference: best });
  });

  test('is never below the share required of each request (keepEach)', () => {
    const rules = outcome({ keepEach: { value: 0.8, rule: null } });

    const input = { candidates: all, outcome: rules, ood: 0, price: 0.001 };

    expect(chooseAmong(input)).toMatchObject({ chosen: middle, floor: expect.closeTo(0.72, 6) });
    expect(fallbacks(input)).toEqual(['c/best', 'a/cheap']);
  });

  test('weighs milliseconds with the latency objective', () => {
    const rules = outcome({ objective: 'latency' });
    const input = { candidates: all, outcome: rules, ood: 0 };

    expect(chooseAmong({ ...input, price: 50_000 })?.chosen).toEqual(middle);
    expect(chooseAmong({ ...input, price: 70_000 })?.chosen).toEqual(best);
  });

  test('counts an unknown cost as the highest known one, and prefers known costs', () => {
    const unknown = candidate('u/unknown', { success: 0.9, costUsd: null });

    const candidates = [unknown, best, cheap];

    expect(chooseAmong({ candidates, outcome: outcome(), ood: 0, price: 0.001 })?.chosen).toEqual(
      cheap,
    );
    const input = { candidates, outcome: outcome(), ood: 0, price: 1 };
    expect(chooseAmong(input)?.chosen).toEqual(best);
    expect(fallbacks(input)).toEqual(['u/unknown', 'a/cheap']);
  });

  test('is the best of the candidates that cost nothing', () => {
    const candidates = all.map((c) => ({ ...c, costUsd: 0 }));

    expect(chooseAmong({ candidates, outcome: outcome(), ood: 0, price: 0 })?.chosen.model).toBe(
      'c/best',
    );
  });

  test('is a preferred model that is sufficient or no worse than the ordinary choice', () => {
    const prefer = (glob: string) => outcome({ prefer: { value: [glob], rule: 'liking' } });
    const fair = candidate('f/fair', { success: 0.75, costUsd: 0.02 });
    const input = { candidates: [...all, fair], ood: 0 };

    expect(chooseAmong({ ...input, outcome: prefer('c/*'), price: 0.001 })?.chosen).toEqual(best);
    expect(chooseAmong({ ...input, outcome: prefer('f/*'), price: 0.001 })?.chosen).toEqual(fair);
    expect(chooseAmong({ ...input, outcome: prefer('f/*'), price: 0.1 })?.chosen).toEqual(middle);
  });
});

describe('choice for unfamiliar prompts', () => {
  const unsure = candidate('b/unsure', { success: 0.89, uncertainty: 0.3, costUsd: 0.001 });

  test('avoids a candidate with high uncertainty', () => {
    const input = { candidates: [best, unsure], outcome: outcome() };

    expect(chooseAmong({ ...input, ood: 0.2, price: null })?.chosen).toEqual(unsure);
    expect(chooseAmong({ ...input, ood: 0.8, price: null })).toMatchObject({
      chosen: best,
      reason: 'unfamiliar_prompt',
    });
  });

  test('subtracts the uncertainty of the reference as well, so that equally uncertain candidates compare as before', () => {
    const candidates = [
      { ...best, uncertainty: 0.2 },
      { ...middle, uncertainty: 0.2 },
    ];
    const input = { candidates, outcome: outcome({ keep: { value: 0.9, rule: null } }) };

    expect(chooseAmong({ ...input, ood: 0.2, price: null })?.chosen.model).toBe('b/middle');
    expect(chooseAmong({ ...input, ood: 0.8, price: null })).toMatchObject({
      chosen: { model: 'b/middle' },
      reference: { model: best.model },
    });
  });

  test('keeps its ordinary reason when unfamiliarity changes nothing', () => {
    const input = {
      candidates: [best, { ...middle, uncertainty: 0.01 }],
      outcome: outcome(),
      ood: 0.9,
      price: null,
    };

    expect(chooseAmong(input)?.reason).toBe('cheapest_sufficient');
  });
});
