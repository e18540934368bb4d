import type { Candidate, Drop } from '../core/decision.js';
import { Slab } from '../core/slab.js';

/** Offsets of a candidate's numbers. */
const SUCCESS = 0;
const UNCERTAINTY = 1;
const OUTPUT_TOKENS = 2;
const CACHED_TOKENS = 3;
const COST = 4;
const LATENCY = 5;
const FIGURES = 6;

/** Expected cached tokens, cost and latency of a candidate; see `Candidate`. */
export type CandidateEstimates = Pick<Candidate, 'cachedTokens' | 'costUsd' | 'latencyMs'>;

/**
 * The evaluations of all candidates for one request, including dropped ones.
 *
 * A request has dozens of candidates, which are kept as long as its decision is remembered. As separate objects they would take
 * about 250 bytes each, which the garbage collector would have to trace and move; here they are in one array of numbers, which it
 * does not scan. An object for a candidate is created on access.
 */
export class CandidateTable {
  /** `vendor/name` of each; all tables of a router share one array. */
  readonly models: readonly string[];
  readonly #figures: Float64Array;
  readonly #from: number;
  /** `null` until one is dropped. */
  #drops: (Drop | null)[] | null = null;

  /**
   * Creates a table in which all figures are 0 until they are set.
   *
   * @param space - from `slabFor` with the same number of models
   */
  constructor(models: readonly string[], space = CandidateTable.slabFor(models.length)) {
    this.models = models;
    this.#from = space.take();
    this.#figures = space.numbers;
  }

  /**
   * Creates the memory for tables of a number of models.
   *
   * @param tables - number of tables per allocation
   */
  static slabFor(models: number, tables = 1): Slab<Float64Array> {
    return new Slab((length) => new Float64Array(length), FIGURES * models, tables);
  }

  static of(candidates: readonly Candidate[]): CandidateTable {
    const table = new CandidateTable(candidates.map(({ model }) => model));
    for (const [i, candidate] of candidates.entries()) table.#write(i, candidate);
    return table;
  }

  /** @returns a copy in which one candidate is replaced by another evaluation of the same model */
  with(candidate: Candidate): CandidateTable {
    const table = new CandidateTable(this.models);
    const end = this.#from + FIGURES * this.length;
    table.#figures.set(this.#figures.subarray(this.#from, end), table.#from);
    table.#drops = this.#drops?.slice() ?? null;
    table.#write(this.models.indexOf(candidate.model), candidate);
    return table;
  }

  get length(): number {
    return this.models.length;
  }

  setPrediction(i: number, success: number, uncertainty: number, outputTokens: number): void {
    const at = this.#from + FIGURES * i;
    this.#figures[at + SUCCESS] = success;
    this.#figures[at + UNCERTAINTY] = uncertainty;
    this.#figures[at + OUTPUT_TOKENS] = outputTokens;
  }

  setEstimates(i: number, { cachedTokens, costUsd, latencyMs }: CandidateEstimates): void {
    const at = this.#from + FIGURES * i;
    this.#figures[at + CACHED_TOKENS] = cachedTokens;
    this.#figures[at + COST] = costUsd ?? NaN;
    this.#figures[at + LATENCY] = latencyMs ?? NaN;
  }

  drop(i: number, why: Drop): void {
    this.#drops ??= new Array<Drop | null>(this.length).fill(null);
    this.#drops[i] = why;
  }

  #write(i: number, candidate: Candidate): void {
    this.setPrediction(i, candidate.success, candidate.uncertainty, candidate.outputTokens);
    this.setEstimates(i, candidate);
    if (candidate.dropped !== null) this.drop(i, candidate.dropped);
    else if (this.#drops !== null) this.#drops[i] = null;
  }

  /** Whether the candidate may be chosen. */
  isEligible(i: number): boolean {
    return this.#drops === null || this.#drops[i] === null;
  }

  get hasEligible(): boolean {
    return this.#drops === null ? this.length > 0 : this.#drops.includes(null);
  }

  /** The rule that dropped all dropped candidates; `null` if there are several rules or other reasons. */
  get soleDroppingRule(): string | null {
    const drops = this.#drops?.filter((drop) => drop !== null) ?? [];
    const rule = drops[0]?.rule ?? null;
    return drops.every((drop) => drop.rule === rule) ? rule : null;
  }

  success(i: number): number {
    return this.#figure(i, SUCCESS);
  }

  uncertainty(i: number): number {
    return this.#figure(i, UNCERTAINTY);
  }

  /** NaN when unknown, unlike that of a `Candidate`. */
  costUsd(i: number): number {
    return this.#figure(i, COST);
  }

  /** NaN when unknown, unlike that of a `Candidate`. */
  latencyMs(i: number): number {
    return this.#figure(i, LATENCY);
  }

  /** @returns a new object with the numbers of a candidate */
  at(i: number): Candidate {
    const model = this.models[i];
    if (model === undefined) throw new RangeError(`there is no candidate ${i} of ${this.length}`);
    return {
      model,
      success: this.success(i),
      uncertainty: this.uncertainty(i),
      outputTokens: this.#figure(i, OUTPUT_TOKENS),
      cachedTokens: this.#figure(i, CACHED_TOKENS),
      costUsd: known(this.costUsd(i)),
      latencyMs: known(this.latencyMs(i)),
      dropped: this.#drops?.[i] ?? null,
    };
  }

  /** @returns new objects for all candidates */
  toArray(): readonly Candidate[] {
    return this.models.map((_, i) => this.at(i));
  }

  /** @returns a new object for a model's candidate; `null` if it is not a candidate */
  find(model: string): Candidate | null {
    const i = this.models.indexOf(model);
    return i < 0 ? null : this.at(i);
  }

  #figure(i: number, which: number): number {
    if (i < 0 || i >= this.models.length) return NaN;
    return this.#figures[this.#from + FIGURES * i + which] ?? NaN;
  }
}

function known(figure: number): number | null {
  return Number.isNaN(figure) ? null : figure;
}
