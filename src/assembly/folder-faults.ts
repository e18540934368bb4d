import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { SourcedConfig } from '../config/source.js';
import type { Fault } from '../core/errors.js';

/** Errors for folders to write to that are files, or lie below one. */
export async function folderFaults({ config, fault }: SourcedConfig): Promise<readonly Fault[]> {
  const folders = { cache: config.cache.folder, adaptation: config.adaptation.folder };
  const found = await Promise.all(
    Object.entries(folders).map(async ([section, folder]) => {
      const file = folder === null ? null : await fileOnTheWay(folder);
      if (file === null) return [];
      const message = `"${section}.folder" must be a folder, but ${file} is a file.`;
      return [fault([section, 'folder'], message)];
    }),
  );
  return found.flat();
}

/** The first thing on the way to a folder that is there and is no folder; `null` where it can be made. */
async function fileOnTheWay(folder: string): Promise<string | null> {
  // What may not be looked at is found out about when something is written, and told then.
  const there = await stat(folder).catch(() => null);
  if (there !== null) return there.isDirectory() ? null : folder;
  const above = path.dirname(folder);
  return above === folder ? null : fileOnTheWay(above);
}
