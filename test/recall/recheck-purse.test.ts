import type { GoneSignal } from '../../src/core/departure.js';
import { RecheckPurse } from '../../src/recall/recheck-purse.js';
import { FakeClock } from '../support/fake-clock.js';

const DAY_MS = 86_400_000;

/** @throws {Error} where it must not be asked */
function begun(purse: RecheckPurse, usdPerDay: number, expectedUsd: number): GoneSignal {
  const signal = purse.begin(usdPerDay, expectedUsd);
  if (typeof signal === 'string') throw new Error(signal);
  return signal;
}

test('lets nothing through once the day is paid for, until the next', () => {
  const clock = new FakeClock(20 * DAY_MS);
  const purse = new RecheckPurse(clock);
  purse.end(begun(purse, 0.1, 0.01), 0.1);

  const refused = purse.begin(0.1, 0.01);
  clock.advance(DAY_MS);

  expect(refused).toBe('spent');
  expect(typeof purse.begin(0.1, 0.01)).toBe('object');
  expect(purse.spentUsd).toBe(0.1);
});

test('sets aside what may be spent by what is under way', () => {
  const purse = new RecheckPurse(new FakeClock());
  const first = begun(purse, 0.1, 0.04);
  begun(purse, 0.1, 0.04);

  const third = purse.begin(0.1, 0.04);
  purse.end(first, 0.01);

  expect(third).toBe('spent');
  expect(typeof purse.begin(0.1, 0.04)).toBe('object');
});

test('counts what was set aside where nobody says what it has cost', () => {
  const purse = new RecheckPurse(new FakeClock());
  purse.end(begun(purse, 0.1, 0.06), null);

  expect(purse.begin(0.1, 0.06)).toBe('spent');
  expect(purse.spentUsd).toBe(0);
});

test.each([
  ['nothing may be spent', 0, 0.1, 'spent'],
  ['it costs more than may be spent a day', 0.1, 0.11, 'spent'],
  ['nobody knows what it costs', 100, null, 'unpriced'],
])('lets nothing through where %s', (_what, usdPerDay, expectedUsd, why) => {
  expect(new RecheckPurse(new FakeClock()).begin(usdPerDay, expectedUsd)).toBe(why);
});

test('lets a few through at a time, and the next when one has ended', () => {
  const purse = new RecheckPurse(new FakeClock());
  const first = begun(purse, 1, 0);
  const others = Array.from({ length: 5 }, () => purse.begin(1, 0));

  purse.end(first, 0);

  expect(others.filter((signal) => signal === 'busy')).toHaveLength(2);
  expect(typeof purse.begin(1, 0)).toBe('object');
});

test('ends what is under way when it is closed', () => {
  const purse = new RecheckPurse(new FakeClock());
  const signal = begun(purse, 1, 0);

  purse.close();

  expect(signal.aborted).toBe(true);
  expect(purse.begin(1, 0)).toBe('busy');
});
