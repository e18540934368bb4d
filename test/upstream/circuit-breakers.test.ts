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
/** Attempts whose stream begins and then breaks off. */
const breakOff = (times: number) => {
  for (let i = 0; i < times; i++) {
    breakers.recordAttempt(one, null);
    breakers.recordEnd(one, cut);
  }
};
const isLast = () => [...breakers.order([one, two]).places][0] === two;

describe('CircuitBreakers', () => {
  test('keeps the order until three consecutive failures', () => {
    fails(2);
    breakers.recordAttempt(one, null);
    fails(2);

    expect(isLast()).toBe(false);
    expect(changes).toEqual([]);
  });

  test('puts an upstream last after three consecutive failures and reports it once', () => {
    fails(5);

    expect(breakers.order([one, two])).toEqual({ places: [two, one], passedOver: [one] });
    expect(breakers.order([two, one])).toEqual({ places: [two, one], passedOver: [] });
    expect(changes).toEqual([{ upstream: 'first/one', cause: down, restingCount: 1 }]);
    expect(breakers.openIds).toEqual(['first/one']);
  });

  test('keeps the order when there is no alternative or every upstream rests', () => {
    fails(3);
    for (let i = 0; i < 3; i++) breakers.recordAttempt(two, down);

    expect(breakers.order([one])).toEqual({ places: [one], passedOver: [] });
    expect(breakers.order([one, two])).toEqual({ places: [one, two], passedOver: [] });
  });

  test('lets one request at a time probe an upstream after its rest', () => {
    fails(3);
    clock.advance(5_000);

    expect([isLast(), isLast()]).toEqual([false, true]);
  });

  test('doubles the rest after each failed probe, up to a minute', () => {
    fails(3);
    const rests = [5, 10, 20, 40, 60, 60].map((restS) => {
      clock.advance(restS * 1_000 - 1);
      const before = isLast();
      clock.advance(1);
      const after = isLast();
      fails(1);
      return [before, after];
    });

    expect(rests).toEqual(Array.from({ length: 6 }, () => [true, false]));
    expect(changes).toHaveLength(1);
  });

  test('restores the order after a successful attempt and reports it', () => {
    fails(3);

    breakers.recordAttempt(one, null);

    expect(breakers.hasNoFailures).toBe(true);
    expect(isLast()).toBe(false);
    expect(changes.at(-1)).toEqual({ upstream: 'first/one', cause: null, restingCount: 0 });
  });

  test('puts an upstream last after three consecutive streams break off', () => {
    breakOff(2);
    breakers.recordEnd(one, null);
    breakOff(2);
    const before = isLast();
    breakOff(1);

    expect([before, isLast()]).toEqual([false, true]);
    expect(changes).toEqual([{ upstream: 'first/one', cause: cut, restingCount: 1 }]);
  });

  test('keeps an upstream last after broken streams until one completes', () => {
    breakOff(3);
    clock.advance(5_000);
    const probed = [isLast(), isLast()];
    breakOff(1);
    clock.advance(9_999);
    const second = isLast();
    clock.advance(1);
    const probedAgain = isLast();
    breakers.recordAttempt(one, null);
    const begun = isLast();
    breakers.recordEnd(one, null);

    expect(probed).toEqual([false, true]);
    expect([second, probedAgain, begun, isLast()]).toEqual([true, false, true, false]);
    expect(changes.map(({ cause }) => cause)).toEqual([cut, null]);
    expect(breakers.hasNoFailures).toBe(true);
  });

  test('restores the order when an answer begins after failures, and counts broken streams separately', () => {
    breakOff(2);
    fails(3);
    const failed = isLast();
    breakers.recordAttempt(one, null);
    const begun = isLast();
    breakers.recordEnd(one, cut);

    expect([failed, begun, isLast()]).toEqual([true, false, true]);
  });

  test('ignores results after retire', () => {
    breakers.retire();
    fails(3);

    expect(breakers.hasNoFailures).toBe(true);
    expect(changes).toEqual([]);
  });
});

describe('CircuitBreakers with retry-after', () => {
  test.each([
    { said: 7, restS: 7 },
    { said: 86_400, restS: 300 },
  ])(
    'lets an upstream rest for $restS s after a single failure with retry-after $said',
    ({ said, restS }) => {
      fails(1, busy(said));

      clock.advance(restS * 1_000 - 1);
      const before = isLast();
      clock.advance(1);

      expect([before, isLast()]).toEqual([true, false]);
    },
  );

  test('does not shorten the rest when a shorter retry-after follows', () => {
    fails(1, busy(60));
    fails(1, busy(1));
    clock.advance(30_000);

    expect(isLast()).toBe(true);
  });

  test('treats retry-after 0 as an ordinary failure', () => {
    fails(1, busy(0));

    expect(isLast()).toBe(false);
  });
});
