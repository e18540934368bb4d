import type { Decision, DecisionHead } from '../core/decision.js';
import { fallbacksOf, type Choice, type ChoiceInput } from './decide.js';
import type { Features } from './features.js';
import type { PromptSketch } from './sketch.js';

/** What a routing consists of. */
export interface RoutingParts {
  readonly head: DecisionHead;
  readonly features: Omit<Features, 'text' | 'dense'>;
  readonly input: ChoiceInput;
  readonly choice: Choice;
  /** The names of all candidates in order; one array for all decisions of a router. */
  readonly names: readonly string[];
  /** `null` or absent when nothing can be learnt of the decision. */
  readonly sketch?: PromptSketch | null;
}

/** A decision with all it was made from, so that it can be explained and replayed. Holds no text. */
export class Routing implements RoutingParts {
  readonly head: RoutingParts['head'];
  readonly features: RoutingParts['features'];
  readonly input: RoutingParts['input'];
  readonly choice: RoutingParts['choice'];
  readonly names: RoutingParts['names'];
  readonly sketch: PromptSketch | null;

  constructor({ head, features, input, choice, names, sketch = null }: RoutingParts) {
    this.head = head;
    this.features = features;
    this.input = input;
    this.choice = choice;
    this.names = names;
    this.sketch = sketch;
  }

  /** The whole decision; put together when asked for, because a request that is answered needs its head only. */
  get decision(): Decision {
    const fallbacks = fallbacksOf(this.input, this.choice).map(({ model }) => model);
    return { ...this.head, fallbacks, candidates: this.input.candidates };
  }
}
