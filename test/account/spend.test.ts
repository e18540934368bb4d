import { DailySpend } from '../../src/account/spend.js';
import { systemClock } from '../../src/core/clock.js';
import { FakeClock } from '../support/fake-clock.js';

describe('DailySpend', () => {
  test('resets at midnight UTC', () => {
    const clock = new FakeClock();
    const spend = new DailySpend(clock);
    spend.add(3);

    clock.advance(24 * 3_600_000);

    expect(spend.state(10)).toEqual({ limitUsd: 10, spentUsd: 0 });
  });

  test('is kept when the clock is set back over midnight', () => {
    const midnight = Date.UTC(2026, 10, 21);
    let wallMs = midnight + 100;
    const spend = new DailySpend({ ...systemClock, wallMs: () => wallMs });
    spend.add(3);

    wallMs = midnight - 100;
    spend.add(2);
    wallMs = midnight + 200;

    expect(spend.state(10)).toEqual({ limitUsd: 10, spentUsd: 5 });
  });
});
