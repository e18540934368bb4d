import { isComparing } from '../cache/settings.js';
import type { QuestionJudge } from '../cache/verify/judge.js';
import { Verifier } from '../cache/verify/verifier.js';
import { cachingIn } from './assemble.js';
import type { Config } from '../config/schema.js';

/** Loads what decides whether two questions mean the same, from the folder of artefacts. */
export type OpenJudge = (artefacts: string) => Promise<QuestionJudge>;

/** Loads the verifier that comes with Suffice. */
export const loadVerifier: OpenJudge = (artefacts) =>
  Promise.resolve(artefacts).then<QuestionJudge>((folder) => Verifier.load(folder));

/**
 * How the judge of a configuration is loaded.
 *
 * @param shipped - folder of the artefacts that come with Suffice
 * @returns `null` where no question is compared: the judge takes memory, and time to load
 */
export function judgeOf(
  config: Config,
  shipped: string,
  open: OpenJudge = loadVerifier,
): (() => Promise<QuestionJudge>) | null {
  if (!isComparing(cachingIn(config))) return null;
  return () => open(config.router.artefacts ?? shipped);
}
