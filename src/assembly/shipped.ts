import path from 'node:path';
import { ArtefactCache } from './artefact-cache.js';

/** The files that ship with Suffice, by absolute path. */
export interface Shipped {
  readonly catalog: string;
  readonly artefacts: string;
  readonly rules: string;
  /** Caches catalog and predictor once they are loaded. */
  readonly cache: ArtefactCache;
}

/** @param root - the folder that package.json is in */
export function shippedWith(root: string): Shipped {
  return {
    catalog: path.join(root, 'models', 'catalog'),
    artefacts: path.join(root, 'models'),
    rules: path.join(root, 'rules', 'default.yaml'),
    cache: new ArtefactCache(),
  };
}
