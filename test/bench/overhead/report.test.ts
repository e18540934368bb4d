import type { GatewayResult } from '../../../bench/overhead/bench-run.js';
import { Histogram } from '../../../bench/overhead/histogram.js';
import type { LoadResult } from '../../../bench/overhead/protocol.js';
import { figuresOf, median, formatScenario, type Figures } from '../../../bench/overhead/report.js';
import type { Scenario } from '../../../bench/overhead/scenarios.js';
import { checkTarget } from '../../../bench/overhead/targets.js';

const SCENARIO: Scenario = {
  id: 'fixed',
  title: 'a test',
  kind: 'throughput',
  gateways: ['portkey', 'suffice'],
  shape: { kind: 'closed', connections: 1, staggerMs: 0 },
  streams: { firstTokenMs: 0, chunks: 1, intervalMs: 0 },
  auto: false,
  promptTokens: 60,
};

function windowOf(requests: number, gatewayCpuMs: number): LoadResult {
  const empty = new Histogram().summary();
  return {
    requests,
    seconds: 2,
    latency: { ...empty, p50Us: 100 },
    firstToken: { ...empty, p50Us: 40 },
    late: empty,
    events: requests * 10,
    errors: 0,
    faults: [],
    gatewayCpuMs,
    gatewayRssMb: 100,
    foreignCores: 0.5,
  };
}

function rowOf(gateway: GatewayResult['gateway'], windows: readonly LoadResult[]): GatewayResult {
  return { gateway, windows, faults: [], models: { a: 2, b: 1 } };
}

function figures(gateway: Figures['gateway'], over: Partial<Figures> = {}): Figures {
  const row = rowOf(gateway, [windowOf(1000, 1900)]);
  return { ...figuresOf('throughput', row), ...over };
}

describe('median', () => {
  test.each([
    { values: [], middle: 0 },
    { values: [5], middle: 5 },
    { values: [9, 1, 5], middle: 5 },
    { values: [4, 1, 3, 100], middle: 3.5 },
  ])('of $values is $middle', ({ values, middle }) => {
    expect(median(values)).toBe(middle);
  });
});

describe('figuresOf', () => {
  test('takes the median over the windows', () => {
    const row = rowOf('suffice', [windowOf(100, 10), windowOf(1000, 50), windowOf(200, 60)]);

    expect(figuresOf('throughput', row)).toMatchObject({
      perSecond: 100,
      cpuUs: 100,
      p50Us: 100,
      models: 2,
    });
  });

  test('counts events for the events scenario, and the first token for the first-token scenario', () => {
    const row = rowOf('suffice', [windowOf(100, 10)]);

    expect(figuresOf('events', row)).toMatchObject({ perSecond: 500, cpuUs: 10 });
    expect(figuresOf('first-token', row).p50Us).toBe(40);
  });
});

describe('formatScenario', () => {
  test("shows each gateway's ratio to Portkey", () => {
    const table = formatScenario(SCENARIO, [
      figures('portkey', { perSecond: 100, cpuUs: 1000 }),
      figures('suffice', { perSecond: 1250, cpuUs: 62.5 }),
    ]);

    const suffice = table.split('\n').find((line) => line.startsWith('suffice'));
    expect(suffice).toContain('12.50');
    expect(suffice).toContain('16.00');
  });

  test('shows no figures for a run with faults', () => {
    const table = formatScenario(SCENARIO, [
      figures('portkey', { faults: ['12 errors', 'not a 200'] }),
    ]);

    expect(table).toContain('portkey   not a result: 12 errors; not a 200');
  });

  test('shows latency as the difference to the bare upstream', () => {
    const table = formatScenario({ ...SCENARIO, kind: 'latency' }, [
      figures('direct', { p50Us: 100, p99Us: 900 }),
      figures('suffice', { p50Us: 350, p99Us: 800 }),
    ]);

    expect(table).toContain('+250');
    expect(table).toContain('-100');
  });
});

describe('checkTarget', () => {
  const portkey = figures('portkey', { perSecond: 100, cpuUs: 1000 });

  test('judges by requests per second when both gateways saturated their core', () => {
    const verdict = checkTarget('fixed', [
      portkey,
      figures('suffice', { perSecond: 900, cpuUs: 50 }),
    ]);

    expect(verdict).toEqual({
      kept: false,
      text: 'fixed: 9.0 x Portkey in requests/s on one core, target 10',
    });
  });

  test('judges by CPU time when one gateway did not saturate its core', () => {
    const busy = figures('suffice', { perSecond: 900, cpuUs: 50, coreShare: 0.6 });

    expect(checkTarget('fixed', [portkey, busy])).toEqual({
      kept: true,
      text: 'fixed: 20.0 x Portkey in CPU time per request, target 10',
    });
  });

  test.each([
    { added: 400, kept: true },
    { added: 600, kept: false },
  ])(
    'judges the time to the first token with $added µs added as kept: $kept',
    ({ added, kept }) => {
      const direct = figures('direct', { p50Us: 200 });
      const suffice = figures('suffice', { p50Us: 200 + added });

      expect(checkTarget('ttft', [direct, suffice])?.kept).toBe(kept);
    },
  );

  test('returns undefined for a run with faults, and for a scenario without a target', () => {
    const faulty = figures('suffice', { faults: ['1 error'] });

    expect(checkTarget('fixed', [portkey, faulty])).toBeUndefined();
    expect(checkTarget('events', [portkey, figures('suffice')])).toBeUndefined();
  });
});
