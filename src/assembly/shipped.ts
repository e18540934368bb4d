import path from 'node:path';
import { Shelf } from './shelf.js';

/** What comes with Suffice, by absolute path, and what has been loaded of it. */
export interface Shipped {
  readonly catalog: string;
  readonly artefacts: string;
  readonly rules: string;
  /** Where catalog and artefacts are kept once they are loaded. */
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
