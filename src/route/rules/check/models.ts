import type { Capability, Model } from '../../../core/model.js';
import type { Fault } from '../../../core/errors.js';
import { settingsOf, type RuleSettings } from '../combine.js';
import { globMatcher } from '../glob.js';
import { modelHint, unmatchedMessage } from '../model-hints.js';
import type { Policy, Rule } from '../schema.js';
import { unconditionalRules } from './order.js';
import { covers, warn, type CheckedRule, type CheckedRules } from './checked-rules.js';

type Path = readonly PropertyKey[];

/** Reports models that do not exist, and constraints that leave none. */
export function checkModels(subject: CheckedRules, models: readonly Model[]): readonly Fault[] {
  const policies = Array.from(subject.ruleSet.policies, ([name, policy]) => ({
    path: ['policies', name],
    written: policy,
  }));
  const rules = subject.rules.map(({ path, rule }) => ({ path, written: rule.written }));
  const ids = models.map(({ id }) => id);
  return [
    ...[...policies, ...rules].flatMap(({ path, written }) => names(subject, path, written, ids)),
    ...policyNames(subject, ids),
    ...emptyPolicies(subject, models),
    ...subject.rules.flatMap((rule) => emptyRules(subject, rule, models)),
  ];
}

function names(subject: CheckedRules, path: Path, written: Policy | Rule, ids: readonly string[]) {
  const unknown = (at: Path, name: string): Fault[] => {
    if (ids.includes(name)) return [];
    const message = `there is no model "${name}"${modelHint(name, ids)}`;
    return [{ ...warn(subject, [...path, ...at], message), severity: 'error' }];
  };
  const reference = 'reference' in written ? written.reference : 'best';
  return [
    ...(written.pin === undefined ? [] : unknown(['pin'], written.pin)),
    ...(reference === 'best' ? [] : unknown(['reference'], reference)),
    ...(written.fallbacks ?? []).flatMap((name, i) => unknown(['fallbacks', i], name)),
    ...(['only', 'never', 'prefer'] as const).flatMap((list) =>
      (written[list] ?? []).flatMap((pattern, i) =>
        ids.some(globMatcher([pattern]))
          ? []
          : [warn(subject, [...path, list, i], unmatchedMessage(pattern, ids))],
      ),
    ),
  ];
}

function policyNames(subject: CheckedRules, ids: readonly string[]): Fault[] {
  return [...subject.ruleSet.policies.keys()]
    .filter((name) => ids.includes(name))
    .map((name) => {
      const message = `"${name}" is the name of a model; a policy of the same name would make the model unreachable.`;
      const { yaml } = subject.ruleSet;
      const place = yaml.locateKey(['policies', name]);
      return { file: yaml.file, ...place, message, severity: 'error' as const };
    });
}

function emptyPolicies(subject: CheckedRules, models: readonly Model[]): Fault[] {
  return Array.from(subject.ruleSet.policies).flatMap(([name, policy]) => {
    const always = unconditionalRules(subject, name).map(({ rule }) => rule.settings);
    const own = settingsOf(null, policy);
    const left = allowed(models, [own, ...always]);
    if (left.length === 0) {
      const rules = unconditionalRules(subject, name)
        .filter(({ rule: { settings } }) =>
          [settings.only, settings.never, settings.require].some(Boolean),
        )
        .map(({ rule }) => rule.name);
      const with_ = rules.length === 0 ? '' : `, together with ${quotedList(rules)}`;
      const message = `policy "${name}" excludes every model${with_}: every request to it would be refused.`;
      return [{ ...warn(subject, ['policies', name], message), severity: 'error' as const }];
    }
    return ruledOutSettings(subject, ['policies', name], own, { left, models });
  });
}

/** Checks a rule together with what always applies when it matches: the policy, and rules that match whenever it does. */
function emptyRules(
  subject: CheckedRules,
  checked: CheckedRule,
  models: readonly Model[],
): Fault[] {
  const { rule, path, policies, needs } = checked;
  // A rule without a condition is checked with its policies, and a rule that never matches not at all.
  if (needs === null) return [];
  const faults = policies.flatMap((name) => {
    const policy = subject.ruleSet.policies.get(name);
    const own = settingsOf(null, policy ?? rule.written);
    const with_ = subject.rules
      .filter((other) => other !== checked && other.rule.appliesTo(name))
      .filter((other) => other.path[1] < path[1] || !rule.written.stop)
      .filter((other) => covers(other, checked) && !stoppedBefore(subject, other, name))
      .map((other) => other.rule.settings);
    if (allowed(models, [own, ...with_]).length === 0) return [];
    const left = allowed(models, [own, ...with_, rule.settings]);
    if (left.length > 0) return ruledOutSettings(subject, path, rule.settings, { left, models });
    const message = `rule "${rule.name}" excludes every model of "${name}": every request that it matches would be refused.`;
    return needs.size === 0 ? [] : [warn(subject, path, message)];
  });
  // Several policies may have the same fault; it is reported once.
  return faults.slice(0, 1);
}

/** Whether a rule before this one can stop the evaluation. */
function stoppedBefore(subject: CheckedRules, { path }: CheckedRule, policy: string): boolean {
  return subject.rules
    .slice(0, path[1])
    .some(({ rule }) => rule.written.stop && rule.appliesTo(policy));
}

/** Warns about pins and preferences that the constraints rule out. */
function ruledOutSettings(
  subject: CheckedRules,
  path: Path,
  { pin, prefer }: RuleSettings,
  { left, models }: { readonly left: readonly Model[]; readonly models: readonly Model[] },
): Fault[] {
  const exists = (is: (id: string) => boolean) => models.some(({ id }) => is(id));
  const ruledOut = (is: (id: string) => boolean) => exists(is) && !left.some(({ id }) => is(id));
  const faults: Fault[] = [];
  if (pin !== null && ruledOut((id) => id === pin.value)) {
    faults.push(warn(subject, [...path, 'pin'], `the constraints rule out "${pin.value}".`));
  }
  if (prefer !== null && ruledOut(globMatcher(prefer.value))) {
    const message = 'the constraints rule out every model in this list.';
    faults.push(warn(subject, [...path, 'prefer'], message));
  }
  return faults;
}

function allowed(models: readonly Model[], sources: readonly RuleSettings[]): readonly Model[] {
  const tests = sources.flatMap(({ only, never, require }): ((model: Model) => boolean)[] => [
    ...(only === null ? [] : [inverted(globMatcher(only.value), false)]),
    ...(never === null ? [] : [inverted(globMatcher(never.value), true)]),
    ...(require === null ? [] : [hasAll(require.value)]),
  ]);
  return models.filter((model) => tests.every((test) => test(model)));
}

function inverted(matches: (id: string) => boolean, not: boolean): (model: Model) => boolean {
  return ({ id }) => matches(id) !== not;
}

function hasAll(capabilities: readonly Capability[]): (model: Model) => boolean {
  return (model) => capabilities.every((capability) => model.capabilities.has(capability));
}

function quotedList(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}
