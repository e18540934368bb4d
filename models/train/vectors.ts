import path from 'node:path';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';
import type { EncoderInfo } from '../../src/route/predictor-artefact.js';

/** Turns prompts into the vectors that a predictor is trained on. */
export interface VectorSource {
  /** Vectors of different ids are never mixed. */
  readonly id: string;
  readonly dims: number;
  /** The operator's encoder; `null` for the embedding table. */
  readonly encoder: EncoderInfo | null;

  /** The embedding table; `null` if there is an encoder. */
  readonly table: StaticEmbedder | null;
  /** Vectors of the prompts' `Features.task`, in order, of unit length; takes minutes with an encoder. */
  encodeAll(tasks: readonly string[]): Promise<readonly Float32Array[]>;
}

/** Vectors of the embedding table in a folder of artefacts. */
export function tableVectors(folder: string): VectorSource {
  const embedder = StaticEmbedder.load(path.join(folder, 'embedder.bin'));
  return {
    id: embedder.id,
    dims: embedder.dims,
    encoder: null,
    table: embedder,
    encodeAll: (tasks) => Promise.resolve(tasks.map((task) => embedder.embed(task))),
  };
}
