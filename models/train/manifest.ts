import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readManifest } from '../../src/embed/artefact.js';
import type { Manifest } from '../../src/embed/artefact.js';

/** What a training step contributes to the manifest. Absent parts keep their previous value. */
export interface ManifestParts {
  /** Names of files in the folder whose size and hash are to be updated. */
  readonly artefacts: readonly string[];
  /** `FEATURE_NAMES` of the program that trained. */
  readonly features: readonly string[];
  readonly embedder?: Readonly<Record<string, unknown>>;
  readonly predictor?: Readonly<Record<string, unknown>>;
  /** Sets of other steps are kept; a set of the same name and use is replaced. */
  readonly data?: Manifest['data'];
}

const NO_MANIFEST = { artefacts: {}, embedder: {}, predictor: {}, data: [] };

/** Writes `manifest.json`, or updates the existing one with what one step trained. */
export function writeManifest(folder: string, parts: ManifestParts): Manifest {
  const file = path.join(folder, 'manifest.json');
  const former = existsSync(file) ? readManifest(folder) : NO_MANIFEST;
  const artefacts = { ...former.artefacts };
  for (const name of parts.artefacts) {
    const bytes = readFileSync(path.join(folder, name));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    artefacts[name] = { sha256, bytes: bytes.length };
  }
  const manifest: Manifest = {
    version: 1,
    created: new Date().toISOString(),
    trainingCommit: currentCommit(),
    artefacts,
    features: [...parts.features],
    embedder: parts.embedder ?? former.embedder,
    predictor: parts.predictor ?? former.predictor,
    data: mergeData(former.data, parts.data ?? []),
  };
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

function mergeData(former: Manifest['data'], now: Manifest['data']): Manifest['data'] {
  const replaced = new Set(now.map(({ set, use }) => `${set}\n${use}`));
  return [...former.filter(({ set, use }) => !replaced.has(`${set}\n${use}`)), ...now];
}

/** The commit that is checked out, with `+` when tracked files differ from it. */
function currentCommit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' });
    const changed = git('status', '--porcelain', '--untracked-files=no', 'src', 'models/train');
    return git('rev-parse', 'HEAD').trim().slice(0, 12) + (changed.trim() === '' ? '' : '+');
  } catch {
    // A source archive has no history; the hashes of the artefacts still say what was trained.
    return 'unknown';
  }
}
