import path from 'node:path';
import { Shelf } from './shelf.js';

/** The files that ship with Suffice, by absolute path. */
export interface Shipped {
  readonly catalog: string;
  readonly artefacts: string;
  readonly rules: string;
  /** Caches catalog and predictor once they are loaded. */
  readonly shelf: Shelf;
}

/** @param root - the folder that package.json is in */
export function shippedWith(root: string): Shipped {
  return {
    catalog: path.join(root, 'models', 'catalog'),
    artefacts: path.join(root, 'models'),
    rules: path.join(root, 'rules', 'default.yaml'),
    shelf: new Shelf(),
  };
}
