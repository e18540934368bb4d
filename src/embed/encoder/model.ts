import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EncoderSetup } from './messages.js';

type Transformers = typeof import('@xenova/transformers');

/** A transformer loaded in this process. */
export interface EncoderModel {
  readonly id: string;
  readonly dims: number;
  /** @returns unit vectors one after the other, shape [texts, dims] */
  encode(texts: readonly string[]): Promise<Float32Array>;
}

/** In order of preference: quantised weights are slightly less precise and several times as fast. */
const WEIGHTS = ['onnx/model_quantized.onnx', 'onnx/model.onnx'];
const TOKENIZER = 'tokenizer.json';

/**
 * Loads a model from a folder, or by name from earlier downloads or the model hub.
 *
 * @throws {Error} saying what is missing and what to do about it
 */
export async function loadModel({ source, cacheFolder }: EncoderSetup): Promise<EncoderModel> {
  const local = isFolder(source);
  const folder = local ? path.resolve(source) : path.join(cacheFolder, source);
  if (local) checkFolder(folder);
  const transformers = await loadPackage();
  const { env } = transformers;
  env.cacheDir = cacheFolder;
  env.allowRemoteModels = !local;
  env.localModelPath = local ? path.dirname(folder) : cacheFolder;
  const quantized = !local || existsSync(path.join(folder, WEIGHTS[0] ?? ''));
  const name = local ? path.basename(folder) : source;
  const extract = await transformers.pipeline('feature-extraction', name, { quantized });
  const encode = async (texts: readonly string[]): Promise<Float32Array> => {
    const { data } = await extract([...texts], { pooling: 'mean', normalize: true });
    // A text of no tokens has no direction; dividing by its length gave NaN.
    return Float32Array.from(data as Float32Array, (value) => (Number.isNaN(value) ? 0 : value));
  };
  const probe = await encode(['a']);
  return { id: `encoder-${hashOf(folder)}`, dims: probe.length, encode };
}

/** The package is optional: with its inference engine it is larger than everything else together. */
async function loadPackage(): Promise<Transformers> {
  try {
    return await import('@xenova/transformers');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new Error(
      'an encoder needs an optional package: npm install @xenova/transformers@2.17.2',
      {
        cause,
      },
    );
  }
}

/** `vendor/name` may also be a folder: an existing folder wins, and whatever begins like a path is one. */
function isFolder(source: string): boolean {
  return path.isAbsolute(source) || source.startsWith('.') || existsSync(source);
}

function checkFolder(folder: string): void {
  if (!existsSync(folder)) throw new Error('there is no such folder');
  for (const file of ['config.json', TOKENIZER, 'tokenizer_config.json']) {
    if (!existsSync(path.join(folder, file))) throw new Error(`the folder has no ${file}`);
  }
  if (!WEIGHTS.some((file) => existsSync(path.join(folder, file)))) {
    throw new Error(`the folder contains neither ${WEIGHTS.join(' nor ')}`);
  }
}

/** First 12 hex digits of the SHA-256 over weights and tokenizer. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const weights = WEIGHTS.find((file) => existsSync(path.join(folder, file)));
  for (const file of [weights ?? '', TOKENIZER]) hash.update(readFileSync(path.join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}
