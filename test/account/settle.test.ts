import { settle, type Ledger, type Ending, type LedgerEntry } from '../../src/account/settle.js';
import { GatewayError } from '../../src/core/errors.js';
import { openLog } from '../../src/telemetry/log.js';
import { FakeClock } from '../support/fake-clock.js';
import {
  endingNow,
  openLedger,
  openEntry,
  PRICE,
  reportedSummary,
  upstream,
  usage,
} from './exchanges.js';

let clock: FakeClock;
let lines: Record<string, unknown>[];
let ledger: Ledger;
let logsRequests: boolean;

beforeEach(() => {
  clock = new FakeClock();
  lines = [];
  logsRequests = true;
  const log = openLog('info', {
    write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  ledger = openLedger(clock, log, () => logsRequests);
});

const entry = (change: Partial<LedgerEntry> = {}) => openEntry(clock, change);
const ending = (change: Partial<Ending> = {}) => endingNow(clock, change);

describe('settle', () => {
  test('computes the cost from reported usage and the savings against the reference model', () => {
    const outcome = settle(ledger, entry(), ending());

    expect(outcome).toMatchObject({ costUsd: 2, savedUsd: 18 });
    expect(ledger.spend.state(5)).toEqual({ limitUsd: 5, spentUsd: 2 });
  });

  test('estimates missing usage and marks it as estimated', () => {
    const summary = { usage: null, finishReason: null, outputChars: 400 };

    const outcome = settle(ledger, entry(), ending({ summary }));

    expect(outcome.usage).toMatchObject({ inputTokens: 300, outputTokens: 100, estimated: true });
  });

  test('keeps the reported input tokens of an interrupted answer, cached tokens included', () => {
    const input = { ...usage, inputTokens: 1_000, cacheReadTokens: 900, outputTokens: 1 };
    const summary = { usage: null, input, finishReason: null, outputChars: 400 };

    const outcome = settle(ledger, entry(), ending({ summary }));

    expect(outcome.usage).toEqual({ ...input, outputTokens: 100, estimated: true });
  });

  test.each([
    ['the input', { inputTokens: 0 }, { inputTokens: 300, outputTokens: 500_000 }],
    ['the output', { outputTokens: 0 }, { inputTokens: 1_000_000, outputTokens: 3 }],
  ])(
    'replaces a reported count of 0 for %s by an estimate when the text is not empty',
    (_what, zero, expected) => {
      const summary = { ...reportedSummary, usage: { ...usage, ...zero } };

      const outcome = settle(ledger, entry(), ending({ summary }));

      expect(outcome.usage).toMatchObject({ ...expected, estimated: true });
    },
  );

  test('reports the cost as unknown, not 0, when the price is unknown', async () => {
    const outcome = settle(ledger, entry(), ending({ upstream: { ...upstream, price: null } }));

    expect(outcome).toMatchObject({ costUsd: null, savedUsd: null });
    expect(await ledger.metrics.registry.metrics()).toMatch(
      /suffice_unpriced_requests_total\{model="acme\/small"\} 1/u,
    );
  });

  test('settles an exchange only once', () => {
    const open = entry();

    const first = settle(ledger, open, ending());
    const second = settle(ledger, open, ending({ status: 499 }));

    expect(second).toBe(first);
    expect(ledger.spend.state(null).spentUsd).toBe(2);
    expect(lines).toHaveLength(1);
  });

  test('separates the gateway’s overhead from the upstream’s time', () => {
    const open = entry();
    clock.advance(203);

    const outcome = settle(ledger, open, ending({ firstByteMs: clock.now() }));

    expect(outcome).toMatchObject({ firstByteMs: 203, overheadMs: 3, totalMs: 203 });
  });

  test('does not count the time in which the answer streams as overhead', () => {
    const open = entry();
    clock.advance(203);
    const firstByteMs = clock.now();
    clock.advance(5_000);

    const outcome = settle(ledger, open, ending({ firstByteMs }));

    expect(outcome).toMatchObject({ firstByteMs: 203, overheadMs: 3, totalMs: 5_203 });
  });

  test('charges a failed attempt to the budget, and deducts it from the savings', () => {
    const wasted = { upstream, summary: { ...reportedSummary, usage } };
    const failed = { upstream: 'acme/large', outcome: 'upstream_cut', ms: 90, wasted };
    const ok = { upstream: 'acme/small', outcome: 'ok', ms: 200 };

    const outcome = settle(ledger, entry(), ending({ attempts: [failed, ok] }));

    expect(outcome).toMatchObject({ costUsd: 4, answerUsd: 2, savedUsd: 16 });
    expect(ledger.spend.state(null).spentUsd).toBe(4);
  });

  test('settles an answer that cost more than the reference, without counting a saving', async () => {
    const free = openEntry(clock, { referencePrice: { ...PRICE, input: 0, output: 0 } });

    const outcome = settle(ledger, free, ending());

    expect(outcome).toMatchObject({ costUsd: 2, savedUsd: -2 });
    expect(lines).toHaveLength(1);
    expect(await ledger.metrics.registry.metrics()).not.toMatch(/^suffice_saved_usd_total\{/mu);
  });

  test('logs the system error code of a failure without its message', () => {
    const cause = Object.assign(new Error('to https://key@host'), { code: 'ECONNREFUSED' });
    const error = new GatewayError('upstream_failed', 'acme/small refused', { cause });

    settle(ledger, entry(), ending({ status: 502, error, upstream: null, summary: null }));

    expect(lines[0]).toMatchObject({ error: 'upstream_failed', cause: 'ECONNREFUSED' });
    expect(JSON.stringify(lines)).not.toContain('key@host');
  });

  test('logs a failure as a warning with its message, and a success at info without one', () => {
    const error = new GatewayError('upstream_failed', 'acme/small closed the connection');

    settle(ledger, entry(), ending({ status: 502, error, upstream: null, summary: null }));
    settle(ledger, entry(), ending());

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
    'logs $code with status $status at level $level',
    ({ code, status, level, hasMessage }) => {
      const error = new GatewayError(code, 'x'.repeat(1000));

      settle(ledger, entry(), ending({ status, error }));

      expect(lines).toEqual([expect.objectContaining({ level, error: code, status })]);
      expect(lines[0]?.['message']).toBe(hasMessage ? 'x'.repeat(300) : undefined);
    },
  );

  test('logs the failed attempts before a success, with their outcomes', () => {
    const ok = { upstream: 'acme/small', outcome: 'ok', ms: 200 };
    const failed = { upstream: 'acme/large', outcome: 'upstream_timeout', ms: 90 };

    settle(ledger, entry(), ending({ attempts: [failed, ok] }));
    settle(ledger, entry(), ending({ attempts: [ok] }));

    expect(lines[0]).toMatchObject({ tried: 'acme/large upstream_timeout, acme/small ok' });
    expect(lines[1]).not.toHaveProperty('tried');
  });

  test('omits successful requests from the log when request logging is off', () => {
    logsRequests = false;
    const error = new GatewayError('upstream_failed', 'no');

    settle(ledger, entry(), ending());
    settle(ledger, entry(), ending({ status: 502, error, upstream: null, summary: null }));

    expect(lines.map(({ level }) => level)).toEqual(['warn']);
  });
});
