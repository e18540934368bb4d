import * as z from 'zod';
import { ArtefactError, openArtefact } from '../embed/artefact.js';
import type { UsualPrompt } from './predictor.js';
import { unpackNumbers } from './sketch.js';

/** Its name in the folder of artefacts, and in the manifest. */
export const USUAL_PROMPTS_FILE = 'usual-prompts.bin';
/** Kind of artefact in the file's header. */
export const USUAL_PROMPTS_KIND = 'usual-prompts';
/** Version of the tables' meaning; other versions are refused. */
export const USUAL_PROMPTS_VERSION = 1;

const size = z.int().positive().max(65_536);
const metaSchema = z.object({ embedder: z.string(), prompts: size, embedding: size, dense: size });

/**
 * Reads the numbers of typical prompts; the file contains no text.
 *
 * @param source - a path, or the bytes themselves
 * @param embedder - `StaticEmbedder.id` of the predictor's embedder, and the length of its vectors
 * @throws {ArtefactError} the file is missing, damaged, or made with another embedder or other features
 */
export function readUsualPrompts(
  source: string | Buffer,
  embedder: { readonly id: string; readonly dims: number },
  denseFeatures: number,
): readonly UsualPrompt[] {
  const artefact = openArtefact(source, {
    kind: USUAL_PROMPTS_KIND,
    version: USUAL_PROMPTS_VERSION,
  });
  const parsed = metaSchema.safeParse(artefact.meta);
  if (!parsed.success) {
    const why = z.prettifyError(parsed.error);
    throw new ArtefactError(artefact.file, `the header is damaged: ${why}`);
  }
  const { embedder: embedderId, prompts, embedding, dense } = parsed.data;
  if (embedderId !== embedder.id || embedding !== embedder.dims || dense !== denseFeatures) {
    throw new ArtefactError(
      artefact.file,
      `expected prompts for ${embedder.id} and ${denseFeatures} features, found ${embedderId} and ${dense}`,
    );
  }
  const width = embedding + dense;
  const numbers = artefact.i8('numbers', prompts * width);
  const inputTokens = artefact.f32('input_tokens', prompts);
  return Array.from(inputTokens, (tokens, i) => ({
    inputTokens: tokens,
    ...unpackNumbers(numbers.subarray(i * width, (i + 1) * width), embedding),
  }));
}
