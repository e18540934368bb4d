import type { Conversation } from '../core/conversation.js';
import type { Candidate, Decision, Receipt } from '../core/decision.js';
import { GatewayError } from '../core/errors.js';
import type { Model, ServedModel, Speed } from '../core/model.js';
import { candidateFor, compileLists } from './candidates.js';
import { choose, type Choice, type ChoiceInput } from './decide.js';
import { readFeatures, type Features } from './features.js';
import { heuristicPredictor } from './heuristic.js';
import type { Ability, Prediction, Predictor } from './predictor.js';
import type { RuleFacts } from './rules/facts.js';
import type { RuleSet } from './rules/rule-set.js';

/** A model the router may choose. `upstreams` is `null` when it is only ranked, never called. */
export interface RoutedModel {
  readonly model: Model;
  readonly upstreams: ServedModel['upstreams'] | null;
  /** The catalog's entry, when `model` stands for it under another name; its ability is then used. */
  readonly knownAs?: Model | undefined;
}

/** What a router is made of; replaced as a whole when the configuration changes. */
export interface RouterParts {
  readonly models: readonly RoutedModel[];
  readonly predictor: Predictor;
  readonly rules: RuleSet;
  /** First 12 hex digits of the catalog's hash. */
  readonly catalogRevision: string;
  /** Why the predictor is not the one that was asked for; `null` when it is. */
  readonly degraded: string | null;
  /** Live speed of a model where it has been measured, else `null`. */
  readonly measuredSpeed: (model: string) => Speed | null;
  /** Told when the predictor throws: once per request, so count it and log changes. */
  readonly onPredictorFault: (error: unknown) => void;
}

/** One request, as the router needs it. */
export interface RouteRequest {
  readonly id: string;
  readonly atMs: number;
  /** What the client wrote as `model`. */
  readonly requested: string;
  readonly policy: string;
  readonly stream: boolean;
  readonly conversation: Conversation;
  readonly key: RuleFacts['key'];
  readonly metadata: RuleFacts['metadata'];
  readonly budget: RuleFacts['budget'];
  /** See `Demand.vouched`. */
  readonly vouched: boolean;
}

/** A decision with all it was made from, so that it can be explained and replayed. Holds no text. */
export interface Routing {
  readonly decision: Decision;
  readonly features: Omit<Features, 'text' | 'dense'>;
  readonly input: ChoiceInput;
  readonly choice: Choice;
}

/** No candidate is left; carries what dropped each of them. */
export class NoCandidateError extends GatewayError {
  readonly candidates: readonly Candidate[];

  constructor(policy: string, candidates: readonly Candidate[]) {
    super('no_candidate', describeDrops(policy, candidates), { param: 'model' });
    this.candidates = candidates;
  }
}

/** Decides which model answers. Synchronous; the same parts and request give the same choice. */
export class Router {
  readonly receipt: Receipt;
  readonly #parts: RouterParts;
  readonly #abilities: readonly Ability[];
  readonly #fallback: { readonly predictor: Predictor; readonly abilities: readonly Ability[] };

  constructor(parts: RouterParts) {
    const heuristic = heuristicPredictor();
    this.#parts = parts;
    this.#abilities = parts.models.map((routed) => abilityOf(routed, parts.predictor));
    this.#fallback = {
      predictor: heuristic,
      abilities: parts.models.map(({ model }) => heuristic.ability(model)),
    };
    this.receipt = {
      rules: parts.rules.revision,
      predictor: parts.predictor.revision,
      catalog: parts.catalogRevision,
    };
  }

  /** Names a client may write as `model` to have a model chosen. */
  get policies(): readonly string[] {
    return [...this.#parts.rules.policies.keys()];
  }

  /**
   * @throws {NoCandidateError} when constraints leave no model
   * @throws {GatewayError} `model_not_found` when there is no such policy
   */
  route(request: RouteRequest): Routing {
    const { rules, models } = this.#parts;
    const features = readFeatures(request.conversation);
    const outcome = rules.apply(request.policy, factsOf(request, features));
    const { prediction, degraded } = this.#predict(features);

    const demand = {
      features,
      outcome,
      lists: compileLists(outcome),
      choices: request.conversation.choices,
      vouched: request.vouched,
    };
    const candidates = models.map((served, i) => {
      const predicted = prediction.models[i];
      if (predicted === undefined) throw new Error('the predictor left out a model');
      const speed = this.#parts.measuredSpeed(served.model.id) ?? served.model.speed;
      return candidateFor(served, predicted, speed, demand);
    });

    const input: ChoiceInput = { candidates, outcome, ood: prediction.ood };
    const choice = choose(input);
    if (choice === null) throw new NoCandidateError(request.policy, candidates);
    const decision = this.#record(request, input, choice, degraded);
    return { decision, features: withoutText(features), input, choice };
  }

  #predict(features: Features): { prediction: Prediction; degraded: string | null } {
    try {
      return {
        prediction: this.#parts.predictor.predict(features, this.#abilities),
        degraded: this.#parts.degraded,
      };
    } catch (error) {
      this.#parts.onPredictorFault(error);
      const { predictor, abilities } = this.#fallback;
      return { prediction: predictor.predict(features, abilities), degraded: 'predictor_failed' };
    }
  }

  #record(
    request: RouteRequest,
    input: ChoiceInput,
    choice: Choice,
    degraded: string | null,
  ): Decision {
    const { outcome } = input;
    const byHeuristic = degraded === 'predictor_failed' || this.receipt.predictor === 'heuristic';
    // What was forced stays forced, whoever predicted; only a weighing can be called heuristic.
    const weighed = choice.reason !== 'pinned' && choice.reason !== 'only_candidate';
    return {
      id: request.id,
      atMs: request.atMs,
      requested: request.requested,
      policy: request.policy,
      model: choice.chosen.model,
      reason: byHeuristic && weighed ? 'heuristic' : choice.reason,
      rule: choice.rule,
      matchedRules: outcome.matched,
      fallbacks: choice.fallbacks.map((candidate) => candidate.model),
      candidates: input.candidates,
      keep: outcome.keep.value,
      reference: choice.reference.model,
      degraded,
      ood: input.ood,
      receipt: this.receipt,
    };
  }
}

function abilityOf({ model, knownAs }: RoutedModel, predictor: Predictor): Ability {
  const own = predictor.ability(model);
  // The name that was asked for may be the very one that was graded (a dated release).
  return knownAs === undefined || own.basis === 'fitted' ? own : predictor.ability(knownAs);
}

function factsOf(request: RouteRequest, features: Features): RuleFacts {
  return {
    model: request.requested,
    stream: request.stream,
    metadata: request.metadata,
    conversation: request.conversation,
    features,
    key: request.key,
    timeMs: request.atMs,
    budget: request.budget,
  };
}

function withoutText(features: Features): Omit<Features, 'text' | 'dense'> {
  const { inputTokens, language, code, maths, turns, tools, images, format, needs } = features;
  const { maxOutputTokens } = features;
  return {
    inputTokens,
    language,
    code,
    maths,
    turns,
    tools,
    images,
    format,
    needs,
    maxOutputTokens,
  };
}

function describeDrops(policy: string, candidates: readonly Candidate[]): string {
  if (candidates.length === 0) {
    return `no model can be chosen by "${policy}": no provider is configured that serves one`;
  }
  const counts = new Map<string, number>();
  for (const { dropped } of candidates) {
    if (dropped === null) continue;
    const by = dropped.rule === null ? '' : ` (rule "${dropped.rule}")`;
    const text = `${dropped.detail}${by}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const reasons = [...counts].map(([text, n]) => `${n} ${n === 1 ? 'model' : 'models'}: ${text}`);
  return `no model is left for "${policy}" to choose from. ${reasons.join('; ')}.`;
}
