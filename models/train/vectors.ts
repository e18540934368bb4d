import path from 'node:path';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';
import type { EncoderNote } from '../../src/route/predictor-artefact.js';

/** What turns prompts into the vectors that a predictor is trained on. */
export interface VectorSource {
  /** Vectors of two ids are never mixed. */
  readonly id: string;
  readonly dims: number;
  /** Of an operator's encoder; `null` for the table. */
  readonly encoder: EncoderNote | null;

  /** Of `Features.task` of prompts, in their order, each of unit length; with an encoder it takes minutes. */
  encodeAll(tasks: readonly string[]): Promise<readonly Float32Array[]>;
}

/** The table in a folder of artefacts. */
export function tableVectors(folder: string): VectorSource {
  const embedder = StaticEmbedder.load(path.join(folder, 'embedder.bin'));
  return {
    id: embedder.id,
    dims: embedder.dims,
    encoder: null,
    encodeAll: (tasks) => Promise.resolve(tasks.map((task) => embedder.embed(task))),
  };
}
