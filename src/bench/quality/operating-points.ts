import { at } from '../metrics/at.js';
import type { Candidate } from '../../core/decision.js';
import { CandidateTable } from '../../route/candidate-table.js';
import { choose } from '../../route/decide.js';
import type { Choice } from '../../route/decide.js';
import type { Prospect } from '../../route/price/expectations.js';
import { PriceBook } from '../../route/price/price-book.js';
import type { Routing } from '../../route/routing.js';
import type { RuleOutcome } from '../../route/rules/outcome.js';
import { meanOver } from './baselines/learner.js';
import type { BenchSet } from './bench-set.js';
import type { Population } from './population.js';
import type { RoutedLines } from './route-lines.js';

/** One operating point of a contender: the score and cost of the model that it chooses for each row. */
export interface OperatingPoint {
  readonly label: string;
  /** By row. */
  readonly quality: Float64Array;
  readonly costUsd: Float64Array;
}

/** The router's operating point for one value of `keep`, with the scores and costs of the reference models. */
export interface KeepOperatingPoint extends OperatingPoint {
  readonly keep: number;
  readonly referenceQuality: Float64Array;
  readonly referenceCostUsd: Float64Array;
}

/** The values of `keep` that are swept, the most expensive first. */
export const KEEP_VALUES: readonly number[] = [
  1, 0.995, 0.99, 0.98, 0.97, 0.96, 0.95, 0.93, 0.9, 0.87, 0.84, 0.8, 0.75, 0.7, 0.6, 0.5, 0.4, 0.2,
  0,
];

/** Inputs to the settings of a population. */
export interface OperatingPointInputs {
  readonly set: BenchSet;
  readonly population: Population;
  /** In the order of `set.measured`. */
  readonly routings: readonly Routing[];
  readonly usual: RoutedLines['usual'];
}

/** The setting in which each row is answered by the model with the index `chosen(row)`. */
export function operatingPointOf(
  { scores, costs, measuredIndices }: Population,
  label: string,
  chosen: (row: number) => number,
): OperatingPoint {
  const models = Int32Array.from(measuredIndices, (_, row) => chosen(row));
  return {
    label,
    quality: Float64Array.from(models, (m, row) => scores[m]?.[row] ?? Number.NaN),
    costUsd: Float64Array.from(models, (m, row) => costs[m]?.[row] ?? Number.NaN),
  };
}

/**
 * The router's own choices for every `keep`, in the order of the rows, each as by a freshly started
 * gateway: the price of quality starts from the typical prompts that ship with Suffice and then follows
 * the rows decided so far. No grades are used.
 */
export function routerPoints(parts: OperatingPointInputs): readonly KeepOperatingPoint[] {
  const { population } = parts;
  const indexOf = new Map(population.models.map((model, m) => [model, m]));
  const compared = ({ candidates, ...distances }: Prospect): Prospect => ({
    candidates: CandidateTable.of(candidates.toArray().filter(({ model }) => indexOf.has(model))),
    ...distances,
  });
  const prospects = population.measuredIndices.map((place) => {
    const { prospect, input } = routingAt(parts.routings, place);
    return { ...compared(prospect), outcome: input.outcome };
  });
  const usual = (outcome: RuleOutcome): readonly Prospect[] => parts.usual(outcome).map(compared);
  const modelAt = (candidate: Candidate | undefined): number =>
    indexOf.get(candidate?.model ?? '') ?? -1;
  return KEEP_VALUES.map((keep) => {
    const choices = chooseInOrder(prospects, keep, usual);
    const pick = (of: 'chosen' | 'reference'): OperatingPoint =>
      operatingPointOf(population, `keep ${keep}`, (row) => modelAt(choices[row]?.[of]));
    const { quality, costUsd } = pick('reference');
    return { ...pick('chosen'), keep, referenceQuality: quality, referenceCostUsd: costUsd };
  });
}

function chooseInOrder(
  prospects: readonly (Prospect & { readonly outcome: RuleOutcome })[],
  keep: number,
  usual: (outcome: RuleOutcome) => readonly Prospect[],
): readonly Choice[] {
  const prices = new PriceBook({
    usualProspects: usual,
    defer: (work) => {
      work();
    },
  });
  const withKeep = new Map<RuleOutcome, RuleOutcome>();
  return prospects.map(({ outcome: original, candidates, ood, novelty }) => {
    const outcome = withKeep.get(original) ?? { ...original, keep: { value: keep, rule: null } };
    withKeep.set(original, outcome);
    const price = prices.priceOf(outcome);
    const choice = choose({ candidates, outcome, ood, price });
    if (choice === null) throw new Error('the rules leave no model to choose from');
    prices.record(outcome, { candidates, ood, novelty });
    return choice;
  });
}

function routingAt(routings: readonly Routing[], place: number): Routing {
  const routing = routings[place];
  if (routing === undefined) throw new Error('a line was not routed');
  return routing;
}

/** Every model alone. */
export function singleModelPoints(population: Population): readonly OperatingPoint[] {
  return population.models.map((model, m) => operatingPointOf(population, model, () => m));
}

/**
 * The trade-offs between cost and quality that are tried, from cost does not matter to only cost
 * matters: the score that a difference as large as the spread of the mean costs is worth.
 */
const TRADE_OFFS: readonly number[] = [
  0,
  ...Array.from({ length: 25 }, (_, i) => 10 ** (-4 + i / 4)),
];

/** The choice of the highest score minus weighted cost, for every trade-off. */
export function tradeOffPoints(
  population: Population,
  worth: { readonly quality: readonly Float64Array[]; readonly costUsd: readonly Float64Array[] },
): readonly OperatingPoint[] {
  const means = worth.costUsd.map((costs) => costs.reduce((sum, c) => sum + c, 0) / costs.length);
  const spread = Math.max(...means) - Math.min(...means);
  if (spread === 0)
    return [operatingPointOf(population, 'any price', (row) => bestOf(worth, row, 0))];
  return TRADE_OFFS.map((tradeOff) =>
    operatingPointOf(population, `price ${tradeOff.toPrecision(2)}`, (row) =>
      bestOf(worth, row, tradeOff / spread),
    ),
  );
}

function bestOf(
  { quality, costUsd }: Parameters<typeof tradeOffPoints>[1],
  row: number,
  price: number,
): number {
  let best = { m: 0, value: -Infinity, costUsd: Infinity };
  quality.forEach((values, m) => {
    const cost = costUsd[m]?.[row] ?? 0;
    const value = at(values, row) - price * cost;
    if (value > best.value || (value === best.value && cost < best.costUsd)) {
      best = { m, value, costUsd: cost };
    }
  });
  return best.m;
}

/**
 * A trained baseline's choices, from its predicted scores and the costs that the router expects.
 *
 * @param expected - predicted scores by model, then line
 */
export function baselinePoints(
  { set, population, routings }: OperatingPointInputs,
  expected: ReadonlyMap<string, Float64Array>,
): readonly OperatingPoint[] {
  const quality = population.models.map((model) => {
    const of = expected.get(model) ?? new Float64Array();
    return Float64Array.from(population.measuredIndices, (place) =>
      at(of, at(set.measured, place)),
    );
  });
  return tradeOffPoints(population, { quality, costUsd: expectedCosts(population, routings) });
}

function expectedCosts(
  { models, measuredIndices }: Population,
  routings: readonly Routing[],
): readonly Float64Array[] {
  return models.map((model) =>
    Float64Array.from(measuredIndices, (place) => {
      const { candidates } = routingAt(routings, place).input;
      return candidates.find(model)?.costUsd ?? 0;
    }),
  );
}

/**
 * The model that did best on the training lines, for every row; `null` if there are none.
 */
export function strongestModelPoint({
  set,
  population,
}: OperatingPointInputs): OperatingPoint | null {
  const best = new Map<number, number>();
  const scoreOf = (line: number, model: string): number =>
    set.lines[line]?.outcomes.get(model)?.score ?? Number.NaN;
  for (const { train, test } of set.folds) {
    const hasAll = (line: number): boolean =>
      population.models.every((model) => !Number.isNaN(scoreOf(line, model)));
    const labelled = train.filter(hasAll);
    if (labelled.length === 0 && test.length > 0) return null;
    const means = population.models.map((model) =>
      meanOver(
        Float64Array.from(labelled, (line) => scoreOf(line, model)),
        labelled.map((_, i) => i),
      ),
    );
    const strongest = means.indexOf(Math.max(...means));
    for (const line of test) best.set(line, strongest);
  }
  const lineAt = (row: number): number => at(set.measured, at(population.measuredIndices, row));
  return operatingPointOf(population, 'strongest in training', (row) => best.get(lineAt(row)) ?? 0);
}

const LENGTH_STEPS = 20;

/** Longer prompts go to the strongest model, shorter ones to the cheapest, in steps of 5 % of the prompts. */
export function promptLengthPoints(
  { set, population }: OperatingPointInputs,
  cheapest: OperatingPoint,
  strongest: OperatingPoint,
): readonly OperatingPoint[] {
  const lengths = population.measuredIndices.map(
    (place) => set.lines[at(set.measured, place)]?.text.length ?? 0,
  );
  const order = lengths.map((_, row) => row).sort((a, b) => at(lengths, b) - at(lengths, a));
  const rank = new Int32Array(order.length);
  order.forEach((row, i) => (rank[row] = i));
  return Array.from({ length: LENGTH_STEPS + 1 }, (_, step) => {
    const sent = (step / LENGTH_STEPS) * order.length;
    const from = (row: number): OperatingPoint => (at(rank, row) < sent ? strongest : cheapest);
    return {
      label: `longest ${Math.round((100 * step) / LENGTH_STEPS)} %`,
      quality: Float64Array.from(rank, (_, row) => at(from(row).quality, row)),
      costUsd: Float64Array.from(rank, (_, row) => at(from(row).costUsd, row)),
    };
  });
}
