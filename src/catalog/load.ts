import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import { FaultyFileError, type Fault } from '../core/errors.js';
import { YamlFile } from '../yaml/yaml-file.js';
import { Catalog } from './catalog.js';
import { toModels } from './entry.js';
import { parsePlainYaml } from './plain-yaml.js';
import { catalogFile, type CatalogFile } from './schema.js';

interface LoadedFile {
  readonly file: string;
  readonly text: string;
  readonly content: CatalogFile;
}

/**
 * Reads every `*.yaml` file of a folder; each contains the models of the vendor it is named after.
 *
 * @throws {FaultyFileError} with the faults of all files at once: format errors, and names that two
 *   models have
 */
export async function loadCatalog(folder: string): Promise<Catalog> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).toSorted();
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      return { file, text: await readFile(file, 'utf8') };
    }),
  );
  const faults: Fault[] = [];
  const loaded = files.flatMap(({ file, text }): LoadedFile[] => {
    try {
      return [{ file, text, content: readFileContent(file, text) }];
    } catch (error) {
      if (!(error instanceof FaultyFileError)) throw error;
      faults.push(...error.faults);
      return [];
    }
  });
  faults.push(...nameFaults(loaded));
  if (faults.length > 0) throw new FaultyFileError(faults);
  return new Catalog(loaded.flatMap(({ content }) => toModels(content)));
}

function readFileContent(file: string, text: string): CatalogFile {
  const plain = catalogFile.safeParse(parsePlainYaml(text));
  // The full parser is slow, but reports what is wrong, and where.
  return plain.success ? plain.data : YamlFile.parse(file, text).check(catalogFile);
}

/** Ids whose vendor is not the file's, and duplicate names. */
function nameFaults(files: readonly LoadedFile[]): readonly Fault[] {
  const owners = new Map<string, string>();
  return files.flatMap(({ file, text, content }) => {
    const vendor = path.basename(file, '.yaml');
    const found: { at: (string | number)[]; message: string }[] = [];
    content.models.forEach((entry, i) => {
      if (!entry.id.startsWith(`${vendor}/`)) {
        const message = `"${entry.id}" belongs in a file named after its vendor, not in ${vendor}.yaml.`;
        found.push({ at: ['models', i, 'id'], message });
      }
      const names = [entry.id, ...entry.aliases.map((alias) => alias.toLowerCase())];
      names.forEach((name, n) => {
        const owner = owners.get(name);
        const at = n === 0 ? ['models', i, 'id'] : ['models', i, 'aliases', n - 1];
        if (owner !== undefined)
          found.push({ at, message: `"${name}" is already a name of "${owner}".` });
        owners.set(name, entry.id);
      });
    });
    if (found.length === 0) return [];
    const source = YamlFile.parse(file, text);
    return found.map(({ at, message }) => source.fault(at, message));
  });
}
