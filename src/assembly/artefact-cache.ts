import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { loadCatalog } from '../catalog/load.js';
import { encoderCacheFolder } from '../embed/encoder/cache-folder.js';
import { Encoder } from '../embed/encoder/encoder.js';
import { SharedEncoders } from '../embed/encoder/shared-encoders.js';
import type { RestartingEncoderOptions } from '../embed/encoder/restarting-encoder.js';
import { loadPredictor, type FactorPredictor } from '../route/factor-predictor.js';

/** A process uses several cores; without batching a vector depends on nothing but its text. */
const SERVING = { processes: 1, maxBatch: 1 };

/** Opens an encoder with the settings for routing decisions. */
const openEncoder: RestartingEncoderOptions['open'] = (source) =>
  Encoder.open(source, { ...SERVING, cacheFolder: encoderCacheFolder(process.env) });

/**
 * Caches what was loaded from a folder for as long as its files do not change.
 *
 * Loading catalog and predictor blocks the process for a fifth of a second, which a reload of the configuration
 * alone should not cost.
 */
export class ArtefactCache {
  /** The operator's transformers in use. */
  readonly encoders: SharedEncoders;
  readonly #catalogs = new FolderCache(loadCatalog, (name) => name.endsWith('.yaml'));
  readonly #predictors = new FolderCache(
    loadPredictor,
    (name) => name.endsWith('.bin') || name === 'manifest.json',
  );

  /** @param open - opens encoders; by default with `@xenova/transformers` */
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

interface LoadedFolder<T> {
  /** Names, sizes and times of its files when it was loaded. */
  readonly files: string;
  readonly loaded: Promise<T>;
}

/** The last load of each folder of one kind. */
class FolderCache<T> {
  readonly #load: (folder: string) => Promise<T>;
  readonly #matters: (name: string) => boolean;
  readonly #cached = new Map<string, LoadedFolder<T>>();

  constructor(load: (folder: string) => Promise<T>, matters: (name: string) => boolean) {
    this.#load = load;
    this.#matters = matters;
  }

  async of(folder: string): Promise<T> {
    const files = await this.#filesOf(folder);
    const cached = this.#cached.get(folder);
    if (cached !== undefined && files !== null && cached.files === files) return cached.loaded;
    const loaded = this.#load(folder);
    if (files !== null) this.#store(folder, { files, loaded });
    return loaded;
  }

  /** A failed load is not cached. */
  #store(folder: string, entry: LoadedFolder<T>): void {
    this.#cached.set(folder, entry);
    entry.loaded.catch(() => {
      if (this.#cached.get(folder) === entry) this.#cached.delete(folder);
    });
  }

  /** Names, sizes and times of the relevant files; `null` if they cannot be read. */
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
      // Loading reports what is wrong with the folder.
      return null;
    }
  }
}
