import { Registry } from 'prom-client';
import {
  BufferedGauge,
  BufferedHistogram,
  BufferedCounter,
} from '../../src/telemetry/buffered-metrics.js';

let registry: Registry;

beforeEach(() => {
  registry = new Registry();
});

const named = (name: string) => ({ name, help: 'What it is.', registry });

describe('a tally', () => {
  test('counts each set of labels by itself, and once however often it is looked at', async () => {
    const tally = new BufferedCounter(named('asked_total'), ['model', 'status']);

    tally.inc({ model: 'a', status: 200 });
    tally.inc({ model: 'a', status: 200 }, 2);
    tally.inc({ model: 'b', status: 500 });
    await registry.metrics();
    tally.inc({ model: 'b', status: 500 });

    const text = await registry.metrics();
    expect(text).toContain('asked_total{model="a",status="200"} 3');
    expect(text).toContain('asked_total{model="b",status="500"} 2');
  });

  test('adds up fractions', async () => {
    const tally = new BufferedCounter(named('cost_total'), ['model']);

    tally.inc({ model: 'a' }, 0.25);
    tally.inc({ model: 'a' }, 0.5);

    expect(await registry.metrics()).toContain('cost_total{model="a"} 0.75');
  });
});

describe('a level', () => {
  test('goes up and down', async () => {
    const level = new BufferedGauge(named('under_way'));

    level.inc();
    level.inc();
    level.dec();

    expect(await registry.metrics()).toContain('under_way 1');
  });

  test('is what it was last set to', async () => {
    const level = new BufferedGauge(named('stale'));

    level.set(1);

    expect(await registry.metrics()).toContain('stale 1');
  });
});

describe('a spread', () => {
  test.each([3, 256, 1000])('sorts all of %i observations into buckets', async (count) => {
    const spread = new BufferedHistogram(named('took_seconds'), [0.1, 1]);

    for (let i = 0; i < count; i++) spread.observe(i % 2 === 0 ? 0.05 : 0.5);

    const text = await registry.metrics();
    expect(text).toContain(`took_seconds_bucket{le="0.1"} ${Math.ceil(count / 2)}`);
    expect(text).toContain(`took_seconds_bucket{le="1"} ${count}`);
    expect(text).toContain(`took_seconds_count ${count}`);
  });
});
