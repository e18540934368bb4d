import { fc } from '../../support/fast-check.js';
import type { Features } from '../../../src/route/features.js';
import { FeedbackMemory, FeedbackPredictor } from '../../../src/route/local/feedback-memory.js';
import type { JudgedAnswer } from '../../../src/route/local/feedback-memory.js';
import type { Predictor } from '../../../src/route/predictor.js';

/** The documented maximum effect of ten votes on a probability. */
const TEN_VOTES = 0.2;

function unit(numbers: readonly number[]): Float32Array {
  const length = Math.hypot(...numbers) || 1;
  return Float32Array.from(numbers, (value) => value / length);
}

/** A predictor. */
const BY = 'a predictor';
const HERE = unit([1, 0, 0, 0]);

function vote(residual: number, caller = 'a', vector = HERE): JudgedAnswer {
  return { vector, caller, residuals: new Map([['acme/one', residual]]) };
}

function memoryOf(answers: readonly JudgedAnswer[]): FeedbackMemory {
  const memory = new FeedbackMemory();
  memory.replace(answers, BY);
  return memory;
}

const correction = (answers: readonly JudgedAnswer[], at = HERE) =>
  memoryOf(answers).corrections(at)?.get('acme/one') ?? 0;

describe('FeedbackMemory', () => {
  test('returns no correction when it is empty or no neighbour is near', () => {
    const far = unit([0, 1, 0, 0]);

    expect(memoryOf([]).corrections(HERE)).toBeNull();
    expect(memoryOf([vote(1, 'a', far)]).corrections(HERE)).toBeNull();
  });

  test('follows many callers who agree', () => {
    const many = Array.from({ length: 400 }, (_, i) => vote(0.5, `caller ${i}`));

    expect(correction(many)).toBeGreaterThan(0.4);
    expect(correction(many)).toBeLessThanOrEqual(0.5);
  });

  test('weighs near prompts more than distant ones', () => {
    const near = unit([1, 0.2, 0, 0]);
    const distant = unit([1, 0.8, 0, 0]);

    const answers = Array.from({ length: 6 }, () => vote(1));

    expect(correction(answers, near)).toBeGreaterThan(correction(answers, distant));
    expect(correction(answers, distant)).toBeGreaterThan(0);
  });

  test('limits the effect of ten votes to 0.2, whoever casts them', () => {
    const votes = fc.array(
      fc.record({
        residual: fc.double({ min: -1, max: 1, noNaN: true }),
        caller: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'),
        vector: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
          minLength: 4,
          maxLength: 4,
        }),
      }),
      { minLength: 1, maxLength: 10 },
    );

    fc.assert(
      fc.property(votes, (cast) => {
        const answers = cast.map(({ residual, caller, vector }) =>
          vote(residual, caller, unit(vector)),
        );
        for (const { vector } of answers) {
          expect(Math.abs(correction(answers, vector))).toBeLessThanOrEqual(TEN_VOTES + 1e-6);
        }
      }),
    );
    expect(correction(Array.from({ length: 10 }, (_, i) => vote(-1, String(i))))).toBeCloseTo(-0.2);
  });

  test('limits the weight of a single caller, however often it votes', () => {
    const honest = Array.from({ length: 20 }, (_, i) => vote(0.5, `honest ${i}`));
    const flood = Array.from({ length: 1000 }, () => vote(-1, 'flooder'));

    expect(correction([...flood, ...honest])).toBeGreaterThan(0);
    expect(correction(flood)).toBeGreaterThan(-TEN_VOTES);
  });

  test('evicts the oldest votes at capacity', () => {
    const old = Array.from({ length: 1000 }, (_, i) => vote(1, `old ${i}`));
    const recent = Array.from({ length: 1000 }, (_, i) => vote(-1, `new ${i}`));

    expect(correction([...old, ...recent])).toBeLessThan(-0.9);
  });
});

describe('FeedbackPredictor', () => {
  const base: Predictor = {
    revision: 'abc',
    ability: ({ id }) => ({ model: id, basis: 'fitted' }),
    predict: (_features, abilities) => ({
      ood: 0,
      novelty: 0,
      vector: HERE,
      models: abilities.map(() => ({ success: 0.5, uncertainty: 0.1, outputTokens: 10 })),
    }),
  };
  const abilities = [
    { model: 'acme/one', basis: 'fitted' },
    { model: 'acme/two', basis: 'fitted' },
  ] as const;

  test('corrects only models with feedback, and marks it in the revision', () => {
    const memory = new FeedbackMemory();
    const predictor = new FeedbackPredictor(base, memory);
    const before = predictor.predict({} as Features, abilities);
    expect(predictor.revision).toBe('abc');

    memory.replace([vote(-1), vote(-1)], 'abc');
    const after = predictor.predict({} as Features, abilities);

    expect(predictor.revision).toBe('abc~1');
    expect(before.models[0]?.success).toBe(0.5);
    expect(after.models[0]?.success).toBeCloseTo(0.5 - 2 / 42);
    expect(after.models[1]?.success).toBe(0.5);
  });

  test('ignores feedback on decisions of another predictor, whose vectors may be longer', () => {
    const memory = new FeedbackMemory();
    const predictor = new FeedbackPredictor(base, memory);

    memory.replace([vote(-1, 'a', unit([1, 0, 0, 0, 0, 0]))], 'another');
    const { models } = predictor.predict({} as Features, abilities);

    expect(predictor.revision).toBe('abc');
    expect(models[0]?.success).toBe(0.5);
  });
});
