import type { Capability, Model } from '../../../src/core/model.js';

/** Four models that differ in what they can do. */
export const MODELS: readonly Model[] = [
  model('openai/gpt-5', 'tools', 'vision'),
  model('openai/gpt-5-mini', 'tools'),
  model('mistral/small', 'tools'),
  model('google/flash', 'vision', 'audio'),
];

function model(id: string, ...capabilities: readonly Capability[]): Model {
  return {
    id,
    vendor: id.slice(0, id.indexOf('/')),
    displayName: id,
    released: null,
    contextWindow: null,
    maxOutputTokens: null,
    capabilities: new Set(capabilities),
    benchmarks: {},
    speed: null,
    hosts: [],
    simulated: false,
  };
}
