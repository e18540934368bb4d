import { fc } from '../../support/fast-check.js';
import { MAX_NETWORK_WORDS } from '../../../src/cache/verify/word-context.js';
import {
  WordNetwork,
  type WordNetworkShape,
  type WordNetworkTables,
} from '../../../src/cache/verify/word-network.js';
import type { KnownWord } from '../../../src/cache/verify/word-table.js';
import { wordNamed } from '../../support/known-word.js';
import { fnv1a } from '../../../src/core/fnv.js';
import { Random } from '../../../src/core/random.js';

const wordOf = (text: string, rarity = (fnv1a(text) % 100) / 100): KnownWord =>
  wordNamed(text, rarity);

const known = (index: number): KnownWord => wordOf(`known${index}`);
const unknown = (index: number, rarity?: number): KnownWord => wordOf(`unknown${index}`, rarity);

/** Tables of random numbers; it knows the words `known0`, `known1` and so on. */
function tablesOf({ words, dims, hidden }: WordNetworkShape, scale = 0.01): WordNetworkTables {
  const random = new Random(words + dims + hidden);
  // Scaled so that a row's sum is about as large as its terms.
  const numbers = (rows: number, columns: number): Float32Array =>
    Float32Array.from({ length: rows * columns }, () => random.normal() / Math.sqrt(columns));
  return {
    hashes: Uint32Array.from({ length: words }, (_, i) => known(i).id).sort(),
    vectors: Int8Array.from({ length: words * dims }, () => random.below(256) - 128),
    scales: Float32Array.from({ length: words }, () => scale * (0.5 + random.next())),
    context: numbers(3 * dims, dims),
    contextBias: numbers(1, dims),
    compare: numbers(hidden, 2 * dims + 3),
    compareBias: numbers(1, hidden),
    inner: numbers(hidden, hidden),
    innerBias: numbers(1, hidden),
    outer: numbers(hidden, 3 * hidden),
    outerBias: numbers(1, hidden),
    last: numbers(1, hidden + 1),
  };
}

type Row = readonly number[];

const indices = (count: number): Row => Array.from({ length: count }, (_, i) => i);
const dot = (a: Row, b: Row): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
const sumOf = (rows: readonly Row[], width: number): Row =>
  indices(width).map((i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0));

/** A dense layer with ReLU, one row of the matrix for each number of `bias`. */
function layer(matrix: Float32Array, input: Row, bias: Float32Array): Row {
  const product = (row: number): number =>
    dot(input, [...matrix.subarray(row * input.length, (row + 1) * input.length)]);
  return [...bias].map((start, row) => Math.max(0, start + product(row)));
}

/** A reference implementation in double precision. */
class PlainNetwork {
  readonly #dims: number;
  readonly #tables: WordNetworkTables;

  constructor({ dims }: WordNetworkShape, tables: WordNetworkTables) {
    this.#dims = dims;
    this.#tables = tables;
  }

  meaningsOf(words: readonly KnownWord[]): readonly Row[] {
    const { context, contextBias } = this.#tables;
    const dims = this.#dims;
    const vectors = words.map(({ id }) => this.#vectorOf(id));
    return vectors.map((vector, i) =>
      vector.map((x, out) => {
        const added = indices(3).map((part) => {
          const start = (part * dims + out) * dims;
          return dot(vectors[i + part - 1] ?? [], [...context.subarray(start, start + dims)]);
        });
        return x + Math.max(0, (contextBias[out] ?? 0) + dot(added, [1, 1, 1]));
      }),
    );
  }

  score(a: readonly KnownWord[], b: readonly KnownWord[]): number {
    const { outer, outerBias, last, compareBias } = this.#tables;
    const [ofA, ofB] = [this.#judge(a, b), this.#judge(b, a)];
    const hidden = compareBias.length;
    const [sumA, sumB] = [sumOf(ofA, hidden), sumOf(ofB, hidden)];
    const gathered = [
      ...sumA.map((sum, i) => (sum + (sumB[i] ?? 0)) / 4),
      ...sumA.map((sum, i) => Math.abs(sum - (sumB[i] ?? 0)) / 4),
      ...indices(hidden).map((i) => Math.max(0, ...[...ofA, ...ofB].map((row) => row[i] ?? 0))),
    ];
    return dot([...last], [...layer(outer, gathered, outerBias), 1]);
  }

  #vectorOf(id: number): Row {
    const { hashes, vectors, scales } = this.#tables;
    const row = hashes.indexOf(id);
    const start = row * this.#dims;
    return indices(this.#dims).map((i) =>
      row === -1 ? 0 : (vectors[start + i] ?? 0) * (scales[row] ?? 0),
    );
  }

  /** The comparison of each word with the other text. */
  #judge(words: readonly KnownWord[], others: readonly KnownWord[]): readonly Row[] {
    const { compare, compareBias, inner, innerBias } = this.#tables;
    const found = this.meaningsOf(others);
    return this.meaningsOf(words).map((meaning, i) => {
      const word = words[i];
      const affinities = found.map(
        (other, j) =>
          dot(meaning, other) / Math.sqrt(this.#dims) + (word?.id === others[j]?.id ? 2 : 0),
      );
      const weights = affinities.map((affinity) => Math.exp(affinity - Math.max(...affinities)));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const aligned = meaning.map((_, k) =>
        found.reduce((sum, other, j) => sum + ((weights[j] ?? 0) / total) * (other[k] ?? 0), 0),
      );
      const isThere = others.some(({ id }) => id === word?.id);
      const rarity = word?.rarity ?? 0;
      const compared = [
        ...meaning.map((x, k) => Math.abs(x - (aligned[k] ?? 0))),
        ...meaning.map((x, k) => x * (aligned[k] ?? 0)),
        ...[isThere ? 1 : 0, rarity, isThere ? 0 : rarity],
      ];
      return layer(inner, layer(compare, compared, compareBias), innerBias);
    });
  }
}

const SHAPE: WordNetworkShape = { words: 60, dims: 32, hidden: 16 };

/** Few words, so that a text has some twice and two texts have some in common. */
const someWord = fc.oneof(
  { weight: 3, arbitrary: fc.nat(24).map(known) },
  { weight: 1, arbitrary: fc.nat(5).map((index) => unknown(index)) },
);
const someText = fc.oneof(
  fc.array(someWord, { maxLength: 50, size: 'max' }),
  fc.array(someWord, { maxLength: 5 }),
);

describe.each([
  { words: 60, dims: 16, hidden: 16 },
  SHAPE,
  { words: 60, dims: 48, hidden: 32 },
  { words: 60, dims: 128, hidden: 32 },
])('WordNetwork with $dims dimensions and $hidden hidden units', (shape) => {
  const tables = tablesOf(shape);
  const network = new WordNetwork(shape, tables);
  const plain = new PlainNetwork(shape, tables);

  test('scores as the reference implementation does, symmetrically and without state', () => {
    fc.assert(
      fc.property(someText, someText, (one, other) => {
        const [a, b] = [network.read(one), network.read(other)];
        const expected = plain.score(
          one.slice(0, MAX_NETWORK_WORDS),
          other.slice(0, MAX_NETWORK_WORDS),
        );

        const score = network.score(a, b);

        expect(Math.abs(score - expected)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(expected)));
        expect(network.score(b, a)).toBe(score);
        expect(network.score(a, b)).toBe(score);
      }),
      { numRuns: 15 },
    );
  });
});

describe('WordNetwork', () => {
  const network = new WordNetwork(SHAPE, tablesOf(SHAPE));
  const plain = new PlainNetwork(SHAPE, tablesOf(SHAPE));
  const scoreOf = (one: readonly KnownWord[], other: readonly KnownWord[]): number =>
    network.score(network.read(one), network.read(other));

  test('ignores words beyond the maximum', () => {
    fc.assert(
      fc.property(fc.array(someWord, { minLength: 1 }), someText, (more, other) => {
        const full = indices(MAX_NETWORK_WORDS).map((i) => known(i % 30));

        const [short, long] = [network.read(full), network.read([...full, ...more])];

        expect(long).toEqual(short);
        expect(scoreOf([...full, ...more], other)).toBe(scoreOf(full, other));
      }),
    );
  });

  test('distinguishes unknown words only by their rarity and by equality', () => {
    const text = [known(1), known(2)];
    const withWord = (word: KnownWord): KnownWord[] => [...text, word];
    const scoreWith = (one: KnownWord, other: KnownWord): number =>
      scoreOf(withWord(one), withWord(other));

    expect(scoreWith(unknown(1, 0.5), known(3))).toBe(scoreWith(unknown(2, 0.5), known(3)));
    expect(scoreWith(unknown(1, 0.5), known(3))).not.toBe(scoreWith(unknown(1, 0.9), known(3)));
    expect(scoreWith(unknown(1, 0.5), unknown(1, 0.5))).not.toBe(
      scoreWith(unknown(1, 0.5), unknown(2, 0.5)),
    );
  });

  test.each([
    [[], []],
    [[], [known(1), known(2), unknown(3)]],
    [[known(1)], []],
  ])('scores empty texts: case %#', (one, other) => {
    expect(scoreOf(one, other)).toBeCloseTo(plain.score(one, other), 4);
  });

  test('returns a finite score for extreme similarities', () => {
    const large = new WordNetwork(SHAPE, tablesOf(SHAPE, 100));
    const text = large.read(indices(9).map(known));

    expect(Number.isFinite(large.score(text, large.read([known(3), known(5)])))).toBe(true);
    expect(Number.isFinite(large.score(text, text))).toBe(true);
  });

  test('does not modify texts that it has read', () => {
    const text = network.read([known(1), unknown(1), known(2)]);
    const meanings = text.meanings.slice();

    scoreOf([known(7), known(8)], [known(9)]);
    network.score(text, network.read([known(3)]));

    expect(text.meanings).toEqual(meanings);
  });

  test('reads a word the same after it was evicted from the cache', () => {
    const shape = { words: 20_000, dims: 16, hidden: 16 };
    const tables = tablesOf(shape);
    const wide = new WordNetwork(shape, tables);
    const text = [known(1), known(2), unknown(3), known(4), known(1)];

    const first = wide.read(text);
    for (let i = 0; i < shape.words; i += 20) wide.read(indices(20).map((k) => known(i + k)));
    const again = wide.read(text);

    expect(again).toEqual(first);
    const expected = new PlainNetwork(shape, tables).meaningsOf(text).flat();
    const errors = expected.map((x, i) => Math.abs(x - (again.meanings[i] ?? NaN)));
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });
});
