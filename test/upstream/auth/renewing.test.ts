import { leaseFor, renewing } from '../../../src/upstream/auth/renewing.js';
import { FakeClock } from '../../support/fake-clock.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Enough turns for everything in progress here to finish. */
const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

function opened(lifeMs = HOUR) {
  const clock = new FakeClock();
  const results: (Error | null)[] = [];
  let renewals = 0;
  const current = renewing(
    async () => {
      renewals += 1;
      const result = results.shift() ?? null;
      if (result !== null) throw result;
      return leaseFor(`token ${renewals}`, clock.now(), lifeMs);
    },
    () => clock.now(),
  );
  return { clock, current, results, renewals: () => renewals };
}

describe('renewing', () => {
  test('fetches the value once for concurrent callers and caches it', async () => {
    const { clock, current, renewals } = opened();

    const first = await Promise.all([current(), current(), current()]);
    clock.advance(54 * MINUTE);
    const kept = await current();
    await settled();

    expect([...first, kept]).toEqual(Array(4).fill('token 1'));
    expect(renewals()).toBe(1);
  });

  test('renews the value in the background before it expires', async () => {
    const { clock, current, renewals } = opened();
    await current();
    clock.advance(56 * MINUTE);

    const meanwhile = await Promise.all([current(), current()]);
    await settled();

    expect(meanwhile).toEqual(['token 1', 'token 1']);
    expect(await current()).toBe('token 2');
    expect(renewals()).toBe(2);
  });

  test('returns the old value while renewal fails, and retries', async () => {
    const { clock, current, results, renewals } = opened();
    await current();
    clock.advance(56 * MINUTE);
    results.push(new Error('away'), new Error('still away'));

    for (let i = 0; i < 5; i++) {
      expect(await current()).toBe('token 1');
      await settled();
    }
    expect(renewals()).toBe(2);
    clock.advance(11_000);
    await current();
    await settled();
    clock.advance(11_000);
    await current();
    await settled();

    expect(await current()).toBe('token 4');
  });

  test('does not return a value that is about to expire', async () => {
    const { clock, current, results } = opened();
    await current();
    clock.advance(HOUR - 20_000);
    results.push(new Error('away'));

    await expect(current()).rejects.toThrow('away');
    expect(await current()).toBe('token 3');
  });

  test('renews a short-lived value after half of its lifetime', async () => {
    const { clock, current } = opened(20_000);
    await current();

    clock.advance(9_000);
    expect(await current()).toBe('token 1');
    clock.advance(2_000);
    expect(await current()).toBe('token 2');
  });
});
