import type { GatewayResult } from './bench-run.js';
import type { GatewayName } from './gateways.js';
import type { LoadResult } from './protocol.js';
import type { Scenario } from './scenarios.js';

/** With more cores busy with other work than this, throughput and latencies suffer (without --realtime). */
export const QUIET_CORES = 0.12;

/** The medians over the windows of one gateway. */
export interface Figures {
  readonly gateway: GatewayName;
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly rssMb: number;
  /** The share of its core that the gateway used. */
  readonly coreShare: number;
  readonly foreignCores: number;
  readonly models: number;
  readonly faults: readonly string[];
}

/** The median; for an even number of values, the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] ?? 0;
  const low = sorted[Math.ceil(middle) - 1] ?? 0;
  return (low + high) / 2;
}

/** The figures of one gateway in a scenario. */
export function figuresOf(kind: Scenario['kind'], row: GatewayResult): Figures {
  const of = (value: (window: LoadResult) => number): number => median(row.windows.map(value));
  const streams = kind === 'first-token';
  const units = (window: LoadResult): number =>
    Math.max(1, kind === 'events' ? window.events : window.requests);
  return {
    gateway: row.gateway,
    perSecond: of((window) => units(window) / window.seconds),
    cpuUs: of((window) => (window.gatewayCpuMs * 1000) / units(window)),
    p50Us: of((window) => (streams ? window.firstToken : window.latency).p50Us),
    p99Us: of((window) => (streams ? window.firstToken : window.latency).p99Us),
    rssMb: of((window) => window.gatewayRssMb),
    coreShare: of((window) => window.gatewayCpuMs / 1000 / window.seconds),
    foreignCores: of((window) => window.foreignCores),
    models: Object.keys(row.models).length,
    faults: row.faults,
  };
}

/** A table of one scenario as text. */
export function formatScenario(scenario: Scenario, figures: readonly Figures[]): string {
  const columns = COLUMNS[scenario.kind];
  const lines = [
    ['gateway', ...columns.map(({ title }) => title)],
    ...figures.map((one) =>
      one.faults.length > 0
        ? [one.gateway, `not a result: ${one.faults.slice(0, 2).join('; ')}`]
        : [one.gateway, ...columns.map(({ cell }) => cell(one, figures))],
    ),
  ];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => (line.length > 2 ? (line[index + 1] ?? '').length : 0))),
  );
  const text = lines.map(([first = '', ...cells]) =>
    [first.padEnd(8), ...cells.map((cell, index) => cell.padStart(widths[index] ?? 0))].join('  '),
  );
  return [`${scenario.id}: ${scenario.title}`, ...text].join('\n');
}

interface Column {
  readonly title: string;
  readonly cell: (one: Figures, all: readonly Figures[]) => string;
}

const NOISE: readonly Column[] = [
  { title: 'core', cell: ({ coreShare }) => `${(100 * coreShare).toFixed(0)} %` },
  { title: 'RSS MB', cell: ({ rssMb }) => rssMb.toFixed(0) },
  {
    title: 'foreign cores',
    cell: ({ foreignCores }) =>
      `${foreignCores.toFixed(2)}${foreignCores > QUIET_CORES ? ' noisy' : ''}`,
  },
];

const WORK: readonly Column[] = [
  { title: 'per second', cell: ({ perSecond }) => perSecond.toFixed(0) },
  {
    title: 'x Portkey',
    cell: (one, all) => times(one.perSecond, faultlessFigures(all, 'portkey')?.perSecond),
  },
  { title: 'CPU µs', cell: ({ cpuUs }) => cpuUs.toFixed(1) },
  {
    title: 'x Portkey',
    cell: (one, all) => times(faultlessFigures(all, 'portkey')?.cpuUs, one.cpuUs),
  },
  { title: '÷ floor', cell: (one, all) => times(one.cpuUs, faultlessFigures(all, 'floor')?.cpuUs) },
];

const DELAY: readonly Column[] = [
  { title: 'p50 µs', cell: ({ p50Us }) => p50Us.toFixed(0) },
  { title: 'added', cell: (one, all) => added(one, all, 'p50Us') },
  { title: 'p99 µs', cell: ({ p99Us }) => p99Us.toFixed(0) },
  { title: 'added', cell: (one, all) => added(one, all, 'p99Us') },
];

const COLUMNS: Readonly<Record<Scenario['kind'], readonly Column[]>> = {
  throughput: [
    ...WORK,
    { title: 'p99 µs', cell: ({ p99Us }) => p99Us.toFixed(0) },
    { title: 'models', cell: ({ models }) => models.toFixed(0) },
    ...NOISE,
  ],
  latency: [...DELAY, ...NOISE],
  'first-token': [...DELAY, ...NOISE],
  events: [...WORK, ...NOISE],
};

/** The figures of one gateway, if it was measured without faults. */
export function faultlessFigures(
  all: readonly Figures[],
  gateway: GatewayName,
): Figures | undefined {
  return all.find((one) => one.gateway === gateway && one.faults.length === 0);
}

function times(large: number | undefined, small: number | undefined): string {
  return large === undefined || small === undefined || small === 0
    ? '–'
    : (large / small).toFixed(2);
}

function added(one: Figures, all: readonly Figures[], field: 'p50Us' | 'p99Us'): string {
  const direct = faultlessFigures(all, 'direct');
  if (direct === undefined || one.gateway === 'direct') return '–';
  return `${one[field] >= direct[field] ? '+' : ''}${(one[field] - direct[field]).toFixed(0)}`;
}
