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

describe('BufferedCounter', () => {
  test('counts each label set separately and does not repeat amounts in later scrapes', async () => {
    const counter = new BufferedCounter(named('asked_total'), ['model', 'status']);

    counter.inc({ model: 'a', status: 200 });
    counter.inc({ model: 'a', status: 200 }, 2);
    counter.inc({ model: 'b', status: 500 });
    await registry.metrics();
    counter.inc({ model: 'b', status: 500 });

    const text = await registry.metrics();
    expect(text).toContain('asked_total{model="a",status="200"} 3');
    expect(text).toContain('asked_total{model="b",status="500"} 2');
  });

  test('adds fractions', async () => {
    const counter = new BufferedCounter(named('cost_total'), ['model']);

    counter.inc({ model: 'a' }, 0.25);
    counter.inc({ model: 'a' }, 0.5);

    expect(await registry.metrics()).toContain('cost_total{model="a"} 0.75');
  });
});

describe('BufferedGauge', () => {
  test('increments and decrements', async () => {
    const gauge = new BufferedGauge(named('under_way'));

    gauge.inc();
    gauge.inc();
    gauge.dec();

    expect(await registry.metrics()).toContain('under_way 1');
  });

  test('reports the value last set', async () => {
    const gauge = new BufferedGauge(named('stale'));

    gauge.set(1);

    expect(await registry.metrics()).toContain('stale 1');
  });
});

describe('BufferedHistogram', () => {
  test.each([3, 256, 1000])('sorts all of %i observations into buckets', async (count) => {
    const histogram = new BufferedHistogram(named('took_seconds'), [0.1, 1]);

    for (let i = 0; i < count; i++) histogram.observe(i % 2 === 0 ? 0.05 : 0.5);

    const text = await registry.metrics();
    expect(text).toContain(`took_seconds_bucket{le="0.1"} ${Math.ceil(count / 2)}`);
    expect(text).toContain(`took_seconds_bucket{le="1"} ${count}`);
    expect(text).toContain(`took_seconds_count ${count}`);
  });
});
