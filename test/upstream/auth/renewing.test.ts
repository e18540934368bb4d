import { leaseFor, renewing } from '../../../src/upstream/auth/renewing.js';
import { FakeClock } from '../../support/fake-clock.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Whatever is under way here ends within these turns. */
const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

function opened(lifeMs = HOUR) {
  const clock = new FakeClock();
  const fates: (Error | null)[] = [];
  let renewals = 0;
  const current = renewing(
    async () => {
      renewals += 1;
      const fate = fates.shift() ?? null;
      if (fate !== null) throw fate;
      return leaseFor(`token ${renewals}`, clock.now(), lifeMs);
    },
    () => clock.now(),
  );
  return { clock, current, fates, renewals: () => renewals };
}

describe('what expires', () => {
  test('is got once by all who wait for it, and kept', async () => {
    const { clock, current, renewals } = opened();

    const first = await Promise.all([current(), current(), current()]);
    clock.advance(54 * MINUTE);
    const kept = await current();
    await settled();

    expect([...first, kept]).toEqual(Array(4).fill('token 1'));
    expect(renewals()).toBe(1);
  });

  test('is renewed before it does, while nobody waits', async () => {
    const { clock, current, renewals } = opened();
    await current();
    clock.advance(56 * MINUTE);

    const meanwhile = await Promise.all([current(), current()]);
    await settled();

    expect(meanwhile).toEqual(['token 1', 'token 1']);
    expect(await current()).toBe('token 2');
    expect(renewals()).toBe(2);
  });

  test('is of use to its end where it cannot be renewed, which is tried again', async () => {
    const { clock, current, fates, renewals } = opened();
    await current();
    clock.advance(56 * MINUTE);
    fates.push(new Error('away'), new Error('still away'));

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

  test('is not given away once it may expire on its way', async () => {
    const { clock, current, fates } = opened();
    await current();
    clock.advance(HOUR - 20_000);
    fates.push(new Error('away'));

    await expect(current()).rejects.toThrow('away');
    expect(await current()).toBe('token 3');
  });

  test('is renewed after half of its life where that is short', async () => {
    const { clock, current } = opened(20_000);
    await current();

    clock.advance(9_000);
    expect(await current()).toBe('token 1');
    clock.advance(2_000);
    expect(await current()).toBe('token 2');
  });
});
