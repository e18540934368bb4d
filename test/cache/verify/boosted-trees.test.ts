import { fc } from '../../support/fast-check.js';
import { TreeEnsemble, type Trees } from '../../../src/cache/verify/boosted-trees.js';

const FEATURES = 5;
const number = fc.float({ noNaN: true, noDefaultInfinity: true });

const someTrees: fc.Arbitrary<Trees> = fc
  .record({ depth: fc.integer({ min: 1, max: 6 }), count: fc.integer({ min: 1, max: 9 }) })
  .chain(({ depth, count }) => {
    const nodes = count * (2 ** depth - 1);
    const many = (length: number) => fc.array(number, { minLength: length, maxLength: length });
    const places = fc.array(fc.nat(FEATURES - 1), { minLength: nodes, maxLength: nodes });
    return fc.record({
      depth: fc.constant(depth),
      features: places.map((all) => Int32Array.from(all)),
      thresholds: many(nodes).map((all) => Float32Array.from(all)),
      leaves: many(nodes + count).map((all) => Float32Array.from(all)),
    });
  });

/** The leaf that an input reaches, found node by node. */
function leafOf({ depth, features, thresholds, leaves }: Trees, tree: number, input: Float32Array) {
  const nodes = 2 ** depth - 1;
  let node = 0;
  while (node < nodes) {
    const at = tree * nodes + node;
    const isLeft = (input[features[at] ?? 0] ?? 0) <= (thresholds[at] ?? 0);
    node = 2 * node + (isLeft ? 1 : 2);
  }
  return leaves[tree * (nodes + 1) + node - nodes] ?? 0;
}

test('TreeEnsemble sums the leaves of all trees in order, for any depth and number of trees', () => {
  const someInput = fc.array(number, { minLength: FEATURES, maxLength: FEATURES });
  fc.assert(
    fc.property(someTrees, fc.array(someInput, { minLength: 1 }), (trees, inputs) => {
      const sum = new TreeEnsemble(trees);
      const count = trees.features.length / (2 ** trees.depth - 1);
      for (const numbers of inputs) {
        const input = Float32Array.from(numbers);
        let expected = 0;
        for (let tree = 0; tree < count; tree++) expected += leafOf(trees, tree, input);

        expect(sum.score(input)).toBe(expected);
      }
    }),
    { numRuns: 100 },
  );
});

test('TreeEnsemble sends a value equal to the threshold to the left, and NaN to the right', () => {
  const trees = {
    depth: 1,
    features: Int32Array.of(0),
    thresholds: Float32Array.of(0.5),
    leaves: Float32Array.of(-1, 1),
  };
  const sum = new TreeEnsemble(trees);

  expect([0.5, 0.500001, NaN, -Infinity].map((x) => sum.score(Float32Array.of(x)))).toEqual([
    -1, 1, 1, -1,
  ]);
});
