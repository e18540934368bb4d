import type { Candidate, DecisionHead, Drop } from '../core/decision.js';
import { choose, type ChoiceInput } from './decide.js';
import { Routing } from './routing.js';

/** Numbers kept of a candidate: success, uncertainty, tokens, cost, latency, cached tokens. */
const FIGURES = 6;

/**
 * A routing packed up for as long as its answer is under way and its decision is remembered.
 *
 * Thousands are kept. A candidate as an object of its own takes some 250 bytes that the garbage
 * collector has to follow and to move; here it is fifty that it need not look at, and what can be
 * worked out again is not kept at all.
 */
export class KeptRouting {
  readonly head: DecisionHead;
  readonly features: Routing['features'];
  readonly sketch: Routing['sketch'];
  readonly #names: readonly string[];
  readonly #figures: Float64Array;
  /** `null` where nothing was dropped. */
  readonly #drops: readonly (Drop | null)[] | null;
  readonly #outcome: ChoiceInput['outcome'];
  readonly #ood: number;
  readonly #price: number | null;

  constructor({ head, features, input, names, sketch }: Routing) {
    const { candidates, outcome, ood, price } = input;
    this.head = head;
    this.features = features;
    this.sketch = sketch;
    this.#names = names;
    this.#figures = new Float64Array(FIGURES * candidates.length);
    this.#drops = candidates.some(({ dropped }) => dropped !== null)
      ? candidates.map(({ dropped }) => dropped)
      : null;
    this.#outcome = outcome;
    this.#ood = ood;
    this.#price = price;
    this.#pack(candidates);
  }

  /** What was expected of one model; `null` if it was no candidate. */
  candidate(model: string): Candidate | null {
    const index = this.#names.indexOf(model);
    return index < 0 ? null : this.#candidateAt(index);
  }

  /** The routing as it was: equal in everything, made anew. */
  unpack(): Routing {
    const candidates = this.#names.map((_, i) => this.#candidateAt(i));
    const input = { candidates, outcome: this.#outcome, ood: this.#ood, price: this.#price };
    const choice = choose(input);
    // Choosing is pure, and there was a choice.
    if (choice === null) throw new Error(`decision ${this.head.id} cannot be made again`);
    const { head, features, sketch } = this;
    return new Routing({ head, features, input, choice, names: this.#names, sketch });
  }

  #pack(candidates: readonly Candidate[]): void {
    const figures = this.#figures;
    let at = 0;
    for (const candidate of candidates) {
      const { success, uncertainty, outputTokens, costUsd, latencyMs, cachedTokens } = candidate;
      figures[at] = success;
      figures[at + 1] = uncertainty;
      figures[at + 2] = outputTokens;
      figures[at + 3] = costUsd ?? NaN;
      figures[at + 4] = latencyMs ?? NaN;
      figures[at + 5] = cachedTokens;
      at += FIGURES;
    }
  }

  #candidateAt(index: number): Candidate {
    const figures = this.#figures;
    const at = FIGURES * index;
    return {
      model: this.#names[index] ?? '',
      success: figures[at] ?? 0,
      uncertainty: figures[at + 1] ?? 0,
      outputTokens: figures[at + 2] ?? 0,
      cachedTokens: figures[at + 5] ?? 0,
      costUsd: known(figures[at + 3]),
      latencyMs: known(figures[at + 4]),
      dropped: this.#drops?.[index] ?? null,
    };
  }
}

function known(figure = NaN): number | null {
  return Number.isNaN(figure) ? null : figure;
}
