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
import type { PromptReader, ReadAhead } from '../route/prompt-reader.js';
import type { RouteFunction } from '../route/rules/test-run.js';
import type { RoutedModel } from '../route/candidates.js';
import { Router } from '../route/router.js';
import type { Routing } from '../route/routing.js';

const NO_BUDGET: RuleFacts['budget'] = { limitUsd: null, spentUsd: 0 };

/** A request that needs no server to be decided on. */
export interface DeskRequest {
  /** What the client writes as `model`; absent for the policy's name. */
  readonly requested?: string;
  readonly stream: boolean;
  readonly metadata: RuleFacts['metadata'];
  readonly conversation: Conversation;
  /** See `RouteRequest.read`. */
  readonly read?: Pick<ReadAhead, 'features' | 'lack'> | null;
  readonly atMs: number;
  readonly key?: RuleFacts['key'];
  readonly budget?: RuleFacts['budget'];
}

/** What of a configuration a desk goes by; what is absent there is none of. */
export interface DeskKnowledge {
  /** What an alias stands for. */
  readonly meant?: (name: string) => string;
  readonly keys?: readonly RuleFacts['key'][];
  /** Rules look at who asks, so that a decision for nobody need not be that for a key. */
  readonly keysMatter?: boolean;
  readonly dailyBudgetUsd?: number | null;
  /** What the predictor has prompts read by; without it the router reads them itself. */
  readonly reader?: PromptReader | null;
}

/** Decides without a server and without calling anything. */
export class RouteDesk {
  readonly #router: Router;
  readonly #vouched: boolean;
  readonly #known: DeskKnowledge;
  readonly #reader: PromptReader | null;

  /** @param vouched - see `Demand.vouched` */
  constructor(router: Router, vouched: boolean, known: DeskKnowledge = {}) {
    this.#router = router;
    this.#vouched = vouched;
    this.#known = known;
    this.#reader = known.reader ?? null;
  }

  /** The keys of the configuration. */
  get keys(): readonly RuleFacts['key'][] {
    return this.#known.keys ?? [];
  }

  /** Whether rules tell the keys apart. */
  get keysMatter(): boolean {
    return this.keys.length > 0 && this.#known.keysMatter === true;
  }

  /** US dollars; `null` for no budget. */
  get dailyBudgetUsd(): number | null {
    return this.#known.dailyBudgetUsd ?? null;
  }

  /** The policy that a client asks for by a name; `null` where it names a model, or nothing. */
  policyOf(name: string): string | null {
    const meant = this.#known.meant?.(name) ?? name;
    return this.#router.policies.includes(meant) ? meant : null;
  }

  /**
   * As `route`, with the vector of the operator's encoder, however long it takes.
   *
   * @throws {Error} the encoder cannot make it
   */
  async decide(request: DeskRequest, policy: string): Promise<Routing> {
    if (this.#reader === null) return this.route(request, policy);
    const features = await this.#reader.read(request.conversation);
    return this.route({ ...request, read: { features, lack: null } }, policy);
  }

  /**
   * @throws {NoCandidateError} when constraints leave no model
   * @throws {GatewayError} `model_not_found` for an unknown policy
   */
  route(request: DeskRequest, policy: string): Routing {
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
   * What prompts as they usually come would meet under a policy.
   *
   * @throws {GatewayError} `model_not_found` for an unknown policy
   */
  foresee(policy: string): Foreseen {
    const outcome = this.#router.outcomeOf(policy);
    return { outcome, prospects: this.#router.usual(outcome) };
  }
}

/** Requests, and what holds for them. */
export interface Foreseen {
  readonly outcome: RuleOutcome;
  readonly prospects: readonly Prospect[];
}

/** What a router over models of one's own choice is made of. */
export interface DeskParts {
  readonly catalog: Catalog;
  readonly predictor: Predictor;
  /** What the predictor reads prompts by; `null`, as when absent, for the table. */
  readonly encoder?: Pick<OwnEncoder, 'reader' | 'standIn'> | null;
  readonly rules: RuleSet;
  /** Why the predictor is not the one that was asked for; `null`, as when absent, if it is. */
  readonly degraded?: string | null;
  /** Told when the predictor throws, and the heuristic decides; when absent, the error is thrown on. */
  readonly onPredictorFault?: (error: unknown) => void;
}

/**
 * A router over the models named, whether they are served, known, or never heard of.
 *
 * Candidates keep the names they were given. A model that nobody knows is predicted from its name
 * alone, with a wide uncertainty.
 */
export function routerOver(names: readonly string[], parts: DeskParts): Router {
  const models = names.map((name) => namedModel(name, parts.catalog));
  return routerAmong(models, parts);
}

function routerAmong(
  models: readonly RoutedModel[],
  { catalog, predictor, encoder, rules, degraded = null, onPredictorFault = throwOn }: DeskParts,
): Router {
  return new Router({
    models,
    predictor,
    standIn: encoder?.standIn,
    rules,
    catalogRevision: catalog.revision,
    degraded,
    speedOf: (_model, published) => published,
    onPredictorFault,
  });
}

function throwOn(error: unknown): void {
  throw error;
}

/**
 * Decides the requests of rules tests: among the models a test names, else among `candidates`.
 *
 * Models that a test names are taken at their catalog's word: the tests are about constraints too. Where an encoder fails,
 * what stands in for it decides, as it does for requests.
 */
export function rehearsal(parts: DeskParts, candidates: readonly RoutedModel[]): RouteFunction {
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
    const desk = new RouteDesk(routerFor(models), false);
    const read = encoder === null ? null : await encoder.reader.readAnyway(input.conversation);
    return desk.route({ ...input, read, atMs: timeMs }, policy).decision;
  };
}

function namedModel(name: string, catalog: Catalog): RoutedModel {
  const known = catalog.find(name);
  if (known === undefined) return { model: unknownModel(name), upstreams: null };
  return { model: { ...known, id: name }, upstreams: null, knownAs: known };
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
