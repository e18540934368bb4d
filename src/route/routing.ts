import type { Decision, DecisionHead } from '../core/decision.js';
import { fallbacksOf, type Choice } from './decide.js';
import type { Features } from './features.js';
import type { ChoiceInput } from './ranking.js';
import type { PromptSketch } from './sketch.js';

/** What a routing consists of. */
export interface RoutingParts {
  readonly head: DecisionHead;
  readonly features: Omit<Features, 'text' | 'task' | 'dense'>;
  readonly input: ChoiceInput;
  readonly choice: Choice;
  /** `null` or absent when nothing can be learnt of the decision. */
  readonly sketch?: PromptSketch | null;
}

/** A decision with all it was made from, so that it can be explained and replayed. Holds no text. */
export class Routing implements RoutingParts {
  readonly head: RoutingParts['head'];
  readonly features: RoutingParts['features'];
  readonly input: RoutingParts['input'];
  readonly choice: RoutingParts['choice'];
  readonly sketch: PromptSketch | null;

  constructor({ head, features, input, choice, sketch = null }: RoutingParts) {
    this.head = head;
    this.features = features;
    this.input = input;
    this.choice = choice;
    this.sketch = sketch;
  }

  /** The whole decision; put together when asked for, because a request that is answered needs its head only. */
  get decision(): Decision {
    const { input, choice } = this;
    const fallbacks = fallbacksOf(input, choice);
    return { ...this.head, fallbacks, candidates: input.candidates.rows() };
  }
}
