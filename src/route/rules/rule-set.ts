import { GatewayError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import type { YamlFile } from '../../yaml/yaml-file.js';
import { combine, settingsOf, type MatchedRule, type PolicySettings } from './combine.js';
import { failureReason, type Condition } from './condition.js';
import type { RuleFacts } from './facts.js';
import { globMatcher } from './glob.js';
import type { RuleOutcome } from './outcome.js';
import { factKindsRead, type FactKind } from './fact-kinds.js';
import type { Policy, Rule, RulesFile } from './schema.js';

/** A condition that could not be evaluated for a request; its rule counted as not matching. */
export interface RuleFailure {
  readonly rule: string;
  /** `file:line:column` of the condition. */
  readonly place: string;
  /** `No such key: region`. */
  readonly message: string;
  /** Whether it is the first such failure of this rule since the file was loaded, to be logged. */
  readonly isNew: boolean;
}

/** A rule with its compiled condition. */
export interface CompiledRule extends MatchedRule {
  readonly written: Rule;
  /** `null`: always. */
  readonly condition: Condition | null;
  readonly appliesTo: (policy: string) => boolean;
  /** The kinds of facts that its condition reads. */
  readonly factKinds: ReadonlySet<FactKind>;
}

/** The parts of a `RuleSet`. */
export interface RuleSetParts {
  readonly yaml: YamlFile;
  readonly revision: string;
  readonly written: RulesFile;
  /** In file order, one for each rule; `null` for a rule that always matches. */
  readonly conditions: readonly (Condition | null)[];
  /** Called for every condition that cannot be evaluated; must not throw. */
  readonly onFailure: (failure: RuleFailure) => void;
}

/** A valid rules file, ready to be applied to requests. */
export class RuleSet {
  readonly file: string;
  /** First 12 hex digits of the SHA-256 of the file's text. */
  readonly revision: string;
  /** By the name that clients send as `model`, in file order. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** In file order. */
  readonly rules: readonly CompiledRule[];
  /** The file itself, for positions in it. */
  readonly yaml: YamlFile;
  readonly #onFailure: (failure: RuleFailure) => void;
  readonly #plans: ReadonlyMap<string, PolicyPlan>;
  /** Failures that have been reported, as `rule message`. Bounded, because messages may contain text of clients. */
  readonly #reported = new Set<string>();

  constructor(parts: RuleSetParts) {
    const { yaml, revision, written, conditions, onFailure } = parts;
    this.file = yaml.file;
    this.revision = revision;
    this.yaml = yaml;
    this.policies = new Map(Object.entries(written.policies));
    this.rules = written.rules.map((rule, i): CompiledRule => {
      const condition = conditions[i] ?? null;
      return {
        name: rule.name,
        settings: settingsOf(rule.name, rule),
        written: rule,
        condition,
        appliesTo: rule.policies === undefined ? () => true : globMatcher(rule.policies),
        factKinds: condition === null ? new Set() : factKindsRead(condition.ast),
      };
    });
    this.#onFailure = onFailure;
    this.#plans = new Map(
      Array.from(this.policies, ([name, policy]) => [
        name,
        {
          source: { name, policy, own: settingsOf(null, policy) },
          rules: this.rules.filter((rule) => rule.appliesTo(name)),
          outcomes: new Map(),
        },
      ]),
    );
  }

  /**
   * Applies the rules to a request. The outcome is the same object whenever the same rules match.
   *
   * @param policy - one of `policies`
   * @throws {GatewayError} `model_not_found` if there is no such policy
   */
  apply(policy: string, facts: RuleFacts): RuleOutcome {
    const plan = this.#plans.get(policy);
    if (plan === undefined) throw this.#noPolicy(policy);
    const matched: CompiledRule[] = [];
    let key = '';
    for (const [i, rule] of plan.rules.entries()) {
      if (!this.#matches(rule, facts)) continue;
      matched.push(rule);
      key += `${i} `;
      if (rule.written.stop) break;
    }
    const known = plan.outcomes.get(key);
    if (known !== undefined) return known;
    const outcome = combine(plan.source, matched);
    if (plan.outcomes.size < MAX_OUTCOMES) plan.outcomes.set(key, outcome);
    return outcome;
  }

  /**
   * Names of the rules that match a request, of those whose conditions read facts of some kinds.
   *
   * For two requests that are equal in everything else, the rules differ only if these do.
   *
   * @param facts - called only if there are such rules
   * @throws {GatewayError} `model_not_found` if there is no such policy
   */
  matchedRulesReading(
    policy: string,
    kinds: readonly FactKind[],
    facts: () => RuleFacts,
  ): readonly string[] {
    const plan = this.#plans.get(policy);
    if (plan === undefined) throw this.#noPolicy(policy);
    const reading = plan.rules.filter(({ factKinds }) => kinds.some((kind) => factKinds.has(kind)));
    if (reading.length === 0) return NONE;
    const names = new Set(reading.map(({ name }) => name));
    return this.apply(policy, facts()).matched.filter((name) => names.has(name));
  }

  /**
   * The outcome for requests to a policy that match no conditional rule.
   *
   * @throws {GatewayError} `model_not_found` if there is no such policy
   */
  unconditionalOutcome(policy: string): RuleOutcome {
    const plan = this.#plans.get(policy);
    if (plan === undefined) throw this.#noPolicy(policy);
    const always = plan.rules.filter(({ condition }) => condition === null);
    const stop = always.findIndex(({ written }) => written.stop);
    return combine(plan.source, stop < 0 ? always : always.slice(0, stop + 1));
  }

  #matches(rule: CompiledRule, facts: RuleFacts): boolean {
    if (rule.condition === null) return true;
    try {
      return rule.condition.holds(facts);
    } catch (error) {
      this.#report(rule, failureReason(error));
      return false;
    }
  }

  #report(rule: CompiledRule, message: string): void {
    const id = `${rule.name} ${message}`;
    const isNew = !this.#reported.has(id) && this.#reported.size < MAX_REPORTED;
    if (isNew) this.#reported.add(id);
    const { line, column } = this.yaml.locate(['rules', this.rules.indexOf(rule), 'when']);
    const place = `${this.file}:${line}:${column}`;
    this.#onFailure({ rule: rule.name, place, message, isNew });
  }

  #noPolicy(policy: string): GatewayError {
    const hint = nearest(policy, this.policies.keys());
    const question = hint === null ? '' : ` Did you mean "${hint}"?`;
    return new GatewayError('model_not_found', `There is no policy "${policy}".${question}`, {
      param: 'model',
    });
  }
}

/** A policy with the rules that apply to it. */
interface PolicyPlan {
  readonly source: PolicySettings;
  readonly rules: readonly CompiledRule[];
  /** Outcomes by the indices of the rules that matched; few of all possible sets occur. */
  readonly outcomes: Map<string, RuleOutcome>;
}

const NONE: readonly string[] = [];
const MAX_REPORTED = 1000;
const MAX_OUTCOMES = 1000;
