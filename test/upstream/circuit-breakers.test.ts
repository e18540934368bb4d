import { GatewayError } from '../../src/core/errors.js';
import { CircuitBreakers, type BreakerChange } from '../../src/upstream/circuit-breakers.js';
import { FakeClock } from '../support/fake-clock.js';
import { upstreamAt } from './support.js';

const one = upstreamAt('first', 'one');
const two = upstreamAt('second', 'two');
const down = new GatewayError('upstream_failed', 'refused the connection');
const busy = (retryAfterS: number) =>
  new GatewayError('upstream_rate_limited', 'slow down', { retryAfterS });

let clock: FakeClock;
let changes: BreakerChange[];
let breakers: CircuitBreakers;

beforeEach(() => {
  clock = new FakeClock();
  changes = [];
  breakers = new CircuitBreakers(clock, (change) => changes.push(change));
});

const fails = (times: number, error = down) => {
  for (let i = 0; i < times; i++) breakers.recordAttempt(one, error);
};
const cut = new GatewayError('upstream_cut', 'broke off');
/** Streams that begin, and break off. */
const breaks = (times: number) => {
  for (let i = 0; i < times; i++) {
    breakers.recordAttempt(one, null);
    breakers.recordEnd(one, cut);
  }
};
const isRested = () => [...breakers.order([one, two]).places][0] === two;

describe('a place that fails', () => {
  test('is asked first as before until it has failed three times in a row', () => {
    fails(2);
    breakers.recordAttempt(one, null);
    fails(2);

    expect(isRested()).toBe(false);
    expect(changes).toEqual([]);
  });

  test('is asked last from the third time on, which is told once', () => {
    fails(5);

    expect(breakers.order([one, two])).toEqual({ places: [two, one], passedOver: [one] });
    expect(breakers.order([two, one])).toEqual({ places: [two, one], passedOver: [] });
    expect(changes).toEqual([{ upstream: 'first/one', cause: down, restingCount: 1 }]);
    expect(breakers.openIds).toEqual(['first/one']);
  });

  test('is still asked where there is no other, or the others rest as well', () => {
    fails(3);
    for (let i = 0; i < 3; i++) breakers.recordAttempt(two, down);

    expect(breakers.order([one])).toEqual({ places: [one], passedOver: [] });
    expect(breakers.order([one, two])).toEqual({ places: [one, two], passedOver: [] });
  });

  test('is tried by one request at a time when its rest is over', () => {
    fails(3);
    clock.advance(5_000);

    expect([isRested(), isRested()]).toEqual([false, true]);
  });

  test('rests twice as long each time, up to a minute', () => {
    fails(3);
    const rests = [5, 10, 20, 40, 60, 60].map((restS) => {
      clock.advance(restS * 1_000 - 1);
      const before = isRested();
      clock.advance(1);
      const after = isRested();
      fails(1);
      return [before, after];
    });

    expect(rests).toEqual(Array.from({ length: 6 }, () => [true, false]));
    expect(changes).toHaveLength(1);
  });

  test('is asked first again as soon as it has answered, which is told', () => {
    fails(3);

    breakers.recordAttempt(one, null);

    expect(breakers.hasNoFailures).toBe(true);
    expect(isRested()).toBe(false);
    expect(changes.at(-1)).toEqual({ upstream: 'first/one', cause: null, restingCount: 0 });
  });

  test('is asked last when three streams in a row break off, although each of them had begun', () => {
    breaks(2);
    breakers.recordEnd(one, null);
    breaks(2);
    const before = isRested();
    breaks(1);

    expect([before, isRested()]).toEqual([false, true]);
    expect(changes).toEqual([{ upstream: 'first/one', cause: cut, restingCount: 1 }]);
  });

  test('that breaks streams off rests again and again until one has come to its end', () => {
    breaks(3);
    clock.advance(5_000);
    const probed = [isRested(), isRested()];
    breaks(1);
    clock.advance(9_999);
    const second = isRested();
    clock.advance(1);
    const probedAgain = isRested();
    breakers.recordAttempt(one, null);
    const begun = isRested();
    breakers.recordEnd(one, null);

    expect(probed).toEqual([false, true]);
    expect([second, probedAgain, begun, isRested()]).toEqual([true, false, true, false]);
    expect(changes.map(({ cause }) => cause)).toEqual([cut, null]);
    expect(breakers.hasNoFailures).toBe(true);
  });

  test('that breaks off now and then, and failed before it began, is well again once an answer begins', () => {
    breaks(2);
    fails(3);
    const failed = isRested();
    breakers.recordAttempt(one, null);
    const begun = isRested();
    breakers.recordEnd(one, cut);

    expect([failed, begun, isRested()]).toEqual([true, false, true]);
  });

  test('tells nobody any more once its configuration is not in force', () => {
    breakers.retire();
    fails(3);

    expect(breakers.hasNoFailures).toBe(true);
    expect(changes).toEqual([]);
  });
});

describe('a place that asks to be left alone', () => {
  test.each([
    { said: 7, restS: 7 },
    { said: 86_400, restS: 300 },
  ])('for $said s rests for $restS s at once', ({ said, restS }) => {
    fails(1, busy(said));

    clock.advance(restS * 1_000 - 1);
    const before = isRested();
    clock.advance(1);

    expect([before, isRested()]).toEqual([true, false]);
  });

  test('is not disturbed earlier by a shorter wish', () => {
    fails(1, busy(60));
    fails(1, busy(1));
    clock.advance(30_000);

    expect(isRested()).toBe(true);
  });

  test('for no time at all has failed like any other', () => {
    fails(1, busy(0));

    expect(isRested()).toBe(false);
  });
});
