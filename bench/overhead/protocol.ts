/** What the processes of the bench say to each other. */
import type { Summary } from './histogram.js';

/** How the fake upstream streams: delays in milliseconds, `chunks` events of text. */
export interface StreamShape {
  readonly firstTokenMs: number;
  readonly chunks: number;
  readonly intervalMs: number;
}

/** What reached the fake upstream since the last report; `models` is a sample of one in 64. */
export interface UpstreamReport {
  readonly requests: number;
  readonly refused: number;
  readonly unauthorized: number;
  readonly models: Readonly<Record<string, number>>;
}

/** Closed: every connection asks again when it is answered. Open: requests come at random, whatever is answered. */
export type LoadShape =
  | { readonly kind: 'closed'; readonly connections: number; readonly staggerMs: number }
  | { readonly kind: 'open'; readonly ratePerS: number };

/** One measurement. `bodies` are used in turn; SLOT in a body becomes a number never used before. */
export interface LoadJob {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
  readonly shape: LoadShape;
  readonly stream: boolean;
  /** The window opens after this time and this many answers (but see MAX_WARM_MS). */
  readonly warmMs: number;
  readonly warmRequests: number;
  readonly windowMs: number;
  /** Processes of the bench; the first is the one whose CPU time is the result. */
  readonly pids: readonly number[];
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** From the intended (open) or actual (closed) send to the last byte. */
  readonly latency: Summary;
  /** From the same to the first text of a stream. */
  readonly firstToken: Summary;
  /** How late the generator itself sent (open loop). */
  readonly late: Summary;
  readonly events: number;
  readonly errors: number;
  /** The first few, in words. */
  readonly faults: readonly string[];
  /** CPU time of the first of `pids` in the window, all threads. */
  readonly gatewayCpuMs: number;
  readonly gatewayRssMb: number;
  /** Average number of cores that were busy with anything but `pids`. */
  readonly foreignCores: number;
}

/** Replaced by eight digits in every request, so that no cache of texts can help. */
export const SLOT = '00000000';
