import { PromptCaches } from '../../src/account/prompt-caches.js';
import { LengthMeter } from '../../src/account/answer-length.js';
import { SpeedMeter } from '../../src/account/speed.js';
import { DailySpend } from '../../src/account/spend.js';
import { settle, type Books, type Ending, type OpenEntry } from '../../src/account/settle.js';
import { systemClock } from '../../src/core/clock.js';
import { GatewayError } from '../../src/core/errors.js';
import type { Price, Upstream } from '../../src/core/model.js';
import type { AnswerSummary } from '../../src/dialects/dialect.js';
import { openLog } from '../../src/telemetry/log.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { decision } from '../support/decisions.js';
import { FakeClock } from '../support/fake-clock.js';

const price = (input: number, output: number): Price => ({
  input,
  output,
  cacheRead: null,
  cacheWrite: null,
  asOf: '2026-11-01',
  source: 'test',
  tiers: [],
});

const upstream: Upstream = {
  id: 'acme/small',
  provider: 'acme',
  modelId: 'acme/small',
  upstreamModel: 'small',
  price: price(1, 2),
};

const usage = {
  inputTokens: 1_000_000,
  outputTokens: 500_000,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  estimated: false,
};

const told: AnswerSummary = { usage, finishReason: 'stop', outputChars: 9 };

let clock: FakeClock;
let lines: Record<string, unknown>[];
let books: Books;
let logsRequests: boolean;

beforeEach(() => {
  clock = new FakeClock();
  lines = [];
  logsRequests = true;
  books = {
    clock,
    metrics: new Metrics(),
    spend: new DailySpend(clock),
    speed: new SpeedMeter(clock),
    length: new LengthMeter(),
    promptCaches: new PromptCaches(clock),
    logsRequests: () => logsRequests,
    log: openLog('info', {
      write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>),
    }),
  };
});

function entry(change: Partial<OpenEntry> = {}): OpenEntry {
  return {
    record: { decision: decision(), outcome: null },
    caller: 'web',
    clientRequestId: undefined,
    stream: true,
    startedMs: clock.now(),
    estimateInputTokens: () => 300,
    referencePrice: price(10, 20),
    ...change,
  };
}

function ending(change: Partial<Ending> = {}): Ending {
  return {
    status: 200,
    error: null,
    upstream,
    attempts: [{ upstream: 'acme/small', outcome: 'ok', ms: 200 }],
    summary: told,
    firstByteMs: clock.now(),
    ...change,
  };
}

describe('settling', () => {
  test('bills by the usage told, and counts what the reference would have cost more', () => {
    const outcome = settle(books, entry(), ending());

    expect(outcome).toMatchObject({ costUsd: 2, savedUsd: 18 });
    expect(books.spend.state(5)).toEqual({ limitUsd: 5, spentUsd: 2 });
  });

  test('estimates usage that was not told, and says so', () => {
    const summary = { usage: null, finishReason: null, outputChars: 400 };

    const outcome = settle(books, entry(), ending({ summary }));

    expect(outcome.usage).toMatchObject({ inputTokens: 300, outputTokens: 100, estimated: true });
  });

  test('takes what was told of the input before an answer broke off, cached tokens included', () => {
    const input = { ...usage, inputTokens: 1_000, cacheReadTokens: 900, outputTokens: 1 };
    const summary = { usage: null, input, finishReason: null, outputChars: 400 };

    const outcome = settle(books, entry(), ending({ summary }));

    expect(outcome.usage).toEqual({ ...input, outputTokens: 100, estimated: true });
  });

  test.each([
    ['the input', { inputTokens: 0 }, { inputTokens: 300, outputTokens: 500_000 }],
    ['the output', { outputTokens: 0 }, { inputTokens: 1_000_000, outputTokens: 3 }],
  ])('does not take a count of 0 for %s where there was some', (_what, zero, expected) => {
    const summary = { ...told, usage: { ...usage, ...zero } };

    const outcome = settle(books, entry(), ending({ summary }));

    expect(outcome.usage).toMatchObject({ ...expected, estimated: true });
  });

  test('never takes an unknown price for nothing', async () => {
    const outcome = settle(books, entry(), ending({ upstream: { ...upstream, price: null } }));

    expect(outcome).toMatchObject({ costUsd: null, savedUsd: null });
    expect(await books.metrics.registry.metrics()).toMatch(
      /suffice_unpriced_requests_total\{model="acme\/small"\} 1/u,
    );
  });

  test('books an exchange once, however often it is told to', () => {
    const open = entry();

    const first = settle(books, open, ending());
    const second = settle(books, open, ending({ status: 499 }));

    expect(second).toBe(first);
    expect(books.spend.state(null).spentUsd).toBe(2);
    expect(lines).toHaveLength(1);
  });

  test('tells the gateway’s own time from the upstream’s', () => {
    const open = entry();
    clock.advance(203);

    const outcome = settle(books, open, ending({ firstByteMs: clock.now() }));

    expect(outcome).toMatchObject({ firstByteMs: 203, overheadMs: 3, totalMs: 203 });
  });

  test('logs what the system calls a failure, and nothing else of it', () => {
    const cause = Object.assign(new Error('to https://key@host'), { code: 'ECONNREFUSED' });
    const error = new GatewayError('upstream_failed', 'acme/small refused', { cause });

    settle(books, entry(), ending({ status: 502, error, upstream: null, summary: null }));

    expect(lines[0]).toMatchObject({ error: 'upstream_failed', cause: 'ECONNREFUSED' });
    expect(JSON.stringify(lines)).not.toContain('key@host');
  });

  test('logs a failure with its message as a warning, and a good end without', () => {
    const error = new GatewayError('upstream_failed', 'acme/small closed the connection');

    settle(books, entry(), ending({ status: 502, error, upstream: null, summary: null }));
    settle(books, entry(), ending());

    expect(lines[0]).toMatchObject({
      level: 'warn',
      error: 'upstream_failed',
      message: error.message,
    });
    expect(lines[1]).toMatchObject({ level: 'info', caller: 'web', costUsd: 2 });
    expect(lines[1]).not.toHaveProperty('message');
  });

  test.each([
    { code: 'upstream_cut', status: 200, level: 'warn', hasMessage: true },
    { code: 'client_closed', status: 499, level: 'info', hasMessage: true },
    { code: 'upstream_rejected', status: 400, level: 'info', hasMessage: false },
    { code: 'upstream_rate_limited', status: 429, level: 'info', hasMessage: false },
  ] as const)(
    'logs $code under $status at the level $level',
    ({ code, status, level, hasMessage }) => {
      const error = new GatewayError(code, 'x'.repeat(1000));

      settle(books, entry(), ending({ status, error }));

      expect(lines).toEqual([expect.objectContaining({ level, error: code, status })]);
      expect(lines[0]?.['message']).toBe(hasMessage ? 'x'.repeat(300) : undefined);
    },
  );

  test('says which places were tried before one answered, and why', () => {
    const ok = { upstream: 'acme/small', outcome: 'ok', ms: 200 };
    const failed = { upstream: 'acme/large', outcome: 'upstream_timeout', ms: 90 };

    settle(books, entry(), ending({ attempts: [failed, ok] }));
    settle(books, entry(), ending({ attempts: [ok] }));

    expect(lines[0]).toMatchObject({ tried: 'acme/large upstream_timeout, acme/small ok' });
    expect(lines[1]).not.toHaveProperty('tried');
  });

  test('leaves requests that went well out of the log when told to', () => {
    logsRequests = false;
    const error = new GatewayError('upstream_failed', 'no');

    settle(books, entry(), ending());
    settle(books, entry(), ending({ status: 502, error, upstream: null, summary: null }));

    expect(lines.map(({ level }) => level)).toEqual(['warn']);
  });

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

describe('the day’s spend', () => {
  test('begins anew at midnight UTC', () => {
    const spend = new DailySpend(clock);
    spend.add(3);

    clock.advance(24 * 3_600_000);

    expect(spend.state(10)).toEqual({ limitUsd: 10, spentUsd: 0 });
  });

  test('is not forgotten when the clock is set back over midnight', () => {
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
