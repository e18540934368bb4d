import { packArtefact } from '../../models/train/artefact-writer.js';
import { packNumbers } from '../../src/route/sketch.js';
import {
  readUsualPrompts,
  USUAL_PROMPTS_KIND,
  USUAL_PROMPTS_VERSION,
} from '../../src/route/usual-prompts.js';

const EMBEDDER = { id: 'static-0123', dims: 4 };
const DENSE = 3;

function packed(change: Record<string, unknown> = {}): Buffer {
  const rows = [
    packNumbers(new Float32Array([1, 0, 0, 0]), new Float32Array([0, 1, 2])),
    packNumbers(new Float32Array([0.6, -0.8, 0, 0]), new Float32Array([0.5, 0, 0])),
  ];
  const numbers = new Int8Array(rows.flatMap((row) => [...row]));
  return packArtefact({
    kind: USUAL_PROMPTS_KIND,
    version: USUAL_PROMPTS_VERSION,
    meta: { embedder: EMBEDDER.id, prompts: 2, embedding: 4, dense: DENSE, ...change },
    tables: { numbers, input_tokens: new Float32Array([12, 800]) },
  });
}

describe('readUsualPrompts', () => {
  test('returns vectors of unit length, dense features and lengths', () => {
    const [first, second] = readUsualPrompts(packed(), EMBEDDER, DENSE);

    expect(first?.inputTokens).toBe(12);
    expect([...(first?.vector ?? [])]).toEqual([1, 0, 0, 0]);
    expect(first?.dense[2]).toBeCloseTo(2, 1);
    expect(second?.inputTokens).toBe(800);
    expect(second?.vector[1]).toBeCloseTo(-0.8, 2);
  });

  test.each([
    { fault: 'another embedder', change: { embedder: 'static-ffff' }, says: 'found static-ffff' },
    { fault: 'other features', change: { dense: 5 }, says: 'found static-0123 and 5' },
    { fault: 'a header without sizes', change: { prompts: 'two' }, says: 'header is damaged' },
    { fault: 'fewer numbers than the header says', change: { prompts: 3 }, says: 'expected 21 i8' },
  ])('rejects $fault', ({ change, says }) => {
    expect(() => readUsualPrompts(packed(change), EMBEDDER, DENSE)).toThrow(says);
  });
});
