import { at } from '../../../../src/route/factor-network.js';

/** Rows of one text in a matrix. */
export interface TextRows {
  readonly first: number;
  readonly count: number;
}

/** Word vectors of two texts in context, one row each, and what they attend to. */
export interface AttendedRows {
  readonly dims: number;
  readonly words: Float32Array;
  /** For each word, the attention-weighted mean of the other text's words. */
  readonly counterparts: Float32Array;
}

/** Added to the score of two equal words. */
const SAME_WORD = 2;

/** Attention weights of one pair, of each word for each word of the other text; both shapes [own, other]. */
export interface Attention {
  readonly fromA: Float32Array;
  readonly fromB: Float32Array;
}

/** Aligns the words of two texts by attention: fills `counterparts` and returns the weights. */
export function attend(
  rows: AttendedRows,
  a: TextRows,
  b: TextRows,
  isSame: (i: number, j: number) => boolean,
): Attention {
  const { dims, words } = rows;
  const [n, m] = [a.count, b.count];
  const [fromA, fromB] = [new Float32Array(n * m), new Float32Array(n * m)];
  const scale = 1 / Math.sqrt(dims);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const like = dotOfRows(words, words, (a.first + i) * dims, (b.first + j) * dims, dims);
      const score = like * scale + (isSame(i, j) ? SAME_WORD : 0);
      fromA[i * m + j] = score;
      fromB[j * n + i] = score;
    }
  }
  for (let i = 0; i < n; i++) softmax(fromA.subarray(i * m, (i + 1) * m));
  for (let j = 0; j < m; j++) softmax(fromB.subarray(j * n, (j + 1) * n));
  for (const [own, other, shares] of [
    [a, b, fromA],
    [b, a, fromB],
  ] as const) {
    for (let i = 0; i < own.count; i++) {
      for (let j = 0; j < other.count; j++) {
        const share = at(shares, i * other.count + j);
        const [to, from] = [(own.first + i) * dims, (other.first + j) * dims];
        addRow(rows.counterparts, to, words, from, { share, dims });
      }
    }
  }
  return { fromA, fromB };
}

/** Gradients of `AttendedRows`, by row. */
export interface AttendedSlopes {
  /** Added to. */
  readonly words: Float32Array;
  readonly counterparts: Float32Array;
}

/** Propagates gradients of `counterparts` to the word vectors. */
export function attendBackward(
  { dims, words }: Pick<AttendedRows, 'dims' | 'words'>,
  a: TextRows,
  b: TextRows,
  attention: Attention,
  slopes: AttendedSlopes,
): void {
  const [n, m] = [a.count, b.count];
  const scores = new Float32Array(n * m);
  for (const [own, other, shares, isTurned] of [
    [a, b, attention.fromA, false],
    [b, a, attention.fromB, true],
  ] as const) {
    const pulls = new Float32Array(other.count);
    for (let i = 0; i < own.count; i++) {
      const from = (own.first + i) * dims;
      let mean = 0;
      for (let j = 0; j < other.count; j++) {
        const share = at(shares, i * other.count + j);
        const to = (other.first + j) * dims;
        const pull = dotOfRows(slopes.counterparts, words, from, to, dims);
        addRow(slopes.words, to, slopes.counterparts, from, { share, dims });
        pulls[j] = pull;
        mean += share * pull;
      }
      for (let j = 0; j < other.count; j++) {
        const place = isTurned ? j * m + i : i * m + j;
        const share = at(shares, i * other.count + j);
        scores[place] = at(scores, place) + share * (at(pulls, j) - mean);
      }
    }
  }
  const scale = 1 / Math.sqrt(dims);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const share = scale * at(scores, i * m + j);
      const [x, y] = [(a.first + i) * dims, (b.first + j) * dims];
      addRow(slopes.words, x, words, y, { share, dims });
      addRow(slopes.words, y, words, x, { share, dims });
    }
  }
}

function dotOfRows(
  left: Float32Array,
  right: Float32Array,
  x: number,
  y: number,
  dims: number,
): number {
  let [p, q, r, s] = [0, 0, 0, 0];
  // Four sums, so that an addition does not wait for the one before it.
  for (let k = 0; k < dims; k += 4) {
    p += at(left, x + k) * at(right, y + k);
    q += at(left, x + k + 1) * at(right, y + k + 1);
    r += at(left, x + k + 2) * at(right, y + k + 2);
    s += at(left, x + k + 3) * at(right, y + k + 3);
  }
  return p + q + (r + s);
}

function addRow(
  to: Float32Array,
  x: number,
  from: Float32Array,
  y: number,
  { share, dims }: { readonly share: number; readonly dims: number },
): void {
  for (let k = 0; k < dims; k++) to[x + k] = at(to, x + k) + share * at(from, y + k);
}

function softmax(scores: Float32Array): void {
  const most = scores.reduce((max, score) => Math.max(max, score), -Infinity);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    const value = Math.exp(at(scores, i) - most);
    scores[i] = value;
    sum += value;
  }
  for (let i = 0; i < scores.length; i++) scores[i] = at(scores, i) / sum;
}
