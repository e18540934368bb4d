import type { Catalog } from '../../catalog/catalog.js';
import type { Predictor } from '../../route/predictor.js';
import type { Router } from '../../route/router.js';
import type { Features } from '../../route/features.js';
import { readPrompt, type PromptReader } from '../../route/prompt-reader.js';
import type { Routing } from '../../route/routing.js';
import type { RuleSet } from '../../route/rules/rule-set.js';
import { OfflineRouter, routerOver } from '../../assembly/offline-router.js';
import type { GradedLine } from '../../outcomes/outcome-file.js';

/** The router under test: the shipped one, or one from a configuration, with its catalog. */
export interface RouterUnderTest {
  readonly catalog: Catalog;
  readonly rules: RuleSet;
  readonly predictor: Predictor;
  /** The encoder that the predictor was trained for; `null` for the built-in embedding table. */
  readonly reader: PromptReader | null;
  /** Why the requested predictor is not in use; `null` if it is. */
  readonly degraded: string | null;
}

/** The router's decisions on some lines. */
export interface RoutedLines {
  /** In the order of the lines; candidates are in the order of the models. */
  readonly routings: readonly Routing[];
  /** Number of decisions that the requested predictor did not make. */
  readonly degraded: number;
  /** The candidates for the typical prompts that ship with Suffice, in the same order of models. */
  readonly usual: Router['usual'];
}

/** The default policy of a client. */
const POLICY = 'auto';

/** Extracts the features of all lines, once for all measurements. */
export async function extractFeatures(
  { reader }: Pick<RouterUnderTest, 'reader'>,
  lines: readonly GradedLine[],
): Promise<readonly Features[]> {
  const read: Features[] = [];
  for (const { conversation } of lines) read.push(await readPrompt(reader, conversation));
  return read;
}

/**
 * Routes every line among the models, as the gateway would.
 *
 * @param read - the features of each line, from `extractFeatures`
 */
export function routeLines(
  ours: RouterUnderTest,
  models: readonly string[],
  lines: readonly GradedLine[],
  read: readonly Features[],
): RoutedLines {
  const router = routerOver(models, { ...ours, onPredictorFault: () => undefined });
  const desk = new OfflineRouter(router, true);
  const routings = lines.map(({ conversation }, i) => {
    const features = read[i];
    const request = { stream: false, metadata: {}, conversation, atMs: 0 };
    return desk.route({ ...request, read: features ? { features, lack: null } : null }, POLICY);
  });
  const degraded = routings.filter(({ decision }) => decision.degraded !== null).length;
  return { routings, degraded, usual: (outcome) => router.usual(outcome) };
}
