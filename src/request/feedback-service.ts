import type { DecisionLog, Outcome } from '../account/decision-log.js';
import { FeedbackStore, type FeedbackEntry } from '../account/feedback-store.js';
import type { Caller } from '../admit/keys.js';
import type { Clock } from '../core/clock.js';
import { GatewayError } from '../core/errors.js';
import type { CompactRouting } from '../route/compact-routing.js';
import type { JudgedAnswer, FeedbackMemory } from '../route/local/feedback-memory.js';
import type { Predictor } from '../route/predictor.js';
import { fitsPredictor, unpackNumbers } from '../route/sketch.js';

/** A client's grade for an answer. */
export type FeedbackInput = { readonly decisionId: string } & (
  | { /** 0 to 1, of the model that answered. */ readonly score: number }
  | {
      /** The model whose answer would have been better, or was good. */ readonly preferred: string;
    }
);

/** The result of accepted feedback. */
export interface FeedbackResult {
  readonly decisionId: string;
  /** 0 to 1, by model. */
  readonly scores: Readonly<Record<string, number>>;
  readonly keptText: boolean;
}

/** Dependencies of the feedback service. */
export interface FeedbackParts {
  readonly store: FeedbackStore;
  readonly decisions: Pick<DecisionLog<CompactRouting>, 'get'>;
  readonly memory: FeedbackMemory;
  readonly clock: Clock;
  readonly onStored: (verdict: FeedbackResult) => void;
}

/** The predictor that learns; feedback must match it. */
type LearningFor = Pick<Predictor, 'revision' | 'vectorLength'>;

/**
 * Opens the feedback file in a folder. Entries that name this predictor but do not match its features count as damaged.
 *
 * @param onDamage - called with the number of lines that were skipped, if any
 */
export async function openFeedbackStore(
  { folder, maxEntries, onDamage }: BookPlace,
  predictor: LearningFor,
): Promise<FeedbackStore> {
  const isOurs = (entry: FeedbackEntry): boolean =>
    entry.predictor !== predictor.revision || fitsPredictor(predictor, entry);
  return await FeedbackStore.open(folder, maxEntries, onDamage, isOurs);
}

interface BookPlace {
  readonly folder: string;
  readonly maxEntries: number;
  readonly onDamage: (lines: number) => void;
}

/** Delay in milliseconds until feedback affects decisions; entries in between are learnt together. */
const LEARN_AFTER_MS = 100;

/** Accepts clients' feedback on answers, stores it, and has the router learn from it. */
export class FeedbackService {
  readonly #parts: FeedbackParts;
  #of: { readonly predictor: LearningFor; readonly after: string } | null = null;
  #forgetLearning: (() => void) | null = null;

  constructor(parts: FeedbackParts) {
    this.#parts = parts;
  }

  /**
   * Learns from all stored feedback, replacing what was learnt before.
   *
   * @param predictor - only feedback on its decisions counts
   * @param after - ISO 8601: when the tuned head in force was made, which covers older feedback; `''` for no head
   */
  relearn(predictor: LearningFor, after: string): void {
    this.#of = { predictor, after };
    const { store, memory } = this.#parts;
    memory.replace(
      store.entries
        .filter((entry) => fitsPredictor(predictor, entry) && entry.at > after)
        .map(judgedAnswer),
      predictor.revision,
    );
  }

  /**
   * Stores feedback; it replaces earlier feedback on the same decision.
   *
   * @throws {GatewayError} `not_found` for a decision that is unknown or not the caller's, `invalid_request`
   *   for one that nothing can be learnt from, one without a whole answer, or a model that was no candidate;
   *   `not_saved` if it cannot be written
   */
  async submit(verdict: FeedbackInput, caller: Caller): Promise<FeedbackResult> {
    const { store, clock, onStored } = this.#parts;
    const { routing, served } = this.#find(verdict.decisionId, caller);
    const { sketch } = routing;
    if (sketch === null) throw unteachable();
    const scores = scoresOf(verdict, served, routing);
    await store.add({
      at: new Date(clock.wallMs()).toISOString(),
      decision: verdict.decisionId,
      caller: caller.name,
      predictor: sketch.predictor,
      scores,
      predicted: Object.fromEntries(
        Object.keys(scores).map((model) => [model, routing.candidate(model)?.success ?? 0.5]),
      ),
      numbers: sketch.numbers,
      vectorLength: sketch.vectorLength,
      text: sketch.text,
    });
    this.#forgetLearning ??= clock.after(LEARN_AFTER_MS, () => {
      this.#forgetLearning = null;
      if (this.#of !== null) this.relearn(this.#of.predictor, this.#of.after);
    });
    const kept = { decisionId: verdict.decisionId, scores, keptText: sketch.text !== null };
    onStored(kept);
    return kept;
  }

  /** Stops learning. */
  close(): void {
    this.#forgetLearning?.();
  }

  #find(id: string, caller: Caller): { readonly routing: CompactRouting; readonly served: string } {
    const record = this.#parts.decisions.get(id);
    // Another caller's decision is answered like an unknown id: ids must not be probed for.
    if (record?.caller !== caller.name) {
      throw new GatewayError(
        'not_found',
        `No decision "${id}" was found among yours; only the latest decisions are kept (decisions.keep).`,
        { param: 'decision_id' },
      );
    }
    const { detail: routing, outcome } = record;
    if (routing === null) throw unteachable();
    return { routing, served: gradedModel(outcome) };
  }
}

/**
 * The model whose answer is graded.
 *
 * @throws {GatewayError} `invalid_request` if a grade would say nothing about the model
 */
function gradedModel(outcome: Outcome | null): string {
  if (outcome === null) throw ungradable('its answer is not complete yet');
  const { servedModel, error } = outcome;
  if (servedModel === null) throw ungradable('no model answered');
  // A client that disconnected saw what it grades; an answer that broke off says nothing about the model.
  if (error === null || error === 'client_closed') return servedModel;
  throw ungradable('its answer broke off, which says nothing about the model');
}

function ungradable(why: string): GatewayError {
  const message = `This decision cannot be graded: ${why}.`;
  return new GatewayError('invalid_request', message, { param: 'decision_id' });
}

function unteachable(): GatewayError {
  return new GatewayError(
    'invalid_request',
    'This decision cannot be graded: the client named the model, or a heuristic decided.',
    { param: 'decision_id' },
  );
}

function scoresOf(
  verdict: FeedbackInput,
  served: string,
  routing: CompactRouting,
): Record<string, number> {
  if ('score' in verdict) return { [served]: verdict.score };
  const { preferred } = verdict;
  if (routing.candidate(preferred) === null) {
    throw new GatewayError(
      'invalid_request',
      `"${preferred}" was not a candidate of this decision; GET /v1/decisions/${verdict.decisionId} lists the candidates.`,
      { param: 'preferred' },
    );
  }
  return preferred === served ? { [served]: 1 } : { [preferred]: 1, [served]: 0 };
}

function judgedAnswer(entry: FeedbackEntry): JudgedAnswer {
  const { scores, predicted, caller } = entry;
  return {
    vector: unpackNumbers(entry.numbers, entry.vectorLength).vector,
    caller,
    residuals: new Map(
      Object.entries(scores).map(([model, score]) => [model, score - (predicted[model] ?? 0.5)]),
    ),
  };
}
