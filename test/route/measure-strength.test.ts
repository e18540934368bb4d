import { blankModel } from '../../src/catalog/entry.js';
import type { Model } from '../../src/core/model.js';
import { readFeatures } from '../../src/route/features.js';
import { heuristicPredictor } from '../../src/route/heuristic.js';
import { measureStrength, fisherInformation } from '../../src/route/measure-strength.js';
import { loadPredictor } from '../../src/route/factor-predictor.js';
import { conversation, message } from '../support/conversations.js';
import { writeTinyArtefacts } from './tiny-artefacts.js';

function read(text: string) {
  return readFeatures(conversation(message('user', text)));
}

const predictor = await loadPredictor(writeTinyArtefacts());
const model: Model = blankModel('acme/new-1').model;
const prompts = Array.from({ length: 40 }, (_, i) =>
  read(`What is ${i} times ${i + 7}, and why is that so?`),
);

/** The model's answers, right to the first `right` prompts. */
function answers(right: number, of = prompts.length) {
  return prompts.slice(0, of).map((features, i) => ({ features, score: i < right ? 1 : 0 }));
}

function measured(...args: Parameters<typeof answers>) {
  const found = measureStrength(model, predictor, answers(...args));
  if (found === null) throw new Error('nothing was measured');
  return found;
}

describe('measureStrength', () => {
  test('returns the prior without answers', () => {
    const { mean, error, before } = measured(0, 0);

    expect(mean).toBeCloseTo(before.mean, 2);
    expect(error).toBeCloseTo(before.error, 1);
  });

  test('rises with every correct answer', () => {
    const means = [0, 10, 20, 30, 40].map((right) => measured(right).mean);

    expect(means).toEqual(means.toSorted((a, b) => a - b));
    expect((means.at(-1) ?? 0) - (means[0] ?? 0)).toBeGreaterThan(1);
  });

  test('becomes more certain with more answers, up to a limit', () => {
    const few = measured(5, 10);
    const many = measured(20, 40);

    expect(many.error).toBeLessThan(few.error);
    expect(few.error).toBeLessThan(few.before.error);
    expect(many.error).toBeGreaterThan(0.5);
  });

  test('starts from the facts about the model, ignoring an earlier measurement', () => {
    const told = { ...model, strength: { mean: 3, error: 0.1 } };

    const again = measureStrength(told, predictor, answers(20));

    expect(again).toEqual(measured(20));
  });

  test('returns null for a predictor without strengths', () => {
    expect(measureStrength(model, heuristicPredictor(), answers(20))).toBeNull();
  });

  test('changes the predictions for the model once it is configured', () => {
    const expectedOf = (mean: number): number => {
      const ability = predictor.ability({ ...model, strength: { mean, error: 0.3 } });
      return (
        predictor.predict(prompts[0] ?? read('Hi'), [ability]).models[0]?.success ?? Number.NaN
      );
    };

    expect(expectedOf(2)).toBeGreaterThan(expectedOf(-1));
    expect(predictor.ability({ ...model, strength: { mean: 2, error: 0.3 } }).basis).toBe(
      'regressed',
    );
  });
});

describe('fisherInformation', () => {
  test('is positive for every prompt', () => {
    const telling = fisherInformation(model, predictor, prompts);

    expect(telling).toHaveLength(prompts.length);
    expect(Math.min(...telling)).toBeGreaterThan(0);
  });

  test('is lower for a model that is expected to answer nearly everything', () => {
    const usual = fisherInformation(model, predictor, prompts);
    const strong = fisherInformation(
      { ...model, benchmarks: { mmlu_pro: 100 } },
      predictor,
      prompts,
    );

    expect(Math.max(...strong)).toBeLessThan(Math.min(...usual));
  });
});
