import path from 'node:path';
import type { Model } from '../../core/model.js';
import { ArtefactError } from '../../embed/artefact.js';
import type { Predictor } from '../predictor.js';
import { AdaptedPredictor } from './adapted-predictor.js';
import type { StoredHead } from './head-artefact.js';
import { HeadStore } from './head-store.js';
import { LocalHead } from './local-head.js';
import { WordGrams } from './word-grams.js';

/** A predictor, and the tuned head that it is corrected by. */
export interface AdaptationResult {
  readonly predictor: Predictor;
  /** `null` if none is in force. */
  readonly head: { readonly id: string; readonly stored: StoredHead } | null;
  /** Why the head in force is not used; `null` if it is, or if there is none. */
  readonly fault: ArtefactError | null;
}

/** The store of heads in `adaptation.folder`. */
export function headStoreIn(folder: string): HeadStore {
  return new HeadStore(path.join(folder, 'heads'));
}

/**
 * Corrects a predictor by the head in force, if there is one.
 *
 * Does not throw for a head that is damaged or was fitted to another predictor: it is not used, and `fault`
 * says why.
 *
 * @param modelOf - the model by the name it was graded under
 */
export async function adaptPredictor(
  base: Predictor,
  store: HeadStore,
  modelOf: (name: string) => Model,
): Promise<AdaptationResult> {
  try {
    const id = await store.current();
    if (id === null) return { predictor: base, head: null, fault: null };
    const stored = store.read(id);
    const predictor = applyHead(base, id, stored, modelOf);
    return { predictor, head: { id, stored }, fault: null };
  } catch (error) {
    if (!(error instanceof ArtefactError)) throw error;
    return { predictor: base, head: null, fault: error };
  }
}

/** @throws {ArtefactError} the head was fitted to another predictor */
export function applyHead(
  base: Predictor,
  id: string,
  { record, tables }: StoredHead,
  modelOf: (name: string) => Model,
): Predictor {
  if (record.predictor !== base.revision) {
    throw new ArtefactError(
      id,
      `this head was tuned for predictor ${record.predictor}, but ${base.revision} is in use; tune again, or "suffice tune off"`,
    );
  }
  const anchor = (k: 0 | 1) => base.ability(modelOf(tables.models[tables.anchors[k]] ?? ''));
  const head = new LocalHead(tables, new WordGrams());
  return new AdaptedPredictor(base, head, [anchor(0), anchor(1)], `${base.revision}+${id}`);
}
