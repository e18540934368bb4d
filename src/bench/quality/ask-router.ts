import type { Catalog } from '../../catalog/catalog.js';
import type { Predictor } from '../../route/predictor.js';
import type { Router } from '../../route/router.js';
import type { Features } from '../../route/features.js';
import { readBy, type PromptReader } from '../../route/prompt-reader.js';
import type { Routing } from '../../route/routing.js';
import type { RuleSet } from '../../route/rules/rule-set.js';
import { RouteDesk, routerOver } from '../../assembly/route-desk.js';
import type { GradedLine } from '../../outcomes/graded.js';

/** What is measured: the router as it ships, with the catalog it is told of models by. */
export interface Ours {
  readonly catalog: Catalog;
  readonly rules: RuleSet;
  readonly predictor: Predictor;
  /** What the predictor reads prompts by; `null` for the table. */
  readonly reader: PromptReader | null;
  /** Why the predictor is not the one that was asked for; `null` when it is. */
  readonly degraded: string | null;
}

/** What the router made of some lines. */
export interface Asked {
  /** In the order of the lines; candidates stand in the order of the models asked for. */
  readonly routings: readonly Routing[];
  /** Decisions that were not made by the predictor that was asked for. */
  readonly degraded: number;
  /** What prompts as they usually come would meet, the same models standing in the same order. */
  readonly usual: Router['usual'];
}

/** The policy that a client gets who asks for nothing else. */
const POLICY = 'auto';

/** Reads lines, each once for all that is measured on them. */
export async function readLines(
  { reader }: Pick<Ours, 'reader'>,
  lines: readonly GradedLine[],
): Promise<readonly Features[]> {
  const read: Features[] = [];
  for (const { conversation } of lines) read.push(await readBy(reader, conversation));
  return read;
}

/**
 * Lets the router decide every line among the models, as the gateway would.
 *
 * @param read - of each line, by `readLines`
 */
export function askRouter(
  ours: Ours,
  models: readonly string[],
  lines: readonly GradedLine[],
  read: readonly Features[],
): Asked {
  const router = routerOver(models, { ...ours, onPredictorFault: () => undefined });
  const desk = new RouteDesk(router, true);
  const routings = lines.map(({ conversation }, i) => {
    const features = read[i];
    const request = { stream: false, metadata: {}, conversation, atMs: 0 };
    return desk.route({ ...request, read: features ? { features, lack: null } : null }, POLICY);
  });
  const degraded = routings.filter(({ decision }) => decision.degraded !== null).length;
  return { routings, degraded, usual: (outcome) => router.usual(outcome) };
}
