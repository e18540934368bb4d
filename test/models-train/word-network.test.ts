import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NetworkModel, type NetworkWeights } from '../../models/train/verifier/network/model.js';
import type { NetworkPair } from '../../models/train/verifier/network/batch.js';
import { packNetwork } from '../../models/train/verifier/network/tables.js';
import { trainNetwork } from '../../models/train/verifier/network/training.js';
import { trainNetworks } from '../../models/train/verifier/network/networks.js';
import { ExampleReader } from '../../models/train/verifier/examples.js';
import { networkVocabulary, NetworkReader } from '../../models/train/verifier/network/words.js';
import { startProgress } from '../../models/train/progress.js';
import { Random } from '../../models/train/random.js';
import { WordNetwork } from '../../src/cache/verify/word-network.js';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';
import { wordNamed } from '../support/known-word.js';
import { lexiconOf } from '../support/lexicon.js';

const SIZE = { dims: 16, hidden: 16 };
const LIMITS = { pairs: 8, words: 40 };
const WORDS = ['how', 'do', 'i', 'bake', 'bread', 'cake', 'fix', 'tap', 'faucet', 'a'];
const progress = startProgress(() => undefined);

const drawVectors = (random: Random): Float32Array =>
  Float32Array.from({ length: WORDS.length * SIZE.dims }, () => 0.5 * random.normal());

/** Texts of some words, a few of them without a row. */
function drawPairs(random: Random, count: number): NetworkPair[] {
  const text = () => {
    const rows = Array.from({ length: 1 + random.below(6) }, () => random.below(WORDS.length + 1));
    return {
      rows: Int32Array.from(rows, (row) => (row < WORDS.length ? row : -1)),
      ids: Uint32Array.from(rows),
      rarities: Float32Array.from(rows, (row) => row / WORDS.length),
    };
  };
  return Array.from({ length: count }, () => ({ a: text(), b: text() }));
}

describe('training of the word network', () => {
  const names = [
    'vectors',
    'context',
    'contextBias',
    'compare',
    'compareBias',
    'inner',
    'innerBias',
    'outer',
    'outerBias',
    'last',
  ] as const satisfies readonly (keyof NetworkWeights)[];

  const gradientsOf = (
    model: NetworkModel,
  ): Readonly<Record<keyof NetworkWeights, Float32Array>> => {
    const vectors = new Float32Array(model.context.vectors.length);
    model.context.takeVectorSlopes((row, slopes) => {
      vectors.set(slopes, row * SIZE.dims);
    });
    const { context, comparison, summary } = model;
    return {
      vectors,
      context: context.layer.weights.gradient,
      contextBias: context.bias.gradient,
      compare: comparison.outer.weights.gradient,
      compareBias: comparison.outer.biases.gradient,
      inner: comparison.inner.weights.gradient,
      innerBias: comparison.inner.biases.gradient,
      outer: summary.layer.weights.gradient,
      outerBias: summary.layer.biases.gradient,
      last: summary.last.gradient,
    };
  };

  test.each(names)('computes the gradient of %s', (name) => {
    const random = new Random(3);
    const model = new NetworkModel(SIZE, drawVectors(random), LIMITS, random);
    // Unknown words would give sums of 0, where the ReLU has no derivative.
    for (const bias of ['compareBias', 'innerBias', 'outerBias'] as const) {
      model.weights()[bias].forEach((_, k, values) => (values[k] = 0.1 * random.normal()));
    }
    const pairs = drawPairs(random, 8);
    const shares = pairs.map(() => random.normal());
    const total = (): number => {
      for (const layer of [
        model.context.layer,
        model.comparison.outer,
        model.comparison.inner,
        model.summary.layer,
      ]) {
        layer.load();
      }
      return model.scores(pairs).reduce((sum, score, i) => sum + score * (shares[i] ?? 0), 0);
    };
    total();
    model.learn(pairs, (i) => shares[i] ?? 0, null);
    const gradient = gradientsOf(model)[name];
    const weights = model.weights()[name];
    const before = weights.slice();
    const length = Math.hypot(...gradient);
    const step = 5e-4;
    const along = (distance: number): number => {
      weights.forEach((_, i) => {
        weights[i] = (before[i] ?? 0) + (distance * (gradient[i] ?? 0)) / length;
      });
      return total();
    };

    const slope = (along(step) - along(-step)) / (2 * step);

    expect(length).toBeGreaterThan(1e-3);
    expect(slope / length).toBeGreaterThan(0.97);
    expect(slope / length).toBeLessThan(1.03);
  });

  test('scores as the packed network does, up to 8-bit quantisation', () => {
    const known = WORDS.map((word) => wordNamed(word));
    const vocabulary = networkVocabulary([known, known]);
    const reader = new NetworkReader(vocabulary);
    const random = new Random(5);
    const model = new NetworkModel(SIZE, drawVectors(random), LIMITS, random);
    const { shape, tables } = packNetwork(SIZE, vocabulary.hashes, model.weights());
    const network = new WordNetwork(shape, tables);
    const draw = () =>
      Array.from({ length: 1 + random.below(6) }, () =>
        wordNamed(WORDS[random.below(WORDS.length)] ?? 'never seen'),
      );

    for (let i = 0; i < 50; i++) {
      const [a, b] = [[...draw(), wordNamed('never seen')], draw()];
      const [learning] = model.scores([{ a: reader.read(a), b: reader.read(b) }]);

      expect(network.score(network.read(a), network.read(b))).toBeCloseTo(learning ?? NaN, 1);
    }
  });

  test('learns that an exchanged word matters and which words are synonyms, reproducibly', () => {
    const known = new Map([...WORDS, 'please'].map((word) => [word, wordNamed(word)]));
    const vocabulary = networkVocabulary([[...known.values()], [...known.values()]]);
    const reader = new NetworkReader(vocabulary);
    const read = (text: string) =>
      reader.read(text.split(' ').map((word) => known.get(word) ?? wordNamed(word)));
    const pairOf = (a: string, b: string, label: number) => ({
      a: read(a),
      b: read(b),
      label,
      weight: 1,
    });
    const taught = [
      ['how do i bake bread', 'how do i bake cake', 0],
      ['bake bread', 'bake bread please', 1],
      ['how do i fix a tap', 'how do i fix a faucet', 1],
      ['fix a tap', 'bake a cake', 0],
    ] as const;
    const pairs = Array.from({ length: 64 }, () =>
      taught.map(([a, b, label]) => pairOf(a, b, label)),
    ).flat();
    const learn = () => {
      const random = new Random(1);
      const vectors = Float32Array.from({ length: vocabulary.hashes.length * SIZE.dims }, () =>
        random.normal(),
      );
      const { shape, tables } = trainNetwork(pairs, { hashes: vocabulary.hashes, vectors }, SIZE, {
        seed: 1,
        progress,
        epochs: 25,
      });
      const network = new WordNetwork(shape, tables);
      const words = (text: string) =>
        network.read(text.split(' ').map((word) => known.get(word) ?? wordNamed(word)));
      return (a: string, b: string) => network.score(words(a), words(b));
    };
    const score = learn();

    expect(score('bake bread', 'bake cake')).toBeLessThan(0);
    expect(score('fix a tap please', 'fix a faucet')).toBeGreaterThan(0);
    expect(learn()('how do i', 'how do')).toBe(score('how do i', 'how do'));
  });
});

describe('trainNetworks', () => {
  const TAUGHT = [
    ['How do I bake bread?', 'How can I bake a bread?', 1],
    ['How do I bake bread?', 'How do I bake a cake?', 0],
    ['Who wrote Emma?', 'Who is the author of Emma?', 1],
    ['Who wrote Emma?', 'Who filmed Emma?', 0],
  ] as const;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'networks-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('trains the networks of both halves and of all pairs once, and reuses them in the next run', () => {
    const embedder = StaticEmbedder.load(path.resolve('models', 'embedder.bin'));
    const reader = new ExampleReader(embedder, lexiconOf());
    const fit = Array.from({ length: 24 }, () =>
      TAUGHT.map(([a, b, label], i) =>
        reader.read('qqp', { a, b, label }, { half: i < 2 ? 0 : 1 }),
      ),
    ).flat();
    const said: string[] = [];
    const telling = startProgress((line) => said.push(line));
    const train = (seed: number) =>
      trainNetworks(fit, { first: reader, second: reader }, { seed, progress: telling, folder });

    const taught = train(1);
    const again = train(1);

    expect(again).toEqual(taught);
    expect(readdirSync(folder)).toHaveLength(3);
    expect(said.filter((line) => line.includes('taken from'))).toHaveLength(3);
    expect(taught.halves[0].tables.last).not.toEqual(taught.halves[1].tables.last);
    train(2);
    expect(readdirSync(folder)).toHaveLength(6);
  });
});
