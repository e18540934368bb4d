import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { trainWithout } from '../embedder/index.js';
import type { EmbedderOptions } from '../embedder/index.js';
import type { PairPart, PairParts } from './pair-parts.js';

/** How an embedder is trained, and the folder that it is cached in for the next run. */
export interface EmbedderCache {
  readonly folder: string;
  readonly train: typeof trainWithout;
}

const CACHE: EmbedderCache = { folder: path.join('build', 'train'), train: trainWithout };

/**
 * Parts that an embedder is trained without, by the part that is read with it. None is trained on the validation
 * and test parts either.
 */
const UNMET = {
  first: ['first', 'validation', 'test'],
  second: ['second', 'validation', 'test'],
} as const satisfies Readonly<Record<string, readonly PairPart[]>>;

/**
 * The artefact of an embedder that was not trained on one half of the pairs, nor on validation and test pairs. Cached for the next run.
 *
 * @throws {DataError} the data folder or a file in it is missing or broken
 */
export async function embedderWithout(
  half: keyof typeof UNMET,
  { keys }: Pick<PairParts, 'keys'>,
  options: Omit<EmbedderOptions, 'outFolder'>,
  { folder, train }: EmbedderCache = CACHE,
): Promise<Buffer> {
  const { seed, progress } = options;
  const withheld = new Set(UNMET[half].flatMap((part) => [...keys[part]]));
  const what = createHash('sha256')
    .update(`${seed}\n${[...withheld].sort().join('\n')}`)
    .digest('hex')
    .slice(0, 12);
  const file = path.join(folder, `embedder-without-${UNMET[half].join('-')}-${what}.bin`);
  if (existsSync(file)) {
    progress.say(`embedder without ${UNMET[half].join(', ')}: taken from ${file}`);
    return readFileSync(file);
  }
  progress.say(`embedder without ${UNMET[half].join(', ')}: ${withheld.size} texts left out`);
  const bytes = await train(withheld, options);
  mkdirSync(folder, { recursive: true });
  // Written under another name first, so that an interrupted run leaves no truncated file.
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
  return bytes;
}
