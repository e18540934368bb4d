import { settle, type Ledger, type Ending, type LedgerEntry } from '../../src/account/settle.js';
import { openLog } from '../../src/telemetry/log.js';
import { FakeClock } from '../support/fake-clock.js';
import { endingNow, openBooks, openEntry, told, usage } from './exchanges.js';

let clock: FakeClock;
let books: Ledger;

beforeEach(() => {
  clock = new FakeClock();
  books = openBooks(clock, openLog('silent', { write: () => undefined }));
});

const entry = (change: Partial<LedgerEntry> = {}) => openEntry(clock, change);
const ending = (change: Partial<Ending> = {}) => endingNow(clock, change);

describe('settling', () => {
  test('learns how fast a model streams once it has seen enough of it', () => {
    for (let i = 0; i < 5; i++) {
      const open = entry();
      clock.advance(200);
      const firstByteMs = clock.now();
      clock.advance(1000);
      settle(
        books,
        open,
        ending({ firstByteMs, summary: { ...told, usage: { ...usage, outputTokens: 80 } } }),
      );
    }

    expect(books.speed.speedOf('acme/small', null)).toMatchObject({
      firstTokenMs: expect.closeTo(200),
      tokensPerS: expect.closeTo(80),
    });
    expect(books.speed.speedOf('acme/other', null)).toBeNull();
  });

  /** Settles one streamed answer of 80 tokens. */
  function stream({ firstMs = 200, streamedMs = 1000, outputTokens = 80, change = {} }) {
    const open = entry();
    clock.advance(firstMs);
    const firstByteMs = clock.now();
    clock.advance(streamedMs);
    const attempts = [{ upstream: 'acme/small', outcome: 'ok', ms: firstMs }];
    const summary = { ...told, usage: { ...usage, outputTokens } };
    settle(books, open, ending({ firstByteMs, summary, attempts, ...change }));
  }

  test('does not take a model for slow because another place failed before it', () => {
    const attempts = [
      { upstream: 'acme/large', outcome: 'upstream_timeout', ms: 30_000 },
      { upstream: 'acme/small', outcome: 'ok', ms: 200 },
    ];
    for (let i = 0; i < 5; i++) stream({ firstMs: 30_200, change: { attempts } });

    expect(books.speed.speedOf('acme/small', null)).toMatchObject({ firstTokenMs: 200 });
  });

  describe('from answers that were slow for a while', () => {
    const published = { firstTokenMs: 300, tokensPerS: 50 };

    beforeEach(() => {
      for (let i = 0; i < 20; i++) stream({ firstMs: 9_000 });
    });

    test('believes them as long as they are new', () => {
      clock.advance(3_600_000);

      expect(books.speed.speedOf('acme/small', published)?.firstTokenMs).toBeCloseTo(9_000);
    });

    test('believes what is published again once they are old', () => {
      clock.advance(3 * 3_600_000);

      expect(books.speed.speedOf('acme/small', published)).toEqual({
        firstTokenMs: 300,
        tokensPerS: expect.closeTo(80),
      });
    });

    test('believes new ones instead before long', () => {
      clock.advance(24 * 3_600_000);
      for (let i = 0; i < 5; i++) stream({ firstMs: 400 });

      expect(books.speed.speedOf('acme/small', published)?.firstTokenMs).toBeCloseTo(400);
    });

    test('still knows how fast the model can be, if nobody has published it', () => {
      clock.advance(24 * 3_600_000);
      for (let i = 0; i < 5; i++) stream({ firstMs: 400 });
      for (let i = 0; i < 20; i++) stream({ firstMs: 9_000 });
      expect(books.speed.speedOf('acme/small', null)?.firstTokenMs).toBeGreaterThan(7_000);

      clock.advance(3 * 3_600_000);

      expect(books.speed.speedOf('acme/small', null)?.firstTokenMs).toBeCloseTo(400);
    });
  });

  test('knows how fast a model is that is asked now and then, if nobody has published it', () => {
    for (let i = 0; i < 8; i++) {
      stream({ firstMs: 400 });
      clock.advance(2 * 3_600_000);
    }

    expect(books.speed.speedOf('acme/small', null)?.firstTokenMs).toBeCloseTo(400);
  });

  test('does not take a model for fast because an answer came in one piece', () => {
    for (let i = 0; i < 19; i++) stream({});
    stream({ streamedMs: 0.02 });

    expect(books.speed.speedOf('acme/small', null)?.tokensPerS).toBeLessThan(100);
  });

  test('learns nothing of answers that are too short to tell', () => {
    for (let i = 0; i < 9; i++) stream({ outputTokens: 2, streamedMs: 0.02 });

    expect(books.speed.speedOf('acme/small', null)).toBeNull();
  });
});
