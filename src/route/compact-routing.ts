import type { Candidate, DecisionSummary } from '../core/decision.js';
import { choose } from './decide.js';
import type { ChoiceInput } from './ranking.js';
import { Routing } from './routing.js';

/** A routing in the compact form in which it is kept with its request and its decision: what can be recomputed is left out. */
export class CompactRouting {
  readonly head: DecisionSummary;
  readonly features: Routing['features'];
  readonly sketch: Routing['sketch'];
  readonly #candidates: ChoiceInput['candidates'];
  readonly #outcome: ChoiceInput['outcome'];
  readonly #ood: number;
  readonly #price: number | null;

  constructor({ head, features, input, sketch }: Routing) {
    this.head = head;
    this.features = features;
    this.sketch = sketch;
    this.#candidates = input.candidates;
    this.#outcome = input.outcome;
    this.#ood = input.ood;
    this.#price = input.price;
  }

  /** One model's candidate; `null` if it was none. */
  candidate(model: string): Candidate | null {
    return this.#candidates.find(model);
  }

  /** Recomputes the routing, equal to the original. */
  unpack(): Routing {
    const input = {
      candidates: this.#candidates,
      outcome: this.#outcome,
      ood: this.#ood,
      price: this.#price,
    };
    const choice = choose(input);
    // Choosing is pure, and there was a choice.
    if (choice === null) throw new Error(`decision ${this.head.id} cannot be made again`);
    const { head, features, sketch } = this;
    return new Routing({ head, features, input, choice, sketch });
  }
}
