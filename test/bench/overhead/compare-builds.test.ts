import { compareBuilds, medianInterval } from '../../../bench/overhead/compare-builds.js';
import type { GatewayResult } from '../../../bench/overhead/bench-run.js';
import { Histogram } from '../../../bench/overhead/histogram.js';
import type { LoadResult } from '../../../bench/overhead/protocol.js';

/** A window of 1000 requests that took `cpuUs` microseconds of CPU time each. */
function windowOf(cpuUs: number): LoadResult {
  const empty = new Histogram().summary();
  return {
    requests: 1000,
    seconds: 1,
    latency: { ...empty, p50Us: 2 * cpuUs },
    firstToken: { ...empty, p50Us: 3 * cpuUs },
    late: empty,
    events: 10_000,
    errors: 0,
    faults: [],
    gatewayCpuMs: cpuUs,
    gatewayRssMb: 100,
    foreignCores: 0,
  };
}

function rowOf(
  gateway: GatewayResult['gateway'],
  cpuUs: readonly number[],
  faults: string[] = [],
): GatewayResult {
  return { gateway, windows: cpuUs.map(windowOf), faults, models: {} };
}

describe('compareBuilds', () => {
  test('compares two builds round by round, so that a slow phase of the machine cancels out', () => {
    const ours = [104, 208, 312, 416, 104, 104];
    const others = [100, 200, 300, 400, 100, 100];
    const rows = [rowOf('suffice', ours), rowOf('other', others)];

    expect(compareBuilds({ id: 'fixed', kind: 'throughput' }, rows)).toEqual({
      text: 'fixed: 1.040 x the CPU time per request of the other build (95 % interval 1.040 to 1.040, 6 rounds), target at most 1.05',
      kept: true,
    });
  });

  test('groups rounds by process start, so that one bad start counts once', () => {
    const ours = [100, 100, 150, 150, 102, 102, 101, 101, 100, 100, 100, 100];
    const rows = [
      rowOf('suffice', ours),
      rowOf(
        'other',
        ours.map(() => 100),
      ),
    ];

    expect(compareBuilds({ id: 'fixed', kind: 'throughput' }, rows, 6)?.text).toContain(
      '1.005 x the CPU time per request of the other build (95 % interval 1.000 to 1.500, 6 starts of 2 rounds)',
    );
  });

  test.each(['throughput', 'events', 'latency', 'first-token'] as const)(
    'compares the primary figure of a %s scenario',
    (kind) => {
      const rows = [rowOf('suffice', [110]), rowOf('other', [100])];

      expect(compareBuilds({ id: 'any', kind }, rows)).toMatchObject({
        text: expect.stringContaining('1.100 x the') as string,
        kept: false,
      });
    },
  );

  test('returns undefined when a build is missing or had faults', () => {
    const ours = rowOf('suffice', [100]);
    const scenario = { id: 'fixed', kind: 'throughput' } as const;

    expect(compareBuilds(scenario, [ours])).toBeUndefined();
    expect(compareBuilds(scenario, [ours, rowOf('other', [100], ['1 errors'])])).toBeUndefined();
  });
});

describe('medianInterval', () => {
  // The ranks are those of tables of the sign test.
  test.each([
    { count: 5, interval: undefined },
    { count: 6, interval: { low: 1, high: 6 } },
    { count: 10, interval: { low: 2, high: 9 } },
    { count: 20, interval: { low: 6, high: 15 } },
    { count: 50, interval: { low: 18, high: 33 } },
  ])(
    'of $count values lies between the ranks of the binomial distribution',
    ({ count, interval }) => {
      const ranks = Array.from({ length: count }, (_, i) => i + 1);

      expect(medianInterval(ranks.toReversed())).toEqual(interval);
    },
  );
});
