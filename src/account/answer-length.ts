/** An answer counts this much less with each one that follows it: about the last twenty count. */
const FADING = 0.95;
/** What was expected counts as much as so many answers that came just as long. */
const PRIOR_ANSWERS = 3;
/** Times its expected length that one answer counts for at most: it may have gone astray. */
const MOST_TIMES = 30;

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
  readonly #seen = new Map<string, Seen>();

  /**
   * Learns from one answer that came to its own end.
   *
   * @param expected - its tokens as they were expected when the model was chosen, `factorOf` included; over 0
   * @param tokens - that it took, reasoning included
   */
  add(model: string, expected: number, tokens: number): void {
    const known = this.#seen.get(model) ?? { answers: 0, tokens: 0, expected: 0 };
    const predicted = expected / factor(known);
    known.answers = FADING * known.answers + 1;
    known.tokens = FADING * known.tokens + Math.min(MOST_TIMES * predicted, tokens);
    known.expected = FADING * known.expected + predicted;
    this.#seen.set(model, known);
  }

  /** What expected lengths of a model's answers are to be multiplied with; 1 where nothing is known. */
  factorOf(model: string): number {
    const known = this.#seen.get(model);
    return known === undefined ? 1 : factor(known);
  }
}

function factor({ answers, tokens, expected }: Seen): number {
  if (answers === 0) return 1;
  const prior = (PRIOR_ANSWERS * expected) / answers;
  return (tokens + prior) / (expected + prior);
}
