import { writeFileSync } from 'node:fs';
import { packArtefact } from '../../src/embed/pack-artefact.js';
import type { ArtefactParts } from '../../src/embed/pack-artefact.js';

export type { ArtefactParts } from '../../src/embed/pack-artefact.js';
export { packArtefact } from '../../src/embed/pack-artefact.js';

/** Writes `packArtefact(parts)` to a file and returns its size in bytes. */
export function writeArtefact(file: string, parts: ArtefactParts): number {
  const bytes = packArtefact(parts);
  writeFileSync(file, bytes);
  return bytes.length;
}
