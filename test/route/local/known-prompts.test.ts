import { Familiarity } from '../../../src/route/familiarity.js';
import { knownPrompts } from '../../../src/route/local/known-prompts.js';

/** A unit vector that leans towards one of the four axes, and a little to the next. */
function leaning(axis: number, aside = 0.3): Float32Array {
  const vector = new Float32Array(4);
  vector[axis] = Math.sqrt(1 - aside ** 2);
  vector[(axis + 1) % 4] = aside;
  return vector;
}

const graded = (count: number, language: string | null, axis = 0) =>
  Array.from({ length: count }, (_, i) => ({ vector: leaning(axis, 0.01 * (i % 50)), language }));

const text = 'a text that is long enough for its distance to tell something of it';
const described = (language: string) => ({ text, language, code: 0, maths: 0 });

test('prompts are known that are near to graded ones and in their language', () => {
  const known = new Familiarity(
    knownPrompts([...graded(60, 'de'), ...graded(5, 'fr'), ...graded(9, null)]),
    4,
  );

  expect(known.distance(described('de'), leaning(0, 0.2))).toBeLessThan(0.1);
  expect(known.distance(described('de'), leaning(2, 0.2))).toBeGreaterThan(0.9);
  // Five of them may be misreadings of odd texts.
  expect(known.distance(described('fr'), leaning(0, 0.2))).toBeCloseTo(0.7);
});

test('graded prompts that are all the same do not make every other one strange', () => {
  const same = Array.from({ length: 60 }, () => ({ vector: leaning(0, 0), language: 'de' }));
  const known = new Familiarity(knownPrompts(same), 4);

  expect(known.distance(described('de'), leaning(0, 0.5))).toBeLessThan(0.1);
  expect(known.distance(described('de'), leaning(0, 0.9))).toBeGreaterThan(0.5);
});

test('a few of very many stand for all, and none where there are no vectors', () => {
  const many = [...graded(1500, 'de'), ...graded(1500, 'de', 2)];
  const { landmarks } = knownPrompts(many);
  const known = new Familiarity(knownPrompts(many), 4);

  expect(landmarks).toHaveLength(4 * 256);
  expect(known.distance(described('de'), leaning(0, 0.2))).toBeLessThan(0.1);
  expect(known.distance(described('de'), leaning(2, 0.2))).toBeLessThan(0.1);
  expect(knownPrompts([{ vector: null, language: 'de' }]).landmarks).toHaveLength(0);
});
