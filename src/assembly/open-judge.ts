import { isSemanticEnabled } from '../cache/settings.js';
import type { QuestionJudge } from '../cache/verify/judge.js';
import { Verifier } from '../cache/verify/verifier.js';
import { cacheSettingsOf } from './assemble.js';
import type { Config } from '../config/schema.js';

/** Loads the judge of whether two questions mean the same, from the folder of artefacts. */
export type OpenJudge = (artefacts: string) => Promise<QuestionJudge>;

/** Loads the verifier that ships with Suffice. */
export const loadVerifier: OpenJudge = (artefacts) =>
  Promise.resolve(artefacts).then<QuestionJudge>((folder) => {
    const judge = Verifier.load(folder);
    warmUp(judge);
    return judge;
  });

/** Questions with many kinds of words, signs and numbers, similar enough that comparing them runs all of the code. */
const WARM_UP_QUESTIONS = [
  'Explain what a 3.5 kg heap is, please.',
  'Could you explain what a heap of 3.5 kg is?',
  'How do I sort `rows[i]` by name in Python 3.12 without "sorted"?',
  'How can I sort `rows[i]` by their names in Python 3.12, not using "sorted"?',
  'Is it 20 km from Paris to Rome, or 30% more than in 1999?',
  'Is it more than 20 km from Paris to Rome, 30% more than in 1999?',
];

/**
 * Compares some questions, so that patterns and loops are compiled now, which takes 20 ms, and not while a request waits.
 *
 * @returns how many were judged to mean the same
 */
function warmUp(judge: QuestionJudge): number {
  const verdicts = WARM_UP_QUESTIONS.flatMap((one) => {
    const kept = judge.read(one);
    const noted = judge.codec?.decode(one, judge.codec.encode(kept)) ?? kept;
    return WARM_UP_QUESTIONS.map((other) => judge.judge(judge.read(other), noted));
  });
  return verdicts.filter(({ probability }) => probability > 0.5).length;
}

/**
 * The loader of the judge that a configuration needs.
 *
 * @param shipped - folder of the artefacts that ship with Suffice
 * @returns `null` if no questions are compared: the judge takes memory, and time to load
 */
export function judgeLoaderFor(
  config: Config,
  shipped: string,
  open: OpenJudge = loadVerifier,
): (() => Promise<QuestionJudge>) | null {
  if (!isSemanticEnabled(cacheSettingsOf(config))) return null;
  const { artefacts, embedder } = config.router;
  // Artefacts trained for an encoder lack the embedding table that questions are compared by.
  return () => open(embedder === null ? (artefacts ?? shipped) : shipped);
}
