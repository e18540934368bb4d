import { settle, type Ledger, type Ending, type LedgerEntry } from '../../src/account/settle.js';
import { openLog } from '../../src/telemetry/log.js';
import { FakeClock } from '../support/fake-clock.js';
import { endingNow, openLedger, openEntry, reportedSummary, usage } from './exchanges.js';

let clock: FakeClock;
let ledger: Ledger;

beforeEach(() => {
  clock = new FakeClock();
  ledger = openLedger(clock, openLog('silent', { write: () => undefined }));
});

const entry = (change: Partial<LedgerEntry> = {}) => openEntry(clock, change);
const ending = (change: Partial<Ending> = {}) => endingNow(clock, change);

describe('SpeedTracker', () => {
  test('learns the streaming speed of a model after five answers', () => {
    for (let i = 0; i < 5; i++) {
      const open = entry();
      clock.advance(200);
      const firstByteMs = clock.now();
      clock.advance(1000);
      settle(
        ledger,
        open,
        ending({
          firstByteMs,
          summary: { ...reportedSummary, usage: { ...usage, outputTokens: 80 } },
        }),
      );
    }

    expect(ledger.speed.speedOf('acme/small', null)).toMatchObject({
      firstTokenMs: expect.closeTo(200),
      tokensPerS: expect.closeTo(80),
    });
    expect(ledger.speed.speedOf('acme/other', null)).toBeNull();
  });

  /** Settles one streamed answer of 80 tokens. */
  function stream({ firstMs = 200, streamedMs = 1000, outputTokens = 80, change = {} }) {
    const open = entry();
    clock.advance(firstMs);
    const firstByteMs = clock.now();
    clock.advance(streamedMs);
    const attempts = [{ upstream: 'acme/small', outcome: 'ok', ms: firstMs }];
    const summary = { ...reportedSummary, usage: { ...usage, outputTokens } };
    settle(ledger, open, ending({ firstByteMs, summary, attempts, ...change }));
  }

  test('excludes the time of failed attempts at other providers', () => {
    const attempts = [
      { upstream: 'acme/large', outcome: 'upstream_timeout', ms: 30_000 },
      { upstream: 'acme/small', outcome: 'ok', ms: 200 },
    ];
    for (let i = 0; i < 5; i++) stream({ firstMs: 30_200, change: { attempts } });

    expect(ledger.speed.speedOf('acme/small', null)).toMatchObject({ firstTokenMs: 200 });
  });

  describe('after a period of slow answers', () => {
    const published = { firstTokenMs: 300, tokensPerS: 50 };

    beforeEach(() => {
      for (let i = 0; i < 20; i++) stream({ firstMs: 9_000 });
    });

    test('reports the measured speed while it is recent', () => {
      clock.advance(3_600_000);

      expect(ledger.speed.speedOf('acme/small', published)?.firstTokenMs).toBeCloseTo(9_000);
    });

    test('falls back to the published first-token time once the measurements are old', () => {
      clock.advance(3 * 3_600_000);

      expect(ledger.speed.speedOf('acme/small', published)).toEqual({
        firstTokenMs: 300,
        tokensPerS: expect.closeTo(80),
      });
    });

    test('converges to new measurements within a few answers', () => {
      clock.advance(24 * 3_600_000);
      for (let i = 0; i < 5; i++) stream({ firstMs: 400 });

      expect(ledger.speed.speedOf('acme/small', published)?.firstTokenMs).toBeCloseTo(400);
    });

    test('falls back to the best measured speed when none is published', () => {
      clock.advance(24 * 3_600_000);
      for (let i = 0; i < 5; i++) stream({ firstMs: 400 });
      for (let i = 0; i < 20; i++) stream({ firstMs: 9_000 });
      expect(ledger.speed.speedOf('acme/small', null)?.firstTokenMs).toBeGreaterThan(7_000);

      clock.advance(3 * 3_600_000);

      expect(ledger.speed.speedOf('acme/small', null)?.firstTokenMs).toBeCloseTo(400);
    });
  });

  test('learns the speed of a model that is used only every two hours', () => {
    for (let i = 0; i < 8; i++) {
      stream({ firstMs: 400 });
      clock.advance(2 * 3_600_000);
    }

    expect(ledger.speed.speedOf('acme/small', null)?.firstTokenMs).toBeCloseTo(400);
  });

  test('does not overestimate throughput when an answer arrives in one chunk', () => {
    for (let i = 0; i < 19; i++) stream({});
    stream({ streamedMs: 0.02 });

    expect(ledger.speed.speedOf('acme/small', null)?.tokensPerS).toBeLessThan(100);
  });

  test('ignores answers that are too short to measure', () => {
    for (let i = 0; i < 9; i++) stream({ outputTokens: 2, streamedMs: 0.02 });

    expect(ledger.speed.speedOf('acme/small', null)).toBeNull();
  });
});
