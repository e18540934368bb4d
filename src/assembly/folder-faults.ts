import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { SourcedConfig } from '../config/source.js';
import type { Fault } from '../core/errors.js';

/** Finds configured folders that are files, or lie below one. */
export async function folderFaults({ config, fault }: SourcedConfig): Promise<readonly Fault[]> {
  const folders = { cache: config.cache.folder, adaptation: config.adaptation.folder };
  const found = await Promise.all(
    Object.entries(folders).map(async ([section, folder]) => {
      const file = folder === null ? null : await blockingFile(folder);
      if (file === null) return [];
      const message = `"${section}.folder" must be a folder, but ${file} is a file.`;
      return [fault([section, 'folder'], message)];
    }),
  );
  return found.flat();
}

/** The nearest existing part of the path if that is not a folder; `null` if the folder exists or can be created. */
async function blockingFile(folder: string): Promise<string | null> {
  // Missing permissions show up, and are reported, when something is written.
  const there = await stat(folder).catch(() => null);
  if (there !== null) return there.isDirectory() ? null : folder;
  const above = path.dirname(folder);
  return above === folder ? null : blockingFile(above);
}
