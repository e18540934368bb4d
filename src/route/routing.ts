import type { Decision, DecisionSummary } from '../core/decision.js';
import { fallbacksOf, type Choice } from './decide.js';
import type { Features } from './features.js';
import type { Prospect } from './price/expectations.js';
import type { ChoiceInput } from './ranking.js';
import type { PromptSketch } from './sketch.js';

/** The parts of a routing. */
export interface RoutingParts {
  readonly head: DecisionSummary;
  readonly features: Omit<Features, 'text' | 'task' | 'dense'>;
  readonly input: ChoiceInput;
  readonly choice: Choice;
  /** `null` or absent if feedback on the decision cannot be learnt from. */
  readonly sketch?: PromptSketch | null;
}

/** A decision with all its inputs, so that it can be explained and replayed. Contains no text. */
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

  /** The request as a sample of traffic, from which prices of quality are found. */
  get prospect(): Prospect {
    const { candidates, ood } = this.input;
    return { candidates, ood, novelty: this.head.novelty ?? 0 };
  }

  /** The whole decision; computed on access, because serving a request needs only the head. */
  get decision(): Decision {
    const { input, choice } = this;
    const fallbacks = fallbacksOf(input, choice);
    return { ...this.head, fallbacks, candidates: input.candidates.toArray() };
  }
}
