import { AnswerLengthTracker } from '../../src/account/answer-length.js';
import { PromptCacheTracker } from '../../src/account/prompt-caches.js';
import type { Ledger, Ending, LedgerEntry } from '../../src/account/settle.js';
import { SpeedTracker } from '../../src/account/speed.js';
import { DailySpend } from '../../src/account/spend.js';
import type { Clock } from '../../src/core/clock.js';
import type { Price, Upstream } from '../../src/core/model.js';
import type { AnswerSummary } from '../../src/dialects/dialect.js';
import type { Log } from '../../src/telemetry/log.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { decision } from '../support/decisions.js';

const price = (input: number, output: number): Price => ({
  input,
  output,
  cacheRead: null,
  cacheWrite: null,
  asOf: '2026-11-01',
  source: 'test',
  tiers: [],
});

/** The price of `upstream`. */
export const PRICE = price(1, 2);

export const upstream: Upstream = {
  id: 'acme/small',
  provider: 'acme',
  modelId: 'acme/small',
  upstreamModel: 'small',
  price: PRICE,
};

export const usage = {
  inputTokens: 1_000_000,
  outputTokens: 500_000,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  estimated: false,
};

export const reportedSummary: AnswerSummary = { usage, finishReason: 'stop', outputChars: 9 };

/** A ledger without entries. */
export function openLedger(clock: Clock, log: Log, logsRequests = () => true): Ledger {
  return {
    clock,
    log,
    logsRequests,
    metrics: new Metrics(),
    spend: new DailySpend(clock),
    speed: new SpeedTracker(clock),
    length: new AnswerLengthTracker(),
    promptCaches: new PromptCacheTracker(clock),
  };
}

/** An exchange that begins now. The model’s price is a tenth of the reference’s. */
export function openEntry(clock: Clock, change: Partial<LedgerEntry> = {}): LedgerEntry {
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

/** A success of `upstream` whose first byte arrives now. */
export function endingNow(clock: Clock, change: Partial<Ending> = {}): Ending {
  return {
    status: 200,
    error: null,
    upstream,
    attempts: [{ upstream: 'acme/small', outcome: 'ok', ms: 200 }],
    summary: reportedSummary,
    firstByteMs: clock.now(),
    ...change,
  };
}
