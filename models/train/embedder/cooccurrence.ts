import type { Progress } from '../progress.js';
import { columnAt, floatAt, indexAt, numberAt } from './elements.js';
import type { SparseMatrix } from './sparse-matrix.js';
import { UNKNOWN } from './vocabulary.js';
import type { CountedVocabulary } from './vocabulary.js';

const WINDOW = 6;
/** Words of each side of a linked pair that are crossed. */
const MAX_LINKED_WORDS = 24;
/** Weight of one crossing; a pair of sentences says less about two words than standing side by side. */
const LINK_WEIGHT = 0.3;
/** Flattens the contexts' frequencies, so that rare contexts do not dominate (Levy and Goldberg, 2015). */
const CONTEXT_POWER = 0.75;

/**
 * Positive pointwise mutual information of words and their neighbours.
 *
 * Neighbours are the words within six places, and the words on the other side of a linked pair:
 * that is how a translation or a gloss comes near the word it stands for.
 *
 * @param contexts - how many of the commonest words count as neighbours
 */
export function mutualInformation(
  counted: CountedVocabulary,
  linked: readonly number[],
  contexts: number,
  progress: Progress,
): SparseMatrix {
  const columns = Math.min(contexts, counted.words.length);
  const counts = new Float32Array(counted.words.length * columns);
  countNeighbours(counted, counts, columns, progress);
  countLinked(counted, linked, counts, columns);
  progress.say('co-occurrences counted');
  return toMutualInformation(counts, counted.words.length, columns);
}

function countNeighbours(
  { sequence, starts }: CountedVocabulary,
  counts: Float32Array,
  columns: number,
  progress: Progress,
): void {
  for (let text = 0; text + 1 < starts.length; text++) {
    progress.tick(() => `co-occurrences: text ${text} of ${starts.length}`);
    const start = indexAt(starts, text);
    const end = indexAt(starts, text + 1);
    for (let i = start; i < end; i++) {
      const row = columnAt(sequence, i);
      if (row === UNKNOWN) continue;
      const first = Math.max(start, i - WINDOW);
      const window = sequence.subarray(first, Math.min(end, i + WINDOW + 1));
      addWindow(counts.subarray(row * columns, (row + 1) * columns), window, i - first);
    }
  }
}

/** Counts the words around the one in the middle, near ones more; a word is no neighbour of itself. */
function addWindow(counts: Float32Array, window: Uint16Array, middle: number): void {
  for (let k = 0; k < window.length; k++) {
    const column = columnAt(window, k);
    if (k === middle || column >= counts.length) continue;
    counts[column] = floatAt(counts, column) + 1 / Math.abs(k - middle);
  }
}

function countLinked(
  { sequence, starts }: CountedVocabulary,
  linked: readonly number[],
  counts: Float32Array,
  columns: number,
): void {
  for (const text of linked) {
    const middle = indexAt(starts, text + 1);
    const firstEnd = Math.min(middle, indexAt(starts, text) + MAX_LINKED_WORDS);
    const secondEnd = Math.min(indexAt(starts, text + 2), middle + MAX_LINKED_WORDS);
    for (let i = indexAt(starts, text); i < firstEnd; i++) {
      for (let j = middle; j < secondEnd; j++) {
        addCount(counts, columns, columnAt(sequence, i), columnAt(sequence, j));
        addCount(counts, columns, columnAt(sequence, j), columnAt(sequence, i));
      }
    }
  }
}

function addCount(counts: Float32Array, columns: number, row: number, column: number): void {
  if (row === UNKNOWN || column >= columns) return;
  const at = row * columns + column;
  counts[at] = floatAt(counts, at) + LINK_WEIGHT;
}

function toMutualInformation(counts: Float32Array, rows: number, columns: number): SparseMatrix {
  const rowSums = new Float64Array(rows);
  const columnSums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const count = floatAt(counts, row * columns + column);
      rowSums[row] = numberAt(rowSums, row) + count;
      columnSums[column] = numberAt(columnSums, column) + count;
    }
  }
  const smoothed = columnSums.map((sum) => sum ** CONTEXT_POWER);
  const total = smoothed.reduce((sum, value) => sum + value, 0);
  // In place: the counts are not needed again, and a second dense copy would not fit small machines.
  let kept = 0;
  for (let at = 0; at < counts.length; at++) {
    const row = Math.floor(at / columns);
    const chance = (numberAt(rowSums, row) * numberAt(smoothed, at - row * columns)) / total;
    const count = floatAt(counts, at);
    const value = count > 0 ? Math.max(0, Math.log(count / chance)) : 0;
    counts[at] = value;
    if (value > 0) kept += 1;
  }
  return compress(counts, rows, columns, kept);
}

function compress(
  dense: Float32Array,
  rows: number,
  columns: number,
  entries: number,
): SparseMatrix {
  const starts = new Int32Array(rows + 1);
  const columnOf = new Uint16Array(entries);
  const values = new Float32Array(entries);
  let entry = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = floatAt(dense, row * columns + column);
      if (value === 0) continue;
      columnOf[entry] = column;
      values[entry++] = value;
    }
    starts[row + 1] = entry;
  }
  return { rows, columns, starts, columnOf, values };
}
