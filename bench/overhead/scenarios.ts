import type { Gateway, GatewayName } from './gateways.js';
import { prompts } from './prompts.js';
import type { LoadJob, LoadShape, StreamShape } from './protocol.js';

/** One workload for several gateways. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** What its table shows: work per request, latency, time to the first token, or work per event. */
  readonly kind: 'throughput' | 'latency' | 'first-token' | 'events';
  readonly gateways: readonly GatewayName[];
  readonly shape: LoadShape;
  readonly streams: StreamShape;
  readonly auto: boolean;
  readonly promptTokens: number;
}

const BODIES = 512;
/** Enough connections to saturate one core. */
export const FULL_LOAD: LoadShape = { kind: 'closed', connections: 64, staggerMs: 0 };
const BRISK: StreamShape = { firstTokenMs: 0, chunks: 20, intervalMs: 10 };
const ALL_GATEWAYS: readonly GatewayName[] = ['floor', 'portkey', 'suffice'];
const WITH_DIRECT: readonly GatewayName[] = ['direct', ...ALL_GATEWAYS];

export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'fixed',
    title: 'fixed model, 64 connections, prompts of ~60 tokens',
    kind: 'throughput',
    gateways: ALL_GATEWAYS,
    shape: FULL_LOAD,
    streams: BRISK,
    auto: false,
    promptTokens: 60,
  },
  {
    id: 'auto60',
    title: 'model auto, 64 connections, prompts of ~60 tokens (floor and Portkey: fixed model)',
    kind: 'throughput',
    gateways: ALL_GATEWAYS,
    shape: FULL_LOAD,
    streams: BRISK,
    auto: true,
    promptTokens: 60,
  },
  {
    id: 'auto250',
    title: 'model auto, 64 connections, prompts of ~250 tokens (floor and Portkey: fixed model)',
    kind: 'throughput',
    gateways: ALL_GATEWAYS,
    shape: FULL_LOAD,
    streams: BRISK,
    auto: true,
    promptTokens: 250,
  },
  {
    id: 'latency',
    title: 'fixed model, 300 requests/s at random times',
    kind: 'latency',
    gateways: WITH_DIRECT,
    shape: { kind: 'open', ratePerS: 300 },
    streams: BRISK,
    auto: false,
    promptTokens: 60,
  },
  {
    id: 'latency-auto',
    title: 'model auto, 300 requests/s at random times (others: fixed model)',
    kind: 'latency',
    gateways: ['direct', 'suffice'],
    shape: { kind: 'open', ratePerS: 300 },
    streams: BRISK,
    auto: true,
    promptTokens: 60,
  },
  {
    id: 'ttft',
    title: 'fixed model, 50 streams/s at random times, 20 events each',
    kind: 'first-token',
    gateways: WITH_DIRECT,
    shape: { kind: 'open', ratePerS: 50 },
    streams: BRISK,
    auto: false,
    promptTokens: 60,
  },
  {
    id: 'events',
    title: 'fixed model, 100 streams at a time, an event every 20 ms in each',
    kind: 'events',
    gateways: ALL_GATEWAYS,
    shape: { kind: 'closed', connections: 100, staggerMs: 2000 },
    streams: { firstTokenMs: 0, chunks: 100, intervalMs: 20 },
    auto: false,
    promptTokens: 60,
  },
];

/** Whether a scenario's answers are streams. */
export function isStreamed({ kind }: Scenario): boolean {
  return kind === 'first-token' || kind === 'events';
}

/** The job of a scenario for one gateway. */
export function jobOf(
  scenario: Scenario,
  gateway: Gateway,
  timing: Pick<LoadJob, 'warmMs' | 'warmRequests' | 'windowMs' | 'pids'>,
): LoadJob {
  const model = scenario.auto ? gateway.autoModel : gateway.fixedModel;
  const stream = isStreamed(scenario);
  return {
    port: gateway.port,
    path: '/v1/chat/completions',
    headers: gateway.headers,
    bodies: prompts(BODIES, scenario.promptTokens).map((content) =>
      JSON.stringify({
        model,
        messages: [{ role: 'user', content }],
        ...(stream ? { stream: true } : {}),
      }),
    ),
    shape: scenario.shape,
    stream,
    ...timing,
  };
}
