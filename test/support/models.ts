import { blankModel } from '../../src/catalog/entry.js';
import type { Model } from '../../src/core/model.js';

/** A model of which nothing is known but its name and the given facts. */
export function modelWith(id: string, facts: Partial<Model> = {}): Model {
  return { ...blankModel(id).model, ...facts };
}
