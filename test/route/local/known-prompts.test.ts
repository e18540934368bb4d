import { Random } from '../../../src/core/random.js';
import { OodDetector } from '../../../src/route/ood-detector.js';
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

/** A distinct unit vector for each seed, nearly orthogonal to the others. */
function scattered(seed: number, dims: number): Float32Array {
  const random = new Random(seed);
  const values = Array.from({ length: dims }, () => random.next() - 0.5);
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

/** A unit vector on the first axis, turned towards the second. */
function towards(aside: number, dims: number): Float32Array {
  const vector = new Float32Array(dims);
  vector.set([Math.sqrt(1 - aside ** 2), aside]);
  return vector;
}

const task = 'a text that is long enough for its distance to be meaningful here';
const described = (language: string) => ({ task, language, code: 0, maths: 0 });

test('prompts near graded ones in the same language are familiar', () => {
  const known = new OodDetector(
    knownPrompts([...graded(60, 'de'), ...graded(5, 'fr'), ...graded(9, null)]),
    4,
  );

  expect(known.distance(described('de'), leaning(0, 0.2))).toBeLessThan(0.1);
  expect(known.distance(described('de'), leaning(2, 0.2))).toBeGreaterThan(0.9);
  // Five prompts may be misclassified texts.
  expect(known.distance(described('fr'), leaning(0, 0.2))).toBeCloseTo(0.7);
});

test('identical graded prompts do not make all others unfamiliar', () => {
  const same = Array.from({ length: 60 }, () => ({ vector: leaning(0, 0), language: 'de' }));
  const known = new OodDetector(knownPrompts(same), 4);

  expect(known.distance(described('de'), leaning(0, 0.4))).toBeLessThan(0.1);
  expect(known.distance(described('de'), leaning(0, 0.9))).toBeGreaterThan(0.5);
});

test('diverse prompts in one language do not make those of another language familiar', () => {
  const dims = 32;
  const known = new OodDetector(
    knownPrompts([
      ...Array.from({ length: 200 }, (_, i) => ({ vector: scattered(i, dims), language: 'en' })),
      ...Array.from({ length: 20 }, (_, i) => ({
        vector: towards(0.01 * i, dims),
        language: 'de',
      })),
    ]),
    dims,
  );

  expect(known.distance(described('en'), scattered(999, dims))).toBeLessThan(0.5);
  expect(known.distance(described('de'), towards(0.1, dims))).toBeLessThan(0.1);
  expect(known.distance(described('de'), towards(0.9, dims))).toBeGreaterThan(0.5);
});

test('distances have a larger scale in the language that the embedder was trained on', () => {
  const [english, german] = ['en', 'de'].map(
    (name) => new OodDetector(knownPrompts(graded(60, name)), 4),
  );

  expect(english?.distance(described('en'), leaning(0, 0.97))).toBeLessThan(0.5);
  expect(german?.distance(described('de'), leaning(0, 0.97))).toBeGreaterThan(0.5);
});

test('a Chinese text is long enough with a third of the characters', () => {
  const known = new OodDetector(knownPrompts(graded(60, 'zh')), 4);
  const about = (task: string) => ({ ...described('zh'), task });

  expect(
    known.distance(about('请帮我写一封回复客户投诉洗衣机漏水的信'), leaning(3)),
  ).toBeGreaterThan(0.9);
  expect(known.distance(about('你好吗'), leaning(3))).toBe(0.5);
});

test('a limited number of landmarks represents many prompts, and there are none without vectors', () => {
  const many = [...graded(1500, 'de'), ...graded(1500, 'de', 2)];
  const { landmarks } = knownPrompts(many);
  const known = new OodDetector(knownPrompts(many), 4);

  expect(landmarks).toHaveLength(4 * 256);
  expect(known.distance(described('de'), leaning(0, 0.2))).toBeLessThan(0.1);
  expect(known.distance(described('de'), leaning(2, 0.2))).toBeLessThan(0.1);
  expect(knownPrompts([{ vector: null, language: 'de' }]).landmarks).toHaveLength(0);
});
