/** An answer counts this much less with each one of its model that follows: about the last fifty count. */
const FADING = 0.98;
/** The same among the answers of all models. */
const FADING_AMONG_ALL = 0.99;
/**
 * What was expected beforehand counts as much as so many answers that came just as long: single ones are often three times as long or as
 * short, models hardly ever, but for those that think, and they show it soon.
 */
const PRIOR_ANSWERS = 8;
const PRIOR_ANSWERS_OF_ALL = 20;
/** Times its expected length that one answer counts for at most: it may have gone astray. */
const MOST_TIMES = 30;

/** What was expected of an answer when its model was chosen. */
export interface ExpectedLength {
  /** Tokens, `factorOf` included; over 0. */
  readonly tokens: number;
  /** The request offers tools. Calls are short where texts are long, so each kind of request has a measure of its own. */
  readonly withTools: boolean;
}

/** Tokens of an answer. */
export interface ActualLength {
  /** All, reasoning included. */
  readonly outputTokens: number;
  /** The part of them that was reasoning. */
  readonly reasoningTokens: number;
}

/** Tokens of answers, the older ones for less. */
interface Seen {
  answers: number;
  tokens: number;
  /** As the predictor alone expects them. */
  expected: number;
}

/** What answers to requests of one kind came to. */
interface Kind {
  readonly models: Map<string, Seen>;
  /** Of all models, without reasoning: what it is about these requests that makes answers long or short. */
  readonly all: Seen;
}

/**
 * How much longer the answers of models are than the predictor expects, learnt from the answers that passed.
 *
 * Graded answers seldom count hidden reasoning, and nobody knows beforehand how much of it a model does for these requests: it may
 * cost ten times what is read. Of sums, not a mean of ratios: what counts is what the answers cost together. What all models write more or
 * less of counts for those, too, that have not answered yet, or they would seem dear or cheap beside the others.
 */
export class LengthMeter {
  readonly #plain = newKind();
  readonly #withTools = newKind();

  /** Learns from one answer that came to its own end. */
  add(model: string, expected: ExpectedLength, actual: ActualLength): void {
    const kind = this.#of(expected.withTools);
    const predicted = expected.tokens / factorIn(kind, model);
    const known = kind.models.get(model) ?? nothing();
    kind.models.set(model, known);
    const { outputTokens, reasoningTokens } = actual;
    note(known, predicted, outputTokens, FADING);
    note(kind.all, predicted, Math.max(0, outputTokens - reasoningTokens), FADING_AMONG_ALL);
  }

  /** What expected lengths of a model's answers are to be multiplied with; 1 as long as nothing is known. */
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

function note(seen: Seen, predicted: number, tokens: number, fading: number): void {
  seen.answers = fading * seen.answers + 1;
  seen.tokens = fading * seen.tokens + Math.min(MOST_TIMES * predicted, tokens);
  seen.expected = fading * seen.expected + predicted;
}

function factorIn({ models, all }: Kind, model: string): number {
  const usual = factor(all, 1, PRIOR_ANSWERS_OF_ALL);
  const known = models.get(model);
  return known === undefined ? usual : factor(known, usual, PRIOR_ANSWERS);
}

/** @param prior - the factor that was expected beforehand, and the answers that it counts for */
function factor({ answers, tokens, expected }: Seen, prior: number, priorAnswers: number): number {
  if (answers === 0) return prior;
  const weight = (priorAnswers * expected) / answers;
  return (tokens + prior * weight) / (expected + weight);
}
