import type { Host, Model, ServedModel, Upstream } from '../../src/core/model.js';
import { stillServed } from '../../src/assembly/retired.js';

const host = (provider: string, retired?: string): Host => ({
  provider,
  model: `${provider}-name`,
  price: null,
  ...(retired === undefined ? {} : { retired }),
});

function served(first: Host, ...others: readonly Host[]): ServedModel {
  const model: Model = {
    id: 'acme/large',
    vendor: 'acme',
    displayName: 'Acme Large',
    released: '2024-01',
    contextWindow: null,
    maxOutputTokens: null,
    capabilities: new Set(),
    benchmarks: {},
    speed: null,
    hosts: [first, ...others],
    simulated: false,
  };
  const at = ({ provider, model: name }: Host): Upstream => ({
    id: `${provider}/${name}`,
    provider,
    modelId: model.id,
    upstreamModel: name,
    price: null,
  });
  return { model, upstreams: [at(first), ...others.map(at)] };
}

describe('stillServed', () => {
  test('keeps a model until the day before its retirement, and drops it from that day on', () => {
    const model = served(host('acme', '2026-10-23'));

    expect(stillServed(model, '2026-10-22')).toEqual(model);
    expect(stillServed(model, '2026-10-23')).toBeNull();
    expect(stillServed(model, '2027-01-01')).toBeNull();
  });

  test('keeps the hosts that do not retire the model', () => {
    const model = served(host('acme', '2026-10-23'), host('reseller'));

    const kept = stillServed(model, '2026-11-21');

    expect(kept?.upstreams.map(({ provider }) => provider)).toEqual(['reseller']);
  });
});
