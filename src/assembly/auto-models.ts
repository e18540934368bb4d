import type { Config } from '../config/schema.js';
import type { SourcedConfig } from '../config/source.js';
import type { Clock } from '../core/clock.js';
import type { Fault } from '../core/errors.js';
import type { Model, ServedModel } from '../core/model.js';
import { globMatcher } from '../route/rules/glob.js';
import { patternHint, unmatchedMessage } from '../route/rules/model-hints.js';
import type { RoutedModel } from '../route/candidates.js';
import { stillServed } from './retired.js';

/** The models that policies may choose from. */
export interface AutoModels {
  readonly candidates: readonly RoutedModel[];
  /** Why there are none, without a full stop, and the option that causes it; `null` if there are some. */
  readonly none: { readonly why: string; readonly option: 'models' | 'exclude' | null } | null;
}

/**
 * The served models that `auto` allows, without embedding models and retired ones.
 *
 * @param served - by id
 */
export function autoModels(
  auto: Config['auto'],
  served: ReadonlyMap<string, ServedModel>,
  clock: Clock,
): AutoModels {
  const allowed = globMatcher(auto.models);
  const excluded = globMatcher(auto.exclude);
  const today = new Date(clock.wallMs()).toISOString().slice(0, 'YYYY-MM-DD'.length);
  const matched = [...served.values()].filter(({ model }) => allowed(model.id));
  const left = matched.filter(({ model }) => !excluded(model.id));
  // Embedding models do not chat.
  const answering = left.filter(({ model }) => !model.capabilities.has('embeddings'));
  const candidates = answering.flatMap((one) => {
    // An operator who writes a model's full name may know more than the catalog.
    if (auto.models.includes(one.model.id)) return [one];
    return stillServed(one, today) ?? [];
  });
  const none = (why: string, option: 'models' | 'exclude' | null): AutoModels => ({
    candidates: [],
    none: { why, option },
  });
  if (candidates.length > 0) return { candidates, none: null };
  if (served.size === 0) return none('no configured provider serves a model', null);
  if (matched.length === 0)
    return none('"auto.models" matches none of the models served here', 'models');
  if (left.length === 0)
    return none('"auto.exclude" excludes all models that "auto.models" allows', 'exclude');
  if (answering.length === 0)
    return none('all models that may be chosen are embedding models', 'models');
  return none('all models that may be chosen have been withdrawn by their providers', 'models');
}

/**
 * Checks `auto` against the models.
 *
 * @param known - all known models, served or not: a pattern that matches one of them is no typing mistake
 * @returns an error if no model at all has such a name, so that nothing can ever be chosen; warnings otherwise
 */
export function autoFaults(
  { config: { auto }, fault }: SourcedConfig,
  { none }: AutoModels,
  {
    served,
    known,
  }: { served: ReadonlyMap<string, ServedModel>; known: ReadonlyMap<string, Model> },
): readonly Fault[] {
  const ids = [...known.keys()];
  const unknown = auto.models.filter((pattern) => !ids.some(globMatcher([pattern])));
  if (none === null) {
    return unknown.map((pattern) =>
      fault(
        ['auto', 'models', auto.models.indexOf(pattern)],
        unmatchedMessage(pattern, ids),
        'warning',
      ),
    );
  }
  if (none.option === null) return [];
  const isTypo = unknown.length === auto.models.length;
  const end =
    none.option === 'models' && isTypo
      ? patternHint(auto.models[0] ?? '', [...served.keys()])
      : '.';
  const message = `${none.why}, so every request to a policy is refused${end}`;
  return [fault(['auto', none.option], message, isTypo ? 'error' : 'warning')];
}
