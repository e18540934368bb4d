import type { AbortSignalLike } from '../../src/core/disconnect-signal.js';
import { RecheckBudget } from '../../src/recall/recheck-budget.js';
import { FakeClock } from '../support/fake-clock.js';

const DAY_MS = 86_400_000;

/** @throws {Error} the budget refuses */
function reserved(budget: RecheckBudget, usdPerDay: number, expectedUsd: number): AbortSignalLike {
  const signal = budget.reserve(usdPerDay, expectedUsd);
  if (typeof signal === 'string') throw new Error(signal);
  return signal;
}

test('RecheckBudget refuses rechecks once the day’s budget is spent, until the next day', () => {
  const clock = new FakeClock(20 * DAY_MS);
  const budget = new RecheckBudget(clock);
  budget.settle(reserved(budget, 0.1, 0.01), 0.1);

  const refused = budget.reserve(0.1, 0.01);
  clock.advance(DAY_MS);

  expect(refused).toBe('spent');
  expect(typeof budget.reserve(0.1, 0.01)).toBe('object');
  expect(budget.spentUsd).toBe(0.1);
});

test('RecheckBudget reserves the expected cost of rechecks in progress', () => {
  const budget = new RecheckBudget(new FakeClock());
  const first = reserved(budget, 0.1, 0.04);
  reserved(budget, 0.1, 0.04);

  const third = budget.reserve(0.1, 0.04);
  budget.settle(first, 0.01);

  expect(third).toBe('spent');
  expect(typeof budget.reserve(0.1, 0.04)).toBe('object');
});

test('RecheckBudget counts the reserved cost when the actual one is unknown', () => {
  const budget = new RecheckBudget(new FakeClock());
  budget.settle(reserved(budget, 0.1, 0.06), null);

  expect(budget.reserve(0.1, 0.06)).toBe('spent');
  expect(budget.spentUsd).toBe(0);
});

test.each([
  ['the budget is 0', 0, 0.1, 'spent'],
  ['its expected cost exceeds the budget', 0.1, 0.11, 'spent'],
  ['its cost is unknown', 100, null, 'unpriced'],
])('RecheckBudget refuses a recheck when %s', (_what, usdPerDay, expectedUsd, why) => {
  expect(new RecheckBudget(new FakeClock()).reserve(usdPerDay, expectedUsd)).toBe(why);
});

test('RecheckBudget limits the number of concurrent rechecks', () => {
  const budget = new RecheckBudget(new FakeClock());
  const first = reserved(budget, 1, 0);
  const others = Array.from({ length: 5 }, () => budget.reserve(1, 0));

  budget.settle(first, 0);

  expect(others.filter((signal) => signal === 'busy')).toHaveLength(2);
  expect(typeof budget.reserve(1, 0)).toBe('object');
});

test('RecheckBudget aborts rechecks in progress when it is closed', () => {
  const budget = new RecheckBudget(new FakeClock());
  const signal = reserved(budget, 1, 0);

  budget.close();

  expect(signal.aborted).toBe(true);
  expect(budget.reserve(1, 0)).toBe('busy');
});
