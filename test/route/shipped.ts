import { loadCatalog } from '../../src/catalog/load.js';
import type { Tool } from '../../src/core/conversation.js';
import type { Model } from '../../src/core/model.js';
import { readFeatures } from '../../src/route/features.js';
import type { Features } from '../../src/route/features.js';
import { loadPredictor } from '../../src/route/factor-predictor.js';
import type { FactorPredictor } from '../../src/route/factor-predictor.js';

/** Loading takes about a second alone, and far longer on a busy machine. */
export const LOADING_LIMIT_MS = 60_000;

/** The shipped predictor and catalog. */
export interface Shipped {
  readonly predictor: FactorPredictor;
  readonly models: ReadonlyMap<string, Model>;
  /** @throws {Error} the catalog has no such model */
  readonly known: (id: string) => Model;
}

export async function loadShipped(): Promise<Shipped> {
  const predictor = await loadPredictor('models');
  const { models } = await loadCatalog('models/catalog');
  const known = (id: string): Model => {
    const model = models.get(id);
    if (model === undefined) throw new Error(`${id} is not in the catalog`);
    return model;
  };
  return { predictor, models, known };
}

/** The features of a request with one user message. */
export function featuresOf(text: string, ...tools: Tool[]): Features {
  return readFeatures({
    messages: [{ role: 'user', parts: [{ kind: 'text', text }] }],
    tools,
    toolRequired: false,
    parallelTools: null,
    format: 'text',
    maxOutputTokens: null,
    choices: 1,
    reasoningEffort: null,
  });
}
