/** An answer counts this much less with each one that follows it: about the last twenty count. */
const FADING = 0.95;
/** What was expected counts as much as so many answers that came just as long. */
const PRIOR_ANSWERS = 3;
/** Times its expected length that one answer counts for at most: it may have gone astray. */
const MOST_TIMES = 30;

/** What was expected of an answer when its model was chosen. */
export interface ExpectedLength {
  /** Tokens, `factorOf` included; over 0. */
  readonly tokens: number;
  /** The request offers tools. Calls are short where texts are long, so each kind of request has a measure of its own. */
  readonly withTools: boolean;
}

/** Tokens of a model's answers, the older ones for less. */
interface Seen {
  answers: number;
  tokens: number;
  /** As the predictor alone expects them. */
  expected: number;
}

/**
 * How much longer the answers of models are than the predictor expects, learnt from the answers that passed.
 *
 * Graded answers seldom count hidden reasoning, and nobody knows beforehand how much of it a model does for these requests: it may
 * cost ten times what is read. Of sums, not a mean of ratios: what counts is what the answers cost together.
 */
export class LengthMeter {
  readonly #plain = new Map<string, Seen>();
  readonly #withTools = new Map<string, Seen>();

  /**
   * Learns from one answer that came to its own end.
   *
   * @param tokens - that it took, reasoning included
   */
  add(model: string, expected: ExpectedLength, tokens: number): void {
    const seen = this.#of(expected.withTools);
    const known = seen.get(model) ?? { answers: 0, tokens: 0, expected: 0 };
    const predicted = expected.tokens / factor(known);
    known.answers = FADING * known.answers + 1;
    known.tokens = FADING * known.tokens + Math.min(MOST_TIMES * predicted, tokens);
    known.expected = FADING * known.expected + predicted;
    seen.set(model, known);
  }

  /** What expected lengths of a model's answers are to be multiplied with; 1 where nothing is known. */
  factorOf(model: string, withTools: boolean): number {
    const known = this.#of(withTools).get(model);
    return known === undefined ? 1 : factor(known);
  }

  #of(withTools: boolean): Map<string, Seen> {
    return withTools ? this.#withTools : this.#plain;
  }
}

function factor({ answers, tokens, expected }: Seen): number {
  if (answers === 0) return 1;
  const prior = (PRIOR_ANSWERS * expected) / answers;
  return (tokens + prior) / (expected + prior);
}
