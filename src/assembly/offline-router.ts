import { ANONYMOUS } from '../admit/keys.js';
import type { Catalog } from '../catalog/catalog.js';
import { CAPABILITIES, type Model } from '../core/model.js';
import type { Conversation } from '../core/conversation.js';
import type { Prospect } from '../route/price/expectations.js';
import type { RuleOutcome } from '../route/rules/outcome.js';
import type { RuleFacts } from '../route/rules/facts.js';
import type { RuleSet } from '../route/rules/rule-set.js';
import type { Predictor } from '../route/predictor.js';
import type { OwnEncoder } from './own-encoder.js';
import type { PromptReader, PreparedFeatures } from '../route/prompt-reader.js';
import type { RouteFunction } from '../route/rules/test-run.js';
import type { RoutedModel } from '../route/candidates.js';
import { Router } from '../route/router.js';
import type { Routing } from '../route/routing.js';

const NO_BUDGET: RuleFacts['budget'] = { limitUsd: null, spentUsd: 0 };

/** A request to decide on without a server. */
export interface OfflineRequest {
  /** The client's `model`; by default the policy's name. */
  readonly requested?: string;
  readonly stream: boolean;
  readonly metadata: RuleFacts['metadata'];
  readonly conversation: Conversation;
  /** See `RouteRequest.read`. */
  readonly read?: Pick<PreparedFeatures, 'features' | 'lack'> | null;
  readonly atMs: number;
  readonly key?: RuleFacts['key'];
  readonly budget?: RuleFacts['budget'];
}

/** What the decisions depend on in a configuration; absent members are not configured. */
export interface OfflineRouterConfig {
  /** Resolves an alias; other names are returned as they are. */
  readonly resolveAlias?: (name: string) => string;
  readonly keys?: readonly RuleFacts['key'][];
  /** Rules depend on the key, so that the decision without one may differ. */
  readonly keysMatter?: boolean;
  readonly dailyBudgetUsd?: number | null;
  /** Reads prompts for the predictor; without it the router reads them itself. */
  readonly reader?: PromptReader | null;
}

/** Makes routing decisions without a server and without calling a model. */
export class OfflineRouter {
  readonly #router: Router;
  readonly #vouched: boolean;
  readonly #known: OfflineRouterConfig;
  readonly #reader: PromptReader | null;

  /** @param vouched - see `EvaluationContext.vouched` */
  constructor(router: Router, vouched: boolean, known: OfflineRouterConfig = {}) {
    this.#router = router;
    this.#vouched = vouched;
    this.#known = known;
    this.#reader = known.reader ?? null;
  }

  /** The keys of the configuration. */
  get keys(): readonly RuleFacts['key'][] {
    return this.#known.keys ?? [];
  }

  /** Whether the rules depend on the key. */
  get keysMatter(): boolean {
    return this.keys.length > 0 && this.#known.keysMatter === true;
  }

  /** US dollars; `null` for no budget. */
  get dailyBudgetUsd(): number | null {
    return this.#known.dailyBudgetUsd ?? null;
  }

  /** The policy of this name or alias; `null` if there is none. */
  policyOf(name: string): string | null {
    const resolved = this.#known.resolveAlias?.(name) ?? name;
    return this.#router.policies.includes(resolved) ? resolved : null;
  }

  /**
   * Like `route`, with the vector of the operator's encoder, however long that takes.
   *
   * @throws {Error} if the encoder cannot compute it
   */
  async decide(request: OfflineRequest, policy: string): Promise<Routing> {
    if (this.#reader === null) return this.route(request, policy);
    const features = await this.#reader.read(request.conversation);
    return this.route({ ...request, read: { features, lack: null } }, policy);
  }

  /**
   * @throws {NoCandidateError} when constraints leave no model
   * @throws {GatewayError} `model_not_found` for an unknown policy
   */
  route(request: OfflineRequest, policy: string): Routing {
    return this.#router.route({
      id: 'dec_preview',
      requested: policy,
      policy,
      key: ANONYMOUS,
      budget: NO_BUDGET,
      vouched: this.#vouched,
      ...request,
    });
  }

  /**
   * The expected results of typical prompts under a policy.
   *
   * @throws {GatewayError} `model_not_found` for an unknown policy
   */
  preview(policy: string): PolicyPreview {
    const outcome = this.#router.unconditionalOutcome(policy);
    return { outcome, prospects: this.#router.usual(outcome) };
  }
}

/** What the rules say for a policy, and what is expected of typical prompts under it. */
export interface PolicyPreview {
  readonly outcome: RuleOutcome;
  readonly prospects: readonly Prospect[];
}

/** Parts of a router over any given models. */
export interface OfflineRouterParts {
  readonly catalog: Catalog;
  readonly predictor: Predictor;
  /** The encoder that embeds prompts for the predictor; `null` or absent for the built-in table. */
  readonly encoder?: Pick<OwnEncoder, 'reader' | 'standIn'> | null;
  readonly rules: RuleSet;
  /** Why the predictor is not the configured one; `null` or absent if it is. */
  readonly degraded?: string | null;
  /** Called when the predictor throws and the heuristic decides instead; if absent, the error is rethrown. */
  readonly onPredictorFault?: (error: unknown) => void;
}

/**
 * A router over the named models, whether they are served, known or unknown.
 *
 * Candidates keep the given names. An unknown model is predicted from its name alone, with a wide
 * uncertainty.
 */
export function routerOver(names: readonly string[], parts: OfflineRouterParts): Router {
  const models = names.map((name) => namedModel(name, parts.catalog));
  return routerAmong(models, parts);
}

function routerAmong(
  models: readonly RoutedModel[],
  {
    catalog,
    predictor,
    encoder,
    rules,
    degraded = null,
    onPredictorFault = rethrow,
  }: OfflineRouterParts,
): Router {
  return new Router({
    models,
    predictor,
    fallbackPredictor: encoder?.standIn,
    rules,
    catalogRevision: catalog.revision,
    degraded,
    speedOf: (_model, published) => published,
    onPredictorFault,
  });
}

function rethrow(error: unknown): void {
  throw error;
}

/**
 * Decides the requests of rules tests: among the models that a test names, otherwise among `candidates`.
 *
 * Models that a test names have the capabilities that the catalog states: tests cover constraints, too. If an encoder fails,
 * the stand-in predictor decides, as it does for requests.
 */
export function rulesTestRouter(
  parts: OfflineRouterParts,
  candidates: readonly RoutedModel[],
): RouteFunction {
  const routers = new Map<string, Router>();
  const routerFor = (names: readonly string[] | null): Router => {
    const id = names?.join() ?? '';
    const known = routers.get(id);
    if (known !== undefined) return known;
    const router = names === null ? routerAmong(candidates, parts) : routerOver(names, parts);
    routers.set(id, router);
    return router;
  };
  const { encoder = null } = parts;
  return async ({ policy, models, timeMs, ...input }) => {
    const desk = new OfflineRouter(routerFor(models), false);
    const read = encoder === null ? null : await encoder.reader.readOrDegrade(input.conversation);
    return desk.route({ ...input, read, atMs: timeMs }, policy).decision;
  };
}

function namedModel(name: string, catalog: Catalog): RoutedModel {
  const known = catalog.find(name);
  if (known === undefined) return { model: unknownModel(name), upstreams: null };
  return { model: { ...known, id: name }, upstreams: null, catalogEntry: known };
}

function unknownModel(name: string): Model {
  const slash = name.indexOf('/');
  return {
    id: name,
    vendor: slash < 0 ? '' : name.slice(0, slash),
    displayName: name,
    released: null,
    contextWindow: null,
    maxOutputTokens: null,
    capabilities: new Set(CAPABILITIES),
    benchmarks: {},
    speed: null,
    hosts: [],
    simulated: false,
  };
}
