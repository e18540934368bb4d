import { settle, type Ledger, type LedgerEntry } from '../account/settle.js';
import { GatewayError } from '../core/errors.js';
import type { Upstream } from '../core/model.js';
import type { Loss } from '../dialects/neutral/losses.js';
import type { ExchangeInfo, Exchange } from './exchange.js';
import type { CompactRouting } from '../route/compact-routing.js';
import type { Setup } from './setup.js';
import { isUpstreamFault, type Answer } from '../upstream/failover.js';

/** An exchange in progress, and its setup. */
export interface RunningExchange {
  readonly entry: LedgerEntry;
  readonly setup: Setup;
  /** The data that the decision was made from; `null` when the client named the model. */
  readonly routing: CompactRouting | null;
}

type Delivered<Kind> = Extract<Answer, { kind: Kind }>;

/**
 * Turns the upstream's answer, or failure, into the client's exchange, and settles it when it is over.
 *
 * The exchange must have entered the setup, which is left at the end.
 */
export function deliver(ledger: Ledger, running: RunningExchange, answer: Answer): Exchange {
  if (!answer.ok) return fail(ledger, running, answer);
  for (const { what } of answer.dropped) ledger.metrics.dropped.inc({ what });
  return answer.kind === 'whole'
    ? deliverWhole(ledger, running, answer)
    : deliverStream(ledger, running, answer);
}

/** Ends an exchange: it is no longer in flight and leaves the setup. */
export function endExchange({ metrics }: Ledger, setup: Setup): void {
  metrics.inFlight.dec();
  setup.release();
}

function fail(
  ledger: Ledger,
  running: RunningExchange,
  answer: Extract<Answer, { ok: false }>,
): Exchange {
  const { entry, setup } = running;
  const { error, attempts } = answer;
  const ending = { status: error.status, error, upstream: null, attempts, summary: null };
  settle(ledger, entry, { ...ending, firstByteMs: null });
  endExchange(ledger, setup);
  return { kind: 'failed', error, ...decided(running, null, []) };
}

function deliverWhole(
  ledger: Ledger,
  running: RunningExchange,
  answer: Delivered<'whole'>,
): Exchange {
  const { entry, setup } = running;
  const { upstream, attempts } = answer;
  const { body, summary } = answer.whole;
  const firstByteMs = ledger.clock.now();
  const ending = { status: 200, error: null, upstream, attempts, summary, firstByteMs };
  const bill = settle(ledger, entry, ending);
  setup.circuitBreakers.recordEnd(upstream, null);
  endExchange(ledger, setup);
  return { kind: 'whole', body, bill, ...decided(running, upstream, answer.dropped) };
}

function deliverStream(
  ledger: Ledger,
  running: RunningExchange,
  answer: Delivered<'stream'>,
): Exchange {
  const { entry, setup } = running;
  const { upstream, attempts, stream } = answer;
  const firstByteMs = ledger.clock.now();
  let over = false;
  const finish = (status: number, error: GatewayError | null) => {
    if (over) return;
    over = true;
    const { summary } = stream;
    settle(ledger, entry, { status, error, upstream, attempts, summary, firstByteMs });
    for (const { what } of summary.lost ?? []) ledger.metrics.dropped.inc({ what });
    if (error === null || isUpstreamFault(error)) setup.circuitBreakers.recordEnd(upstream, error);
    endExchange(ledger, setup);
  };
  return {
    kind: 'stream',
    ...decided(running, upstream, answer.dropped),
    pipe: (client) => {
      stream.pipe({
        write: (bytes) => client.write(bytes),
        end: () => {
          client.end();
          finish(200, null);
        },
        fail: (error, lastBytes) => {
          client.fail(error, lastBytes);
          // Status 200 has been sent already; only a disconnect is recorded as another status.
          finish(error.code === 'client_closed' ? error.status : 200, error);
        },
      });
    },
    drained: () => {
      stream.drained();
    },
    abandon: (why) => {
      // Called for every stream when its connection closes; creating an error would cost more than the rest.
      if (over) return;
      stream.abort();
      const error = why ?? new GatewayError('client_closed', 'The client disconnected.');
      finish(error.status, error);
    },
    outcome: () => entry.record.outcome,
    lost: () => stream.summary.lost ?? [],
  };
}

function decided(
  { entry, setup, routing }: RunningExchange,
  upstream: Upstream | null,
  dropped: readonly Loss[],
): ExchangeInfo {
  const { decision } = entry.record;
  const servedModel = upstream?.modelId ?? null;
  return {
    decision,
    servedModel,
    expected: routing?.candidate(servedModel ?? decision.model) ?? null,
    simulated: upstream !== null && isSimulated(setup, upstream),
    dropped,
  };
}

function isSimulated({ served }: Setup, { modelId }: Upstream): boolean {
  return served.get(modelId)?.model.simulated ?? false;
}
