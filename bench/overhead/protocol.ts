/** The messages between the processes of the bench. */
import type { Summary } from './histogram.js';

/** How the fake upstream streams: delays in milliseconds, and the number of text chunks. */
export interface StreamShape {
  readonly firstTokenMs: number;
  readonly chunks: number;
  readonly intervalMs: number;
}

/** What reached the fake upstream since the last report; `models` samples one request in 64. */
export interface UpstreamReport {
  readonly requests: number;
  readonly refused: number;
  readonly unauthorized: number;
  readonly models: Readonly<Record<string, number>>;
}

/** Closed loop: every connection sends again once it is answered. Open loop: requests arrive at random, independent of answers. */
export type LoadShape =
  | { readonly kind: 'closed'; readonly connections: number; readonly staggerMs: number }
  | { readonly kind: 'open'; readonly ratePerS: number };

/** One measurement. `bodies` are used in turn; SLOT in a body is replaced by a unique number. */
export interface LoadJob {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
  readonly shape: LoadShape;
  readonly stream: boolean;
  /** The window starts after this time and this many answers (but see MAX_WARM_MS). */
  readonly warmMs: number;
  readonly warmRequests: number;
  readonly windowMs: number;
  /** Processes of the bench; the CPU time of the first one is measured. */
  readonly pids: readonly number[];
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** From the intended (open) or actual (closed) send to the last byte. */
  readonly latency: Summary;
  /** From the same time to the first text of a stream. */
  readonly firstToken: Summary;
  /** Delay of the generator's own sends (open loop). */
  readonly late: Summary;
  readonly events: number;
  readonly errors: number;
  /** The first few faults, as text. */
  readonly faults: readonly string[];
  /** CPU time in the window of the first of `pids`, all threads. */
  readonly gatewayCpuMs: number;
  readonly gatewayRssMb: number;
  /** Average number of cores busy with processes other than `pids`. */
  readonly foreignCores: number;
}

/** Replaced by eight digits in every request, so that no cache affects the measurement. */
export const SLOT = '00000000';
