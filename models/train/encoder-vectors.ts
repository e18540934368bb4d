import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { Encoder } from '../../src/embed/encoder/encoder.js';
import type { EncoderInfo } from '../../src/route/predictor-artefact.js';
import { encoderInput } from '../../src/route/prompt-reader.js';
import type { Progress } from './progress.js';
import type { VectorSource } from './vectors.js';

/** Bytes of a text's hash in the file of kept vectors. */
const HASH_BYTES = 16;
const FLOAT_BYTES = 4;
/** Texts that are encoded before the vectors are appended to the file. */
const CHUNK = 256;

/** The encoder, and where its vectors are cached. */
export interface EncoderVectorsOptions {
  readonly encoder: Pick<Encoder, 'id' | 'dims' | 'encode'>;
  readonly note: EncoderInfo;
  /** Has one file per encoder, so that a second run continues where the first stopped. */
  readonly folder: string;
  readonly progress: Progress;
}

/** The vectors of an operator's encoder, cached on disk across runs. */
export class EncoderVectors implements VectorSource {
  readonly id: string;
  readonly table = null;
  readonly dims: number;
  readonly encoder: EncoderInfo;
  readonly #encode: (text: string) => Promise<Float32Array>;
  readonly #file: string;
  readonly #kept: Map<string, Float32Array>;
  readonly #progress: Progress;

  constructor({ encoder, note, folder, progress }: EncoderVectorsOptions) {
    this.id = encoder.id;
    this.dims = encoder.dims;
    this.encoder = note;
    this.#encode = (text) => encoder.encode(text);
    mkdirSync(folder, { recursive: true });
    this.#file = path.join(folder, `vectors-${encoder.id}.bin`);
    this.#kept = readCached(this.#file, encoder.dims);
    this.#progress = progress;
  }

  async encodeAll(tasks: readonly string[]): Promise<readonly Float32Array[]> {
    const texts = tasks.map(encoderInput);
    const hashes = texts.map(hashOf);
    const missing = new Map<string, string>();
    hashes.forEach((hash, i) => {
      if (!this.#kept.has(hash)) missing.set(hash, texts[i] ?? '');
    });
    await this.#make([...missing], texts.length);
    return hashes.map((hash) => this.#kept.get(hash) ?? new Float32Array(this.dims));
  }

  async #make(missing: readonly (readonly [string, string])[], all: number): Promise<void> {
    const { length } = missing;
    if (length > 0) {
      const kept = length < all ? '; the others were encoded before' : '';
      this.#progress.say(
        `${length} of ${all} texts have to be encoded, which takes minutes${kept}`,
      );
    }
    for (let from = 0; from < length; from += CHUNK) {
      const chunk = missing.slice(from, from + CHUNK);
      const vectors = await Promise.all(chunk.map(([, text]) => this.#encode(text)));
      const records = chunk.flatMap(([hash], i) => {
        const vector = vectors[i] ?? new Float32Array(this.dims);
        this.#kept.set(hash, vector);
        return [Buffer.from(hash, 'hex'), Buffer.from(Float32Array.from(vector).buffer)];
      });
      appendFileSync(this.#file, Buffer.concat(records));
      this.#progress.tick(() => `encoded ${from + chunk.length} of ${length} texts`);
    }
  }
}

function hashOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 2 * HASH_BYTES);
}

/** The vectors cached by earlier runs; an unfinished last record is cut off. */
function readCached(file: string, dims: number): Map<string, Float32Array> {
  const kept = new Map<string, Float32Array>();
  if (!existsSync(file)) return kept;
  const bytes = readFileSync(file);
  const width = HASH_BYTES + dims * FLOAT_BYTES;
  const whole = bytes.length - (bytes.length % width);
  if (whole < bytes.length) truncateSync(file, whole);
  for (let at = 0; at < whole; at += width) {
    const numbers = Uint8Array.from(bytes.subarray(at + HASH_BYTES, at + width));
    kept.set(bytes.toString('hex', at, at + HASH_BYTES), new Float32Array(numbers.buffer, 0, dims));
  }
  return kept;
}
