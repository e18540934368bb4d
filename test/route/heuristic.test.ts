import type { Model } from '../../src/core/model.js';
import { readFeatures } from '../../src/route/features.js';
import type { Features } from '../../src/route/features.js';
import { heuristicPredictor } from '../../src/route/heuristic.js';
import { modelWith } from '../support/models.js';

function featuresOf(text: string): Features {
  return readFeatures({
    messages: [{ role: 'user', parts: [{ kind: 'text', text }] }],
    tools: [],
    toolRequired: false,
    parallelTools: null,
    format: 'text',
    maxOutputTokens: null,
    choices: 1,
    reasoningEffort: null,
  });
}

function pricedAt(output: number): Model['hosts'] {
  const price = {
    input: output / 4,
    output,
    cacheRead: null,
    cacheWrite: null,
    asOf: '2026-01-31',
    source: 'https://acme.example/prices',
    tiers: [],
  };
  return [{ provider: 'acme', model: 'm', price }];
}

const predictor = heuristicPredictor();

test('the heuristic predictor has the revision "heuristic"', () => {
  expect(predictor.revision).toBe('heuristic');
});

test('the heuristic predictor expects more of an expensive model, and of a higher benchmark figure', () => {
  const abilities = [
    modelWith('acme/cheap', { hosts: pricedAt(0.2) }),
    modelWith('acme/dear', { hosts: pricedAt(30) }),
    modelWith('acme/good', { hosts: pricedAt(30), benchmarks: { gpqa_diamond: 85 } }),
  ].map((one) => predictor.ability(one));

  const { models } = predictor.predict(featuresOf('Name three rivers.'), abilities);

  const success = models.map((one) => one.success);
  expect(success).toEqual([...success].sort((a, b) => a - b));
});

test('the heuristic predictor rates code and mathematics as harder than small talk', () => {
  const ability = predictor.ability(modelWith('acme/any'));
  const success = (text: string): number =>
    predictor.predict(featuresOf(text), [ability]).models[0]?.success ?? 0;

  const chat = success('How are you today?');

  expect(
    success('Prove that $\\sqrt{2}$ is irrational and $x^2 = 2$ has no rational root.'),
  ).toBeLessThan(chat);
  expect(
    success('```js\nfunction f(a) { return a.map((x) => x * 2); }\n```\nFix this code.'),
  ).toBeLessThan(chat);
});

test('the heuristic predictor has high uncertainty, and expects longer answers of a reasoning model', () => {
  const abilities = [
    predictor.ability(modelWith('acme/any')),
    predictor.ability(modelWith('acme/deep', { capabilities: new Set(['reasoning']) })),
  ];

  const { models, ood } = predictor.predict(featuresOf('Why is the sky blue?'), abilities);

  expect(models[0]?.uncertainty).toBeGreaterThan(0.2);
  expect(models[1]?.outputTokens).toBeGreaterThan(models[0]?.outputTokens ?? Infinity);
  expect(ood).toBe(0.5);
});
