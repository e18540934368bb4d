import type { Progress } from '../progress.js';
import type { Random } from '../random.js';
import { BatchEncoder } from './batch-encoder.js';
import type { Corpus, LabelledPair, TextPair } from './corpus.js';
import { floatAt } from './elements.js';
import { InBatchLoss, rankingLoss } from './losses.js';
import { RowOptimiser } from './row-optimiser.js';
import type { WeightTable } from './weight-table.js';

/** How long and how fast to train. */
export interface ContrastiveOptions {
  readonly steps: number;
  /** Pairs in a batch of positives; a multiple of 8. */
  readonly batch: number;
  /** Labelled pairs in a step. */
  readonly ranked: number;
  readonly rate: number;
}

/** Weight of the ranking loss beside the in-batch loss. */
const RANKING_WEIGHT = 4;
const WARM_UP_STEPS = 50;
/** The rate falls to this share along a cosine. */
const LAST_RATE_SHARE = 0.05;
/** The result is the mean of the tables after this share of the steps. */
const AVERAGE_FROM = 0.75;
const AVERAGE_EVERY = 10;

/**
 * Sampling weight of each set for the in-batch loss. Intent sets are excluded: two of their texts
 * chosen at random often mean the same, and would be pushed apart.
 */
const POSITIVE_SHARES: Readonly<Record<string, number>> = {
  qqp: 4,
  meancache_minus_qqptest: 2,
  clinc_para: 0.5,
  nl2bash: 0.3,
  gptcache_mock: 0.2,
  mrpc: 0.4,
  stsb: 0.3,
  text2sql: 0.4,
  qald_crosslingual: 0.4,
  xquad_crosslingual: 0.8,
  stsb_crosslingual: 1.5,
  dictionary: 1,
  dialogues: 0.4,
  docs: 2,
  multilingual: 2,
  prompts: 2.5,
  queries: 2.5,
  code: 0.7,
};

/** Sampling weight of each set for the ranking loss. */
const RANKING_SHARES: Readonly<Record<string, number>> = {
  qqp: 6,
  meancache_minus_qqptest: 1.5,
  paws_qqp: 0.6,
  mrpc: 0.4,
  stsb: 1.2,
  stsb_multilingual: 2,
  intent_banking77: 0.6,
  intent_clinc150: 0.6,
  intent_hwu64: 0.4,
  intent_snips: 0.3,
  intent_atis: 0.2,
  text2sql: 0.6,
};

/** Fits a table to positive and labelled pairs (contrastive training), in place. */
export function contrast(
  table: WeightTable,
  corpus: Corpus,
  options: ContrastiveOptions,
  random: Random,
  progress: Progress,
): void {
  const positives = new BatchSampler(corpus.positives, POSITIVE_SHARES, random);
  const labelled = new BatchSampler(corpus.labelled, RANKING_SHARES, random);
  const slots = 2 * options.batch + 2 * options.ranked;
  const encoder = new BatchEncoder(table, slots, random);
  const inBatch = new InBatchLoss(options.batch);
  const optimiser = new RowOptimiser(table);
  const average = new TableAverage(table);
  for (let step = 0; step < options.steps; step++) {
    const pairs = positives.take(options.batch);
    const ranked = labelled.take(options.ranked);
    encoder.encode(layOut(pairs, ranked));
    const loss = inBatch.run(encoder.units, encoder.slopes);
    const place = { slot: 2 * options.batch, weight: RANKING_WEIGHT };
    const rank = rankingLoss(gradesOf(ranked), encoder.units, encoder.slopes, place);
    const gradients = encoder.backward();
    optimiser.step(gradients, rateAt(step, options));
    encoder.refresh(gradients);
    if (step >= options.steps * AVERAGE_FROM && step % AVERAGE_EVERY === 0) average.add();
    progress.tick(() => `step ${step}: in-batch ${loss.toFixed(3)}, ranking ${rank.toFixed(3)}`);
  }
  average.apply();
}

function layOut(pairs: readonly TextPair[], ranked: readonly LabelledPair[]): string[] {
  return [
    ...pairs.map(([first]) => first),
    ...pairs.map(([, second]) => second),
    ...ranked.flatMap(({ a, b }) => [a, b]),
  ];
}

/** Grades on one scale of 0 to 5, for graded and for labelled sets. */
function gradesOf(ranked: readonly LabelledPair[]): Float64Array {
  return Float64Array.from(ranked, ({ score, label }) => score ?? 5 * label);
}

function rateAt(step: number, { steps, rate }: ContrastiveOptions): number {
  const warm = Math.min(1, (step + 1) / WARM_UP_STEPS);
  const cosine = (1 + Math.cos((Math.PI * step) / steps)) / 2;
  return rate * warm * (LAST_RATE_SHARE + (1 - LAST_RATE_SHARE) * cosine);
}

/** Samples batches, each from a single set, so that negatives are of the same kind as positives. */
class BatchSampler<T> {
  readonly #sets: { readonly items: T[]; readonly share: number; next: number }[] = [];
  readonly #random: Random;
  readonly #total: number;

  constructor(
    sets: ReadonlyMap<string, readonly T[]>,
    shares: Readonly<Record<string, number>>,
    random: Random,
  ) {
    this.#random = random;
    for (const [name, share] of Object.entries(shares)) {
      const items = random.shuffle([...(sets.get(name) ?? [])]);
      if (items.length > 0) this.#sets.push({ items, share, next: 0 });
    }
    this.#total = this.#sets.reduce((sum, { share }) => sum + share, 0);
  }

  /** @returns `count` items of one set; a set that is used up begins again, reshuffled */
  take(count: number): T[] {
    let left = this.#random.next() * this.#total;
    const set = this.#sets.find(({ share }) => (left -= share) < 0) ?? this.#sets[0];
    const batch: T[] = [];
    while (set !== undefined && batch.length < count) {
      if (set.next === set.items.length) {
        this.#random.shuffle(set.items);
        set.next = 0;
      }
      batch.push(set.items[set.next++] as T);
    }
    return batch;
  }
}

/** The running mean of a table over many steps, which generalises better than the last step alone. */
class TableAverage {
  readonly #table: WeightTable;
  readonly #gains: Float32Array;
  readonly #learned: Float32Array;
  #count = 0;

  constructor(table: WeightTable) {
    this.#table = table;
    this.#gains = new Float32Array(table.gains.length);
    this.#learned = new Float32Array(table.learned.length);
  }

  add(): void {
    this.#count += 1;
    towards(this.#gains, this.#table.gains, 1 / this.#count);
    towards(this.#learned, this.#table.learned, 1 / this.#count);
  }

  apply(): void {
    if (this.#count === 0) return;
    this.#table.gains.set(this.#gains);
    this.#table.learned.set(this.#learned);
  }
}

function towards(mean: Float32Array, values: Float32Array, share: number): void {
  for (let i = 0; i < mean.length; i++) {
    mean[i] = floatAt(mean, i) + share * (floatAt(values, i) - floatAt(mean, i));
  }
}
