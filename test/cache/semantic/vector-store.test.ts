import { AnswerStore } from '../../../src/cache/answer-store.js';
import { SemanticCache } from '../../../src/cache/semantic/semantic-cache.js';
import { INDEX_SIZES } from '../../../src/cache/semantic/index-parts.js';
import { dot, isUnitVector } from '../../../src/cache/semantic/unit-vector.js';
import { VectorIndex } from '../../../src/cache/semantic/vector-index.js';
import type { VectorStore } from '../../../src/cache/semantic/vector-store.js';
import { FakeClock } from '../../support/fake-clock.js';
import { wordJudge } from '../../support/word-judge.js';
import { keptAnswer } from '../kept.js';

/** A minimal vector store. */
function plainVectors(dims: number): VectorStore {
  const vectors = new Map<number, Float32Array>();
  const checked = (vector: Float32Array) => {
    if (!isUnitVector(vector, dims)) throw new RangeError('not a unit vector');
    return vector.slice();
  };
  return {
    get size() {
      return vectors.size;
    },
    add: (id, vector) => void vectors.set(id, checked(vector)),
    remove: (id) => vectors.delete(id),
    nearest: (vector, most) => {
      const asked = checked(vector);
      const found = [...vectors].map(([id, one]) => ({ id, similarity: dot(asked, one) }));
      return found.sort((a, b) => b.similarity - a.similarity).slice(0, most);
    },
    close: () => undefined,
  };
}

const inProcess = (dims: number): VectorStore =>
  new VectorIndex({ dims, openGraph: null, defer: () => undefined, sizes: INDEX_SIZES });

describe.each([
  ['in this process', inProcess],
  ['by a driver', plainVectors],
])('VectorStore %s', (_where, openVectors) => {
  const at = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle));

  test('returns vectors nearest first as soon as they are added, and no longer once they are removed', () => {
    const vectors = openVectors(2);
    const moving = at(0.5);
    for (const [id, angle] of [0, 0.3, 0.9].entries()) vectors.add(id, at(angle));
    vectors.add(9, moving);
    moving.fill(0);

    const before = vectors.nearest(at(0.42), 3).map(({ id }) => id);
    const wasThere = [vectors.remove(9), vectors.remove(9)];

    expect(before).toEqual([9, 1, 0]);
    expect(wasThere).toEqual([true, false]);
    expect(vectors.nearest(at(0.42), 9).map(({ id }) => id)).toEqual([1, 0, 2]);
    expect(vectors.size).toBe(3);
    vectors.close();
  });

  test('accepts only finite vectors of length 1', () => {
    const vectors = openVectors(2);

    for (const wrong of [[NaN, 1], [1, 1], [1], [0, 0]]) {
      expect(() => {
        vectors.add(1, Float32Array.from(wrong));
      }).toThrow(RangeError);
      expect(() => vectors.nearest(Float32Array.from(wrong), 1)).toThrow(RangeError);
    }
    expect(vectors.size).toBe(0);
  });

  test('serves the semantic cache', () => {
    const clock = new FakeClock();
    const store = new AnswerStore(1_000_000, clock);
    const parts = { judge: wordJudge(), store, clock, openGraph: null, openVectors };
    const alike = new SemanticCache({ ...parts, defer: () => undefined });
    store.put(keptAnswer('heap'));
    store.put(keptAnswer('stack'));

    const limits = { maxError: 0.01, budgetMs: 5, maxAgeS: Infinity };
    const found = alike.find({ partition: 'p', text: 'what is a red heap' }, limits);

    expect(found?.answer.key).toBe('heap');
    alike.close();
  });
});
