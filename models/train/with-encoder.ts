import path from 'node:path';
import { encoderCacheFolder } from '../../src/embed/encoder/cache-folder.js';
import { Encoder } from '../../src/embed/encoder/encoder.js';
import type { EncoderInfo } from '../../src/route/predictor-artefact.js';
import { EncoderVectors } from './encoder-vectors.js';
import type { Progress } from './progress.js';
import type { VectorSource } from './vectors.js';

const PROCESS_FILE = path.resolve(
  import.meta.dirname,
  '../../src/embed/encoder/encoder-process.ts',
);
/** Cache of vectors, apart from the artefacts. */
const CACHE_FOLDER = path.join('build', 'train');

/**
 * Runs `act` with the vectors of an encoder, then ends its process.
 *
 * @throws {ArtefactError} the package or the model cannot be loaded, or the model cannot be run
 */
export async function withEncoder(
  note: EncoderInfo,
  { progress }: { readonly progress: Progress },
  act: (vectors: VectorSource) => Promise<void>,
): Promise<void> {
  progress.say(`opening ${note.name}; a model from the hub is downloaded on first use`);
  const encoder = await Encoder.open(note.name, {
    // One process uses all cores, and one text at a time gives the same vectors as the gateway.
    processes: 1,
    maxBatch: 1,
    cacheFolder: encoderCacheFolder(process.env),
    processFile: PROCESS_FILE,
    // This program runs uncompiled, so its child process needs the same loader.
    execArgv: process.execArgv,
  });
  progress.say(`${note.name}: ${encoder.id}, ${encoder.dims} numbers a vector`);
  try {
    await act(new EncoderVectors({ encoder, note, folder: CACHE_FOLDER, progress }));
  } finally {
    encoder.close();
  }
}
