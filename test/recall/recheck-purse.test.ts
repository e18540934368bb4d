import { RecheckPurse } from '../../src/recall/recheck-purse.js';
import { FakeClock } from '../support/fake-clock.js';

const DAY_MS = 86_400_000;

test('lets nothing through once the day is paid for, until the next', () => {
  const clock = new FakeClock(20 * DAY_MS);
  const purse = new RecheckPurse(clock);
  const first = purse.begin(0.1);
  if (first !== null) purse.end(first, 0.1);

  const refused = purse.begin(0.1);
  clock.advance(DAY_MS);

  expect(first).not.toBeNull();
  expect(refused).toBeNull();
  expect(purse.begin(0.1)).not.toBeNull();
  expect(purse.spentUsd).toBe(0.1);
});

test('lets nothing through where nothing may be spent', () => {
  expect(new RecheckPurse(new FakeClock()).begin(0)).toBeNull();
});

test('lets a few through at a time, and the next when one has ended', () => {
  const purse = new RecheckPurse(new FakeClock());
  const begun = Array.from({ length: 6 }, () => purse.begin(1));
  const [first] = begun;
  if (first) purse.end(first, null);

  expect(begun.filter((signal) => signal !== null)).toHaveLength(4);
  expect(purse.begin(1)).not.toBeNull();
});

test('ends what is under way when it is closed', () => {
  const purse = new RecheckPurse(new FakeClock());
  const signal = purse.begin(1);

  purse.close();

  expect(signal?.aborted).toBe(true);
  expect(purse.begin(1)).toBeNull();
});
