import { isComparing } from '../cache/settings.js';
import type { QuestionJudge } from '../cache/verify/judge.js';
import { Verifier } from '../cache/verify/verifier.js';
import { cachingIn } from './assemble.js';
import type { Config } from '../config/schema.js';

/** Loads what decides whether two questions mean the same, from the folder of artefacts. */
export type OpenJudge = (artefacts: string) => Promise<QuestionJudge>;

/** Loads the verifier that comes with Suffice. */
export const loadVerifier: OpenJudge = (artefacts) =>
  Promise.resolve(artefacts).then<QuestionJudge>((folder) => {
    const judge = Verifier.load(folder);
    rehearse(judge);
    return judge;
  });

/** Of many kinds of words, signs and numbers; alike enough that nothing is left out in comparing them. */
const WARMING = [
  'Explain what a 3.5 kg heap is, please.',
  'Could you explain what a heap of 3.5 kg is?',
  'How do I sort `rows[i]` by name in Python 3.12 without "sorted"?',
  'How can I sort `rows[i]` by their names in Python 3.12, not using "sorted"?',
  'Is it 20 km from Paris to Rome, or 30% more than in 1999?',
  'Is it more than 20 km from Paris to Rome, 30% more than in 1999?',
];

/**
 * Compares some questions. Patterns and loops are compiled when they are used first, which takes 20 ms: better now than
 * while a request waits.
 *
 * @returns how many were taken for the same
 */
function rehearse(judge: QuestionJudge): number {
  const verdicts = WARMING.flatMap((one) => {
    const kept = judge.read(one);
    const noted = judge.notes?.open(one, judge.notes.note(kept)) ?? kept;
    return WARMING.map((other) => judge.judge(judge.read(other), noted));
  });
  return verdicts.filter(({ probability }) => probability > 0.5).length;
}

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
  const { artefacts, embedder } = config.router;
  // What was trained for an encoder has no table, by which questions are compared.
  return () => open(embedder === null ? (artefacts ?? shipped) : shipped);
}
