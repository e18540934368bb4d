/** Exponential decay per later answer of the same model: about the last fifty count. */
const DECAY = 0.98;
/** Exponential decay per later answer of any model. */
const DECAY_OF_ALL = 0.99;
/**
 * Weight of the prior, in answers of exactly the expected length. Single answers are often three times as long or as short, models hardly
 * ever, except for those that reason, and they show it soon.
 */
const PRIOR_ANSWERS = 8;
const PRIOR_ANSWERS_OF_ALL = 20;
/** One answer counts as at most this many times its expected length: an outlier must not dominate. */
const MAX_RATIO = 30;

/** The length expected of an answer when its model was chosen. */
export interface ExpectedLength {
  /** Tokens, `factorOf` included; over 0. */
  readonly tokens: number;
  /** The request offers tools. Tool calls are short where texts are long, so the two are tracked separately. */
  readonly withTools: boolean;
}

/** Tokens of an answer. */
export interface ActualLength {
  /** All, reasoning included. */
  readonly outputTokens: number;
  /** The part of them that was reasoning. */
  readonly reasoningTokens: number;
}

/** Decayed sums over answers. */
interface Seen {
  answers: number;
  tokens: number;
  /** Tokens that the predictor alone expected. */
  expected: number;
}

/** Sums for one kind of request, with or without tools. */
interface Kind {
  readonly models: Map<string, Seen>;
  /** Of all models, without reasoning: whether these requests make answers long or short. */
  readonly all: Seen;
}

/**
 * Learns from the answers served how much longer each model's answers are than the predictor expects.
 *
 * Graded answers seldom count hidden reasoning, and how much of it a model does for these requests is not known beforehand: it may
 * cost ten times the visible answer. A ratio of sums, not a mean of ratios: what counts is the total cost. What all models write more or
 * less of also applies to models that have not answered yet, or they would seem cheap or expensive by comparison.
 */
export class AnswerLengthTracker {
  readonly #plain = newKind();
  readonly #withTools = newKind();

  /** Learns from one complete answer. */
  record(model: string, expected: ExpectedLength, actual: ActualLength): void {
    const kind = this.#of(expected.withTools);
    const predicted = expected.tokens / factorIn(kind, model);
    const known = kind.models.get(model) ?? nothing();
    kind.models.set(model, known);
    const { outputTokens, reasoningTokens } = actual;
    note(known, predicted, outputTokens, DECAY);
    note(kind.all, predicted, Math.max(0, outputTokens - reasoningTokens), DECAY_OF_ALL);
  }

  /** The factor to multiply a model's expected answer lengths by; 1 until something is known. */
  factorOf(model: string, withTools: boolean): number {
    return factorIn(this.#of(withTools), model);
  }

  #of(withTools: boolean): Kind {
    return withTools ? this.#withTools : this.#plain;
  }
}

function newKind(): Kind {
  return { models: new Map(), all: nothing() };
}

function nothing(): Seen {
  return { answers: 0, tokens: 0, expected: 0 };
}

function note(totals: Seen, predicted: number, tokens: number, decay: number): void {
  totals.answers = decay * totals.answers + 1;
  totals.tokens = decay * totals.tokens + Math.min(MAX_RATIO * predicted, tokens);
  totals.expected = decay * totals.expected + predicted;
}

function factorIn({ models, all }: Kind, model: string): number {
  const usual = factor(all, 1, PRIOR_ANSWERS_OF_ALL);
  const known = models.get(model);
  return known === undefined ? usual : factor(known, usual, PRIOR_ANSWERS);
}

/** @param prior - the factor assumed beforehand, with the weight of `priorAnswers` answers */
function factor({ answers, tokens, expected }: Seen, prior: number, priorAnswers: number): number {
  if (answers === 0) return prior;
  const weight = (priorAnswers * expected) / answers;
  return (tokens + prior * weight) / (expected + weight);
}
