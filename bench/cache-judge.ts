import path from 'node:path';
import type { QuestionJudge, PreparedQuestion } from '../src/cache/verify/judge.js';
import { StaticEmbedder } from '../src/embed/static-embedder.js';

/** The folder of the artefacts that ship with Suffice. */
export const ARTEFACTS = path.resolve('models');

/** The usual method of semantic caches: questions are the same if their vectors are similar enough. */
export function thresholdJudge(threshold: number): QuestionJudge {
  const embedder = StaticEmbedder.load(path.join(ARTEFACTS, 'embedder.bin'));
  return {
    revision: `threshold ${threshold}`,
    read: (text, vector = embedder.embed(text)): PreparedQuestion => ({ text, vector }),
    judge: (question, cached) => {
      let similarity = 0;
      for (let i = 0; i < question.vector.length; i++) {
        similarity += (question.vector[i] ?? 0) * (cached.vector[i] ?? 0);
      }
      return { similarity, probability: similarity >= threshold ? 1 : 0, veto: null };
    },
  };
}
