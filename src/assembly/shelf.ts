import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { loadCatalog } from '../catalog/load.js';
import { encoderCacheIn } from '../embed/encoder/cache-folder.js';
import { Encoder } from '../embed/encoder/encoder.js';
import { SharedEncoders } from '../embed/encoder/shared-encoders.js';
import type { SteadyOptions } from '../embed/encoder/steady-encoder.js';
import { loadPredictor, type FactorPredictor } from '../route/predict.js';

/** It uses several cores; and with one text at a time a vector depends on nothing but its text. */
const SERVING = { processes: 1, maxBatch: 1 };

/** Opens an encoder as it is run for decisions. */
const openEncoder: SteadyOptions['open'] = (source) =>
  Encoder.open(source, { ...SERVING, cacheFolder: encoderCacheIn(process.env) });

/**
 * Keeps what was made of a folder's files for as long as these stay as they are.
 *
 * Loading catalog and predictor takes a fifth of a second in which no request is served: a changed line of
 * the configuration is no reason for it.
 */
export class Shelf {
  /** Transformers of the operator's that are in use. */
  readonly encoders: SharedEncoders;
  readonly #catalogs = new KeptFolders(loadCatalog, (name) => name.endsWith('.yaml'));
  readonly #predictors = new KeptFolders(
    loadPredictor,
    (name) => name.endsWith('.bin') || name === 'manifest.json',
  );

  /** @param open - opens encoders; with `@xenova/transformers` when absent */
  constructor(open = openEncoder) {
    this.encoders = new SharedEncoders(open);
  }

  /** @throws as `loadCatalog` */
  catalog(folder: string): Promise<Catalog> {
    return this.#catalogs.of(folder);
  }

  /** @throws as `loadPredictor` */
  predictor(folder: string): Promise<FactorPredictor> {
    return this.#predictors.of(folder);
  }
}

interface KeptFolder<T> {
  readonly files: string;
  readonly made: Promise<T>;
}

/** What one kind of folder was loaded as; of each folder the last. */
class KeptFolders<T> {
  readonly #load: (folder: string) => Promise<T>;
  readonly #matters: (name: string) => boolean;
  readonly #kept = new Map<string, KeptFolder<T>>();

  constructor(load: (folder: string) => Promise<T>, matters: (name: string) => boolean) {
    this.#load = load;
    this.#matters = matters;
  }

  async of(folder: string): Promise<T> {
    const files = await this.#filesOf(folder);
    const kept = this.#kept.get(folder);
    if (kept !== undefined && files !== null && kept.files === files) return kept.made;
    const made = this.#load(folder);
    if (files !== null) this.#keep(folder, { files, made });
    return made;
  }

  /** What fails to load is tried again the next time. */
  #keep(folder: string, entry: KeptFolder<T>): void {
    this.#kept.set(folder, entry);
    entry.made.catch(() => {
      if (this.#kept.get(folder) === entry) this.#kept.delete(folder);
    });
  }

  /** Names, sizes and times of the files that are loaded; `null` where they cannot be told. */
  async #filesOf(folder: string): Promise<string | null> {
    try {
      const names = (await readdir(folder)).filter(this.#matters).sort();
      const lines = await Promise.all(
        names.map(async (name) => {
          const { size, ino, mtimeMs, ctimeMs } = await stat(path.join(folder, name));
          return [name, size, ino, mtimeMs, ctimeMs].join(' ');
        }),
      );
      return lines.join('\n');
    } catch {
      // Loading says what is wrong with the folder, and where.
      return null;
    }
  }
}
