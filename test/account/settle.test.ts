import { settle, type Ledger, type Ending, type LedgerEntry } from '../../src/account/settle.js';
import { GatewayError } from '../../src/core/errors.js';
import { openLog } from '../../src/telemetry/log.js';
import { FakeClock } from '../support/fake-clock.js';
import { endingNow, openBooks, openEntry, told, upstream, usage } from './exchanges.js';

let clock: FakeClock;
let lines: Record<string, unknown>[];
let books: Ledger;
let logsRequests: boolean;

beforeEach(() => {
  clock = new FakeClock();
  lines = [];
  logsRequests = true;
  const log = openLog('info', {
    write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  books = openBooks(clock, log, () => logsRequests);
});

const entry = (change: Partial<LedgerEntry> = {}) => openEntry(clock, change);
const ending = (change: Partial<Ending> = {}) => endingNow(clock, change);

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
});
