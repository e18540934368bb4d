import { fc } from '../support/fast-check.js';
import { GradedMemory, neighbourLogOdds } from '../../src/route/graded-memory.js';
import type { MemoryTables, NeighbourEvidence } from '../../src/route/graded-memory.js';

const SHAPE = { dims: 4, cells: 2, rows: 20, answers: 40 };
const EAST = Float32Array.of(1, 0, 0, 0);
const NORTH = Float32Array.of(0, 1, 0, 0);
const UP = Float32Array.of(0, 0, 1, 0);
/** About one half, exactly representable in the stored steps. */
const HALF = 64 / 127;

/** Ten prompts in the east and ten in the north; two models answered each, a third none. */
function memoryOf(surpriseOf: (row: number, model: number) => number, sign = 1): GradedMemory {
  const answers = Array.from({ length: 40 }, (_, i) => [Math.floor(i / 2), i % 2] as const);
  const tables: MemoryTables = {
    projection: Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0)),
    cellCentres: Float32Array.of(...EAST, ...NORTH),
    cellEnds: Int32Array.of(10, 20),
    vectors: Int8Array.from({ length: 80 }, (_, i) => (i % 4 === (i < 40 ? 0 : 1) ? 127 : 0)),
    answerEnds: Int32Array.from({ length: 20 }, (_, row) => 2 * row + 2),
    answerModels: Int32Array.from(answers, ([, model]) => model),
    surprises: Int8Array.from(answers, ([row, model]) => Math.round(127 * surpriseOf(row, model))),
    variances: new Int8Array(40).fill(sign * 0.25 * 508),
  };
  return new GradedMemory(SHAPE, tables, 3);
}

/** Recalls the answers of all models. */
function recallAll(memory: GradedMemory, input: Float32Array): NeighbourEvidence {
  return memory.recall(
    input,
    memory.answersOf(() => true),
  );
}

/** The first model did better than expected in the east, the second worse; in the north both did better. */
const mixed = memoryOf((row, model) => (row >= 10 || model === 0 ? HALF : -HALF));

test('GradedMemory knows which models did better and worse on similar prompts', () => {
  const recalled = recallAll(mixed, EAST);

  const [better, worse, unknown] = [0, 1, 2].map((model) => neighbourLogOdds(recalled, model));

  expect(recalled).toMatchObject({ closeness: 1, kinship: 1 });
  expect(recalled.shift).toBeCloseTo(0, 6);
  expect(better).toBeGreaterThan(1);
  expect(worse).toBeCloseTo(-(better ?? 0), 5);
  expect(unknown).toBeCloseTo(0, 6);
});

test('GradedMemory corrects an ungraded model by the common shift of all others', () => {
  const recalled = recallAll(mixed, NORTH);

  expect(neighbourLogOdds(recalled, -1)).toBeGreaterThan(0.5);
  expect(neighbourLogOdds(recalled, 2)).toBeCloseTo(neighbourLogOdds(recalled, -1), 6);
  expect(neighbourLogOdds(recalled, 0)).toBeGreaterThan(neighbourLogOdds(recalled, -1));
});

test('GradedMemory returns no correction for prompts unlike the graded ones', () => {
  const recalled = recallAll(mixed, UP);

  expect(recalled).toMatchObject({ closeness: 0, kinship: 0, shift: 0 });
  expect(neighbourLogOdds(recalled, 0)).toBe(0);
});

test('GradedMemory keeps no state between look-ups', () => {
  const first = structuredClone(recallAll(mixed, EAST));
  recallAll(mixed, NORTH);
  recallAll(mixed, UP);

  expect(recallAll(mixed, EAST)).toEqual(first);
});

test('GradedMemory bounds its correction by the grades of the neighbours', () => {
  const cosine = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.tuple(cosine, cosine, cosine, cosine),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (input, surprise) => {
        const memory = memoryOf(() => surprise);

        const recalled = recallAll(memory, Float32Array.from(input));

        // Forty answers, none more than `surprise` better, of a variance of a quarter each.
        const most = surprise / 0.25 + 0.05;
        for (const model of [-1, 0, 1, 2]) {
          expect(neighbourLogOdds(recalled, model)).toBeGreaterThanOrEqual(-0.05);
          expect(neighbourLogOdds(recalled, model)).toBeLessThanOrEqual(2 * most);
        }
      },
    ),
  );
});

test('GradedMemory restricted to some models returns the same for these and nothing for others', () => {
  const all = structuredClone(recallAll(mixed, EAST));
  const some = mixed.recall(
    EAST,
    mixed.answersOf((model) => model !== 1),
  );

  expect(neighbourLogOdds(some, 0)).toBe(neighbourLogOdds(all, 0));
  expect(some.shift).toBe(all.shift);
  expect([...some.byModel.slice(3, 6)]).toEqual([0, 0, 0]);
});

test('GradedMemory does not generalise grades that are marked as model-specific', () => {
  const memory = memoryOf(() => -HALF, -1);

  const recalled = recallAll(memory, EAST);

  expect(recalled.shift).toBe(0);
  expect(neighbourLogOdds(recalled, -1)).toBe(0);
  expect(neighbourLogOdds(recalled, 2)).toBe(0);
  expect(neighbourLogOdds(recalled, 0)).toBeLessThan(-0.5);
});
