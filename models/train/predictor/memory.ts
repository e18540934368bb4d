import { at, inputsOf, logistic } from '../../../src/route/factor-network.js';
import type { NetworkShape } from '../../../src/route/factor-network.js';
import {
  NO_MODEL,
  SURPRISE_STEPS,
  VARIANCE_STEPS,
  VECTOR_STEPS,
} from '../../../src/route/graded-memory.js';
import { FIRST_TOOL_FEATURE } from '../../../src/route/dense-features.js';
import type { MemoryShape, MemoryTables } from '../../../src/route/graded-memory.js';
import { symmetricEigen } from '../embedder/svd.js';
import type { Random } from '../random.js';
import { findCentroids, nearestCentroid } from './familiarity.js';
import { gradesWording, isRated } from './outcome-table.js';
import type { OutcomeTable } from './outcome-table.js';

const DIMS = 32;
/** Mean number of prompts per cell. */
const PROMPTS_A_CELL = 100;
/** Weight of dense features, and of those about tools, relative to the sentence vector when prompts are compared. */
const DENSE_SHARE = 0.35;
const TOOL_SHARE = 1;
/** Every n-th prompt is used to find the leading directions. */
const DIRECTIONS_EVERY = 3;

/** A memory and its sizes. */
export interface Memory {
  readonly shape: MemoryShape;
  readonly tables: MemoryTables;
}

/** Positions of graded prompts, without the residuals of their grades. */
export interface PromptPositions {
  readonly projection: Float32Array;
  readonly cellCentres: Float32Array;
  readonly cellEnds: Int32Array;
  /** Rows of the table, cell after cell. */
  readonly rows: readonly number[];
  readonly vectors: Int8Array;
}

/** What positions are computed from. */
export interface PlaceSource {
  readonly shape: NetworkShape;
  /** Of the training part. */
  readonly rows: readonly number[];
  readonly random: Random;
}

/** Finds the directions in which prompts differ most, and clusters prompts into cells. */
export function locatePrompts(table: OutcomeTable, source: PlaceSource): PromptPositions {
  const { shape, rows, random } = source;
  const inputs = inputsOf(shape);
  const projection = leadingDirections(table, source);
  const points = rows.map((row) =>
    project(projection, table.inputs.subarray(row * inputs, (row + 1) * inputs)),
  );
  const cells = Math.max(1, Math.round(rows.length / PROMPTS_A_CELL));
  const cellCentres = findCentroids(points, cells, random);
  const members = Array.from({ length: cells }, (): number[] => []);
  points.forEach((point, i) => members[nearestCentroid(cellCentres, point).index]?.push(i));
  const order = members.flat();
  let end = 0;
  const vectors = new Int8Array(rows.length * DIMS);
  order.forEach((i, place) => {
    points[i]?.forEach(
      (value, k) => (vectors[place * DIMS + k] = Math.round(VECTOR_STEPS * value)),
    );
  });
  return {
    projection,
    cellCentres,
    cellEnds: Int32Array.from(members, ({ length }) => (end += length)),
    rows: order.map((i) => rows[i] ?? 0),
    vectors,
  };
}

/**
 * Records for every answer by how much its grade was better than predicted.
 *
 * @param expected - log-odds of a good answer, for a row of the table and each of its answers in their order
 */
export function recordResiduals(
  table: OutcomeTable,
  places: PromptPositions,
  expected: (row: number) => Float32Array,
): Memory {
  const { rows, projection, cellCentres, cellEnds, vectors } = places;
  const models: number[] = [];
  const surprises: number[] = [];
  const variances: number[] = [];
  const answerEnds = Int32Array.from(rows, (row) => {
    const first = table.first[row] ?? 0;
    // Ratings say something about the prompt, not about the model.
    const isRating = isRated(table, row);
    // What counts as wrong for its words alone says nothing of how hard it is.
    const sign = gradesWording(table, row) ? -1 : 1;
    expected(row).forEach((logOdds, i) => {
      const p = logistic(logOdds);
      models.push(isRating ? NO_MODEL : (table.model[first + i] ?? 0));
      surprises.push(Math.round(SURPRISE_STEPS * (at(table.score, first + i) - p)));
      variances.push(sign * Math.max(1, Math.min(127, Math.round(VARIANCE_STEPS * p * (1 - p)))));
    });
    return models.length;
  });
  return {
    shape: {
      dims: DIMS,
      cells: cellEnds.length,
      rows: rows.length,
      answers: models.length,
    },
    tables: {
      projection,
      cellCentres,
      cellEnds,
      vectors,
      answerEnds,
      answerModels: Int32Array.from(models),
      surprises: Int8Array.from(surprises),
      variances: Int8Array.from(variances),
    },
  };
}

/** The leading eigenvectors of the second moments of prompts at unit length, dense features weighted; shape [DIMS, inputs]. */
function leadingDirections(table: OutcomeTable, { shape, rows }: PlaceSource): Float32Array {
  const inputs = inputsOf(shape);
  const firstOfTools = shape.embedding + FIRST_TOOL_FEATURE;
  const share = (i: number): number => {
    if (i < shape.embedding) return 1;
    return i < firstOfTools ? DENSE_SHARE : TOOL_SHARE;
  };
  const products = new Float64Array(inputs * inputs);
  for (let r = 0; r < rows.length; r += DIRECTIONS_EVERY) {
    const row = (rows[r] ?? 0) * inputs;
    const input = Float64Array.from(
      table.inputs.subarray(row, row + inputs),
      (value, i) => share(i) * value,
    );
    const scale =
      1 /
      Math.max(
        1e-12,
        input.reduce((sum, value) => sum + value * value, 0),
      );
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < inputs; k++) {
        const product = scale * (input[i] ?? 0) * (input[k] ?? 0);
        products[i * inputs + k] = (products[i * inputs + k] ?? 0) + product;
      }
    }
  }
  const { vectors } = symmetricEigen(products, inputs);
  return Float32Array.from({ length: DIMS * inputs }, (_, n) => {
    const input = n % inputs;
    // Fewer inputs than directions leave the rest at 0.
    const direction = Math.floor(n / inputs);
    return direction < inputs ? share(input) * (vectors[input * inputs + direction] ?? 0) : 0;
  });
}

/** The projection of an input, scaled to unit length. */
function project(projection: Float32Array, input: Float32Array): Float32Array {
  const point = Float32Array.from({ length: DIMS }, (_, d) => {
    let sum = 0;
    for (let i = 0; i < input.length; i++)
      sum += at(projection, d * input.length + i) * at(input, i);
    return sum;
  });
  const length = Math.max(1e-6, Math.hypot(...point));
  return point.map((value) => value / length);
}
