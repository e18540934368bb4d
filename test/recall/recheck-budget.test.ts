import type { AbortSignalLike } from '../../src/core/disconnect-signal.js';
import { RecheckBudget } from '../../src/recall/recheck-budget.js';
import { FakeClock } from '../support/fake-clock.js';

const DAY_MS = 86_400_000;

/** @throws {Error} where it must not be asked */
function begun(purse: RecheckBudget, usdPerDay: number, expectedUsd: number): AbortSignalLike {
  const signal = purse.reserve(usdPerDay, expectedUsd);
  if (typeof signal === 'string') throw new Error(signal);
  return signal;
}

test('lets nothing through once the day is paid for, until the next', () => {
  const clock = new FakeClock(20 * DAY_MS);
  const purse = new RecheckBudget(clock);
  purse.settle(begun(purse, 0.1, 0.01), 0.1);

  const refused = purse.reserve(0.1, 0.01);
  clock.advance(DAY_MS);

  expect(refused).toBe('spent');
  expect(typeof purse.reserve(0.1, 0.01)).toBe('object');
  expect(purse.spentUsd).toBe(0.1);
});

test('sets aside what may be spent by what is under way', () => {
  const purse = new RecheckBudget(new FakeClock());
  const first = begun(purse, 0.1, 0.04);
  begun(purse, 0.1, 0.04);

  const third = purse.reserve(0.1, 0.04);
  purse.settle(first, 0.01);

  expect(third).toBe('spent');
  expect(typeof purse.reserve(0.1, 0.04)).toBe('object');
});

test('counts what was set aside where nobody says what it has cost', () => {
  const purse = new RecheckBudget(new FakeClock());
  purse.settle(begun(purse, 0.1, 0.06), null);

  expect(purse.reserve(0.1, 0.06)).toBe('spent');
  expect(purse.spentUsd).toBe(0);
});

test.each([
  ['nothing may be spent', 0, 0.1, 'spent'],
  ['it costs more than may be spent a day', 0.1, 0.11, 'spent'],
  ['nobody knows what it costs', 100, null, 'unpriced'],
])('lets nothing through where %s', (_what, usdPerDay, expectedUsd, why) => {
  expect(new RecheckBudget(new FakeClock()).reserve(usdPerDay, expectedUsd)).toBe(why);
});

test('lets a few through at a time, and the next when one has ended', () => {
  const purse = new RecheckBudget(new FakeClock());
  const first = begun(purse, 1, 0);
  const others = Array.from({ length: 5 }, () => purse.reserve(1, 0));

  purse.settle(first, 0);

  expect(others.filter((signal) => signal === 'busy')).toHaveLength(2);
  expect(typeof purse.reserve(1, 0)).toBe('object');
});

test('ends what is under way when it is closed', () => {
  const purse = new RecheckBudget(new FakeClock());
  const signal = begun(purse, 1, 0);

  purse.close();

  expect(signal.aborted).toBe(true);
  expect(purse.reserve(1, 0)).toBe('busy');
});
